/** The look of the page around an element, as its tokens say there. */
import { HOUSE, type HouseToken } from "./house-style.js";

/** The tokens that a page sets where an element stands, by our names. */
export function tokensAt(element: Element): Record<string, string> {
  const style = getComputedStyle(element);
  const tokens: Record<string, string> = {};
  for (const { name, theme } of Object.values(HOUSE) as HouseToken[]) {
    const value = [name, ...theme].map((one) => style.getPropertyValue(one).trim()).find((text) => text !== "");
    if (value !== undefined) tokens[name] = value;
  }
  return tokens;
}

/** Tells when a theme may have come or gone with a class further up. */
export function watchTheme(element: Element, changed: () => void): MutationObserver {
  const themes = new MutationObserver(changed);
  for (let at: Element | null = element; at !== null; at = at.parentElement) themes.observe(at, { attributes: true, attributeFilter: ["class", "style"] });
  return themes;
}

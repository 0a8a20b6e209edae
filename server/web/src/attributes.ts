/** The attributes by which a page says what a map shows: the same for a map in a frame and one in the page. Small: `embed.js` holds it. */

/** Attributes, and what the address of the map calls them. */
export const QUERY: Readonly<Record<string, string>> = {
  theme: "thema",
  indicator: "indicator",
  area: "gebied",
  gemeente: "gebied",
  wijk: "gebied",
  buurt: "gebied",
  year: "jaar",
  level: "niveau",
  lang: "lang",
};

/** The address of what an element asks for, in the language of its part of the page. */
export function addressFor(element: Element, page: URL): URL {
  const url = new URL(page);
  for (const [attribute, key] of Object.entries(QUERY)) {
    const value = attribute === "lang" ? element.closest("[lang]")?.getAttribute("lang")?.slice(0, 2) : element.getAttribute(attribute);
    if (value != null && value !== "" && !(attribute === "lang" && value !== "en")) url.searchParams.set(key, value);
  }
  return url;
}

/** What a screen reader calls the map. */
export function headingOf(element: Element, url: URL): string {
  return element.getAttribute("heading") ?? (url.searchParams.get("lang") === "en" ? "Map with figures per area" : "Kaart met cijfers per gebied");
}

/** A height that the editor chose, in pixels. */
export function fixedHeight(element: Element): number | null {
  const px = Number.parseInt(element.getAttribute("height") ?? "", 10);
  return Number.isNaN(px) ? null : px;
}

/** Until the map says how high it would like to be. */
export const FIRST_PX = 480;

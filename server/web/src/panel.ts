/** The embedded map as a part of a page of others: the viewer's own element, with the look of that page and without its address. */
import { serveFrom } from "./api.js";
import { ZichtApp } from "./app.js";
import type { Area } from "./area.js";
import { rgbOf } from "./color.js";
import { HOUSE, type HouseToken, readable } from "./house-style.js";
import { watchHeight } from "./own-height.js";
import { tokensAt, watchTheme } from "./page-tokens.js";
import { inMemory } from "./place.js";
import { type Site, standsIn } from "./static.js";

export interface Asked {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  /** What the map shows, as an address of the viewer. */
  readonly address: URL;
  /** What a screen reader calls the map. */
  readonly heading: string;
  /** In CSS pixels; null for what the map would like. */
  readonly height: number | null;
  readonly site: Site & { readonly root: string };
}

/** What a page hears, as `event.detail` of `areachange`, when an area is chosen; null when it is let go. */
export interface Chosen {
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly indicator: string;
  readonly year: number;
  /** Null where there is no figure. */
  readonly value: number | null;
  /** Why there is no figure, where a reason was published. */
  readonly reason: string | null;
}

/** Puts a map in a shadow root; `tell` hears once whether there is one. Gives back what ends it. */
export function show({ element, root, address, heading, height, site }: Asked, tell: (isShown: boolean) => void): () => void {
  serveFrom(site.root);
  standsIn(site);
  const article = document.createElement("article");
  article.className = "waits";
  article.setAttribute("aria-label", heading);
  const app = new ZichtApp();
  app.embedded = true;
  app.place = inMemory(address);
  const dress = (): void => wear(app, tokensAt(element));
  const themes = watchTheme(element, dress);
  let endHeight: (() => void) | null = null;
  app.addEventListener("shown", () => {
    tell(true);
    article.className = "";
    if (height !== null) article.style.blockSize = `${height}px`;
    else endHeight ??= watchHeight(app.renderRoot, element, (px) => (article.style.blockSize = `${px}px`));
  });
  app.addEventListener("failed", () => {
    article.remove(); // what stands in the element says more than a map without its site
    tell(false);
  });
  let last = JSON.stringify(null);
  app.addEventListener("area", (event) => {
    const chosen = chosenOf((event as CustomEvent<Told>).detail);
    if (JSON.stringify(chosen) === last) return;
    last = JSON.stringify(chosen);
    element.dispatchEvent(new CustomEvent("areachange", { bubbles: true, detail: chosen }));
  });
  article.append(app);
  root.append(article);
  dress();
  return () => {
    themes.disconnect();
    endHeight?.();
    article.remove();
  };
}

/** The look of the page, where it leaves everything readable: the rest is that of the example theme. */
function wear(app: HTMLElement, asked: Readonly<Record<string, string>>): void {
  const kept = readable(asked, rgbOf);
  for (const { name, fallback } of Object.values(HOUSE) as HouseToken[]) {
    if (name in asked) app.style.setProperty(name, kept[name] ?? fallback);
    else app.style.removeProperty(name);
  }
}

interface Told {
  readonly area: Area | null;
  readonly indicator: string;
  readonly year: number;
}

function chosenOf({ area, indicator, year }: Told): Chosen | null {
  if (area === null) return null;
  const { code, name, level } = area;
  const figure = area.figure.kind === "known" ? area.figure.figure : null;
  return { code, name, level, indicator, year, value: figure?.kind === "number" ? figure.value : null, reason: figure?.kind === "reason" ? figure.reason : null };
}

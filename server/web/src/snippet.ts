/** What a web editor pastes. */

/** Where a map is, and how it stands in the page. */
export interface Embedding {
  /** Absolute address of the embedded map, perhaps with the place on the map as hash. */
  readonly src: string;
  /** What a screen reader says of it. */
  readonly title: string;
  /** In CSS pixels; null for the height that the map asks for, which a frame without a script cannot know. */
  readonly height: number | null;
}

const FRAME_PX = 480;

/** Keys of the address of the map, and the attributes of the element. */
const ATTRIBUTES: Readonly<Record<string, string>> = { thema: "theme", indicator: "indicator", gebied: "area", jaar: "year", niveau: "level", lang: "lang" };

/** An iframe of the embedded map. */
export function embedSnippet({ src, title, height }: Embedding): string {
  return `<iframe src="${escaped(src)}" title="${escaped(title)}" width="100%" height="${height ?? FRAME_PX}" loading="lazy" style="border:0"></iframe>`;
}

/** The element of `embed.js`, with a link for readers who do not get it. */
export function elementSnippet(embedding: Embedding): string {
  return tagged(embedding, "zicht-kaart", (script, own) => `<script src="${script("embed.js")}"${own} defer></script>`);
}

/** The element of `component.js`, which is the map itself and no frame. */
export function componentSnippet(embedding: Embedding): string {
  return tagged(embedding, "zicht-kaart-paneel", (script, own) => `<script type="module" src="${script("component.js")}"${own}></script>`);
}

function tagged({ src, title, height }: Embedding, tag: string, scriptOf: (script: (name: string) => string, own: string) => string): string {
  const url = new URL(src);
  const named = [...url.searchParams].flatMap(([key, value]) => (ATTRIBUTES[key] === undefined ? [] : [[ATTRIBUTES[key], value]]));
  const attributes = [...named, ["heading", title], ...(height === null ? [] : [["height", String(height)]])];
  const [, page = "embed"] = /([^/]+)$/.exec(url.pathname) ?? [];
  const full = new URL(page === "embed" ? "./" : "./index.html", url);
  full.search = url.search;
  const own = page === "embed" ? "" : ` data-page="${escaped(page)}"`;
  return [
    scriptOf((name) => escaped(new URL(`./${name}`, url).href), own),
    `<${tag} ${attributes.map(([name, value]) => `${name}="${escaped(value ?? "")}"`).join(" ")}>`,
    `  <a href="${escaped(full.href)}">${escaped(title)}</a>`,
    `</${tag}>`,
  ].join("\n");
}

/** The same map with one color for its buttons and links. */
export function withColor(src: string, color: string | null): string {
  const url = new URL(src);
  if (color !== null) url.searchParams.set("kleur", color.replace("#", ""));
  return url.href;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

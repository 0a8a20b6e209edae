/**
 * The viewer as part of a static site: what a server would answer lies in files. `server/export/files.py` names them by the same
 * rule: `values/x?level=wijk&year=2022&f=csv` is `values/x.wijk.2022.csv`.
 */

const SUFFIXES: Readonly<Record<string, string>> = { products: "html", gebied: "html", regions: "json", values: "json", styles: "json", tables: "json", flows: "json", postcodes: "json" };

/** Pages that read their query themselves. */
const VIEWERS: Readonly<Record<string, string>> = { "": "index.html", embed: "embed.html" };

const FORMAT = "f";
const NOT_IN_NAMES = new Set([FORMAT, "v"]);

export interface Site {
  /** Whether no server stands behind it. */
  readonly isStatic: boolean;
}

/** In a page of others, which says nothing of our site. */
let told: Site | null = null;

export function standsIn(site: Site): void {
  told = site;
}

/** Whether no server stands behind the page. */
export function isStatic(): boolean {
  if (told !== null) return told.isStatic;
  return typeof document !== "undefined" && document.querySelector('meta[name="zichtkaart:site"]')?.getAttribute("content") === "static";
}

/** The file for an address, both relative to the root of the site. */
export function fileOf(path: string, query: Readonly<Record<string, string>>): string {
  const viewer = VIEWERS[path];
  if (viewer !== undefined) return viewer;
  const { stem, suffix } = split(path, query[FORMAT]);
  const names = Object.entries(query)
    .filter(([name, value]) => !NOT_IN_NAMES.has(name) && !(name === "lang" && value === "nl"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => escaped(value));
  return [stem, ...names, suffix].join(".");
}

function split(path: string, format: string | undefined): { stem: string; suffix: string } {
  const parts = path.split("/");
  const family = SUFFIXES[parts[0] ?? ""];
  if (family !== undefined && parts.length <= 2) return { stem: parts.map((part) => escaped(decodeURIComponent(part))).join("/"), suffix: format ?? family };
  const dot = path.lastIndexOf(".");
  return { stem: path.slice(0, dot), suffix: path.slice(dot + 1) };
}

/** One plain name everywhere. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("%", "~");
}

/** The archive of a tileset. */
export function archiveOf(tileset: string, encoding: string | null): string {
  return `tiles/${encodeURIComponent(tileset)}${encoding === "mlt" ? ".mlt" : ""}.pmtiles`;
}

/** What the page shows, and its one owner: the address. Reading an address gives a request, which the atlas turns into a view. */
import type { AtlasFacts } from "./atlas-types.js";
import { indicatorOf, seriesIn, shownIndicators, yearsOf } from "./atlas.js";
import { SORTS, type Sort } from "./rows.js";
import { isStatic } from "./static.js";
import { LANGS, type Lang } from "./texts.js";

export interface Camera {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

/** As many areas as fit side by side. */
export const MOST_BESIDE = 4;

/** A second subject or year: on a map of its own that a slider uncovers, or crossed with the first in one map. */
export interface Second {
  readonly how: "swipe" | "cross";
  readonly indicator: string;
  readonly year: number;
}

/** What an address asks for; it may not exist. */
export interface Request {
  readonly theme: string | null;
  readonly indicator: string | null;
  readonly year: number | null;
  readonly level: string | null;
  readonly area: string | null;
  readonly lang: Lang;
  readonly camera: Camera | null;
  readonly table: Sort | null;
  readonly beside: readonly string[];
  readonly second: Second | null;
  readonly flow: string | null;
  readonly background: boolean;
}

/** What is shown; everything in it exists, save perhaps the area. */
export interface View {
  readonly indicator: string;
  readonly year: number;
  /** Null: by zoom. */
  readonly level: string | null;
  /** Code of the selected area. */
  readonly area: string | null;
  readonly lang: Lang;
  /** Null: the whole atlas, or the selected area. */
  readonly camera: Camera | null;
  /** How the table is sorted; null where it is not shown. */
  readonly table: Sort | null;
  /** Codes of the areas that are compared. */
  readonly beside: readonly string[];
  readonly second: Second | null;
  /** Id of the flows that are drawn from and to the selected area. */
  readonly flow: string | null;
  /** Whether the background map is shown, where there is one. */
  readonly background: boolean;
}

/** Something in the address that the atlas does not have. */
export type Note =
  | { readonly kind: "indicator"; readonly asked: string }
  | { readonly kind: "year"; readonly asked: number }
  | { readonly kind: "level"; readonly asked: string }
  | { readonly kind: "area"; readonly asked: string; readonly borders: number };

export function readAddress(address: URL): Request {
  const query = address.searchParams;
  const year = query.get("jaar");
  const lang = query.get("lang");
  return {
    theme: query.get("thema"),
    indicator: query.get("indicator"),
    year: year !== null && /^\d{4}$/.test(year) ? Number(year) : null,
    level: query.get("niveau"),
    area: query.get("gebied"),
    lang: LANGS.find((known) => known === lang) ?? "nl",
    camera: readCamera(address.hash),
    table: SORTS.find((sort) => sort === query.get("tabel")) ?? null,
    beside: [...new Set((query.get("naast") ?? "").split(",").filter((code) => code !== ""))].slice(0, MOST_BESIDE),
    second: readSecond(query.get("schuif"), "swipe") ?? readSecond(query.get("kruis"), "cross"),
    flow: query.get("stroom"),
    background: query.get("achtergrond") === "aan",
  };
}

/** `indicator,year`, as it stands in an address. */
function readSecond(text: string | null, how: Second["how"]): Second | null {
  const [, indicator, year] = /^([^,]+),(\d{4})$/.exec(text ?? "") ?? [];
  return indicator === undefined ? null : { how, indicator, year: Number(year) };
}

function readCamera(hash: string): Camera | null {
  const parts = /^#(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(hash)?.slice(1).map(Number);
  const [zoom, lat, lon] = parts ?? [];
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  return zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

/** The query and hash of a view, such as `?thema=vastgoed&indicator=koopwoningen&jaar=2022#8.5/52.1/5.2`. */
export function writeAddress(view: View, facts: AtlasFacts): string {
  const query = new URLSearchParams({ thema: indicatorOf(facts, view.indicator).theme, indicator: view.indicator, jaar: String(view.year) });
  if (view.level !== null) query.set("niveau", view.level);
  if (view.area !== null) query.set("gebied", view.area);
  if (view.second !== null) query.set(view.second.how === "swipe" ? "schuif" : "kruis", `${view.second.indicator},${view.second.year}`);
  if (view.flow !== null) query.set("stroom", view.flow);
  if (view.beside.length > 0) query.set("naast", view.beside.join(","));
  if (view.background) query.set("achtergrond", "aan");
  if (view.table !== null) query.set("tabel", view.table);
  if (view.lang !== "nl") query.set("lang", view.lang);
  return `?${String(query).replaceAll("%2C", ",")}${view.camera === null ? "" : writeCamera(view.camera)}`;
}

function writeCamera({ zoom, lat, lon }: Camera): string {
  const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));
  return `#${rounded(zoom, 2)}/${rounded(lat, 5)}/${rounded(lon, 5)}`;
}

/** The nearest view to a request that the atlas has, and what it does not have; null for an atlas without figures. */
export function resolve(request: Request, facts: AtlasFacts): { view: View; notes: Note[] } | null {
  const notes: Note[] = [];
  const indicators = shownIndicators(facts);
  const asked = indicators.find((one) => one.id === request.indicator);
  if (request.indicator !== null && asked === undefined) notes.push({ kind: "indicator", asked: request.indicator });
  const indicator = asked ?? indicators.find((one) => one.theme === request.theme) ?? indicators[0];
  if (indicator === undefined) return null;

  const years = yearsOf(indicator);
  const year = request.year !== null && years.includes(request.year) ? request.year : years.at(-1);
  if (year === undefined) return null;
  if (request.year !== null && year !== request.year) notes.push({ kind: "year", asked: request.year });

  const hasLevel = seriesIn(indicator, year).some((series) => series.level === request.level);
  if (request.level !== null && !hasLevel) notes.push({ kind: "level", asked: request.level });
  const level = hasLevel ? request.level : null;
  const { area, lang, camera, table, beside, background } = request;
  const flow = (facts.flows ?? []).some(({ id }) => id === request.flow) ? request.flow : null;
  return { view: { indicator: indicator.id, year, level, area, lang, camera, table, beside, second: secondIn(facts, request.second, indicator.id, year), flow, background }, notes };
}

/** The second subject, where it has figures of its year and is not just what the map shows already. */
function secondIn(facts: AtlasFacts, second: Second | null, indicator: string, year: number): Second | null {
  const found = shownIndicators(facts).find(({ id }) => id === second?.indicator);
  if (second === null || found === undefined || (found.id === indicator && second.year === year)) return null;
  if (second.how === "cross" && (found.id === indicator || isStatic())) return null; // only a server joins any two
  const years = yearsOf(found);
  // Two subjects are crossed for one year.
  const wanted = second.how === "cross" ? year : second.year;
  const nearest = years.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
  if (nearest === undefined || (second.how === "cross" && nearest !== year)) return null;
  return { ...second, year: nearest };
}

/** A view after a choice; what the new indicator or year lacks falls back in silence, for the reader sees it happen. */
export function choose(view: View, choice: Partial<View>, facts: AtlasFacts): View {
  const next = { ...view, ...choice };
  return resolve({ theme: null, ...next }, facts)?.view ?? view;
}

/** What the page shows, and its one owner: the address. Reading an address gives a request, which the atlas turns into a view. */
import type { AtlasFacts } from "./atlas-types.js";
import { indicatorOf, seriesIn, shownIndicators, yearsOf } from "./atlas.js";
import { LANGS, type Lang } from "./texts.js";

export interface Camera {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
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
  };
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
  if (view.lang !== "nl") query.set("lang", view.lang);
  return `?${query}${view.camera === null ? "" : writeCamera(view.camera)}`;
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
  return { view: { indicator: indicator.id, year, level, area: request.area, lang: request.lang, camera: request.camera }, notes };
}

/** A view after a choice; what the new indicator or year lacks falls back in silence, for the reader sees it happen. */
export function choose(view: View, choice: Partial<View>, facts: AtlasFacts): View {
  const next = { ...view, ...choice };
  return resolve({ theme: null, ...next }, facts)?.view ?? view;
}

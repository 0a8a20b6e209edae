/** Everything the viewer asks of the server. Paths are relative to the page, which may live behind a prefix, or to the script that is in a page of others. */
import type { AtlasFacts, IndicatorFacts, RegionColumns, Values } from "./atlas-types.js";
import type { StyleSpecification } from "maplibre-gl";
import { type Figure, figureFrom } from "./figure.js";
import type { FlowRows } from "./flows.js";
import type { PostcodeColumns } from "./postcodes.js";
import { type Region, Regions } from "./regions.js";
import { archiveOf, fileOf, isStatic } from "./static.js";
import { type Sheet, type Trend, type Trends, trendsIn } from "./trend.js";
import type { Lang, Texts } from "./texts.js";

/** The server said no, or nothing. `detail` is its sentence, if it gave one. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number | null,
    readonly detail: string | null,
  ) {
    super(detail ?? `status ${status}`);
  }
}

/** A problem as a sentence for the reader. */
export function problemSentence(problem: unknown, t: Texts): string {
  if (!(problem instanceof ApiProblem)) return problem instanceof Error ? problem.message : String(problem);
  if (problem.status === null) return t.problemNetwork;
  return problem.detail ?? t.problemStatus(problem.status);
}

export interface ValuesQuery {
  readonly indicator: string;
  readonly level: string | null;
  readonly year: number;
}

/** The folder of all addresses: that of the page, or in a page of others that of the script. */
let root: string | null = null;

/** Ask everything of one site, in whichever page this is. */
export function serveFrom(url: string): void {
  root = url;
}

/** An address of the server, as an absolute URL. */
export function address(path: string, query: Readonly<Record<string, string | null>> = {}): string {
  const url = new URL(`./${path}`, root ?? document.baseURI);
  for (const [key, value] of Object.entries(query)) if (value !== null) url.searchParams.set(key, value);
  if (!isStatic()) return url.href;
  const [asked = ""] = path.split(/[?#]/, 1);
  const isViewer = asked === "" || asked === "embed";
  const file = new URL(`./${fileOf(asked, Object.fromEntries(url.searchParams))}`, root ?? document.baseURI);
  return `${file.href}${isViewer ? url.search : ""}${url.hash}`;
}

/** TileJSON of a tileset, or what stands for it in a static site. */
export function tilesAddress(tileset: string, encoding: string | null): string {
  return isStatic() ? `pmtiles://${address(archiveOf(tileset, encoding))}` : address(`tiles/${tileset}`, { f: encoding });
}

export function valuesAddress({ indicator, level, year }: ValuesQuery, format: "csv" | "json" | "xlsx" | "gpkg"): string {
  return address(`values/${indicator}`, { level, year: String(year), f: format });
}

export function readAtlas(): Promise<AtlasFacts> {
  return readJson<AtlasFacts>(address("atlas.json"));
}

/** The style of an indicator, or of two in one map. */
export function readStyle(indicator: string, year: number, level: string | null, lang: Lang, other: string | null): Promise<StyleSpecification> {
  const url = address(`styles/${indicator}`, { year: String(year), level, lang, with: other });
  return once(styleByAddress, url, () => readJson<StyleSpecification>(url));
}

const styleByAddress = new Map<string, Promise<StyleSpecification>>();
const regionsByEdition = new Map<number, Promise<Regions>>();
const flowsById = new Map<string, Promise<FlowRows>>();
const postcodesByDigits = new Map<string, Promise<PostcodeColumns>>();
const trendsByCode = new Map<string, Promise<Trends>>();
const figuresByAddress = new Map<string, Promise<ReadonlyMap<string, Figure>>>();

/** The regions of an edition; asked for once. */
export function readRegions(edition: number): Promise<Regions> {
  return once(regionsByEdition, edition, async () => new Regions(await readJson<RegionColumns>(address(`regions/${edition}`))));
}

/** The figures of one level and year by code; asked for once. */
export function readFigures(query: ValuesQuery): Promise<ReadonlyMap<string, Figure>> {
  const url = valuesAddress(query, "json");
  return once(figuresByAddress, url, async () => {
    const { columns } = await readJson<Values>(url);
    const figures = new Map<string, Figure>();
    for (const [row, code] of columns.code.entries()) {
      const figure = figureFrom(columns.value[row], columns.status[row]);
      if (figure !== null) figures.set(code, figure);
    }
    return figures;
  });
}

/** The rows of a flow, of all years; asked for once. */
export function readFlows(id: string): Promise<FlowRows> {
  return once(flowsById, id, () => readJson<FlowRows>(address(`flows/${id}`, { f: "json" })));
}

/** The postcodes that begin with four digits; asked for once. */
export function readPostcodes(digits: string): Promise<PostcodeColumns> {
  const none: PostcodeColumns = { edition: [], postcode: [], code: [] };
  const orNone = (problem: unknown): PostcodeColumns => {
    if (problem instanceof ApiProblem && problem.status === 404) return none; // a static site has files for those that exist
    throw problem;
  };
  return once(postcodesByDigits, digits, () => readJson<PostcodeColumns>(address(`postcodes/${digits}`)).catch(orNone));
}

/** The figures of one area in all years. Its sheet tells those of the main indicators at once; others stand in the tables of its level. */
export async function readTrend({ id, series }: IndicatorFacts, { code, level }: Region): Promise<Trend> {
  const told = (await readTrends(code)).get(id);
  if (told !== undefined) return told;
  const years = series.filter((one) => one.level === level).map(({ year }) => year);
  const figures = await Promise.all(years.map(async (year) => (await readFigures({ indicator: id, level, year })).get(code)));
  return new Map(years.flatMap((year, row): [number, Figure][] => (figures[row] === undefined ? [] : [[year, figures[row]]])));
}

/** The figures of one area in all years, by main indicator; asked for once. */
function readTrends(code: string): Promise<Trends> {
  return once(trendsByCode, code, async () => trendsIn(await readJson<Sheet>(address(`gebied/${encodeURIComponent(code)}`, { f: "json" }))));
}

function once<Key, Value>(cache: Map<Key, Promise<Value>>, key: Key, read: () => Promise<Value>): Promise<Value> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const promise = read();
  cache.set(key, promise);
  promise.catch(() => cache.delete(key)); // a failed answer is asked for again
  return promise;
}

async function readJson<Value>(url: string): Promise<Value> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: "application/json" } });
  } catch {
    throw new ApiProblem(null, null);
  }
  if (!response.ok) throw new ApiProblem(response.status, await detailOf(response));
  return (await response.json()) as Value;
}

async function detailOf(response: Response): Promise<string | null> {
  if (!(response.headers.get("content-type") ?? "").includes("problem+json")) return null;
  try {
    const problem: unknown = await response.json();
    return typeof problem === "object" && problem !== null && "detail" in problem && typeof problem.detail === "string" ? problem.detail : null;
  } catch {
    return null;
  }
}

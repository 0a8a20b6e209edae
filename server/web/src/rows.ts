/** The rows of the table: the areas of a level with the figures of the map, sorted and filtered. */
import type { Figure } from "./figure.js";
import { REASONS } from "./figure.js";
import type { Region, Regions } from "./regions.js";
import { searchKey } from "./search.js";

/** By name or by figure; falling with a minus. The words stand in the address. */
export const SORTS = ["naam", "-naam", "cijfer", "-cijfer"] as const;
export type Sort = (typeof SORTS)[number];

export interface Row {
  readonly region: Region;
  readonly around: readonly string[];
  readonly figure: Figure | null;
}

/** All areas of a level. */
export function rowsOf(regions: Regions, level: string, figures: ReadonlyMap<string, Figure>): Row[] {
  return regions.all.filter((region) => region.level === level).map((region) => ({ region, around: regions.around(region), figure: figures.get(region.code) ?? null }));
}

/** Rows in whose name, code or surroundings all words of a text begin a word. */
export function filtered(rows: readonly Row[], text: string): readonly Row[] {
  const words = searchKey(text).split(" ").filter((word) => word !== "");
  if (words.length === 0) return rows;
  return rows.filter(({ region, around }) => {
    const key = ` ${searchKey([region.name, region.code, ...around].join(" "))}`;
    return words.every((word) => key.includes(` ${word}`));
  });
}

/** Rows in an order. What has no number comes last in either direction, reason by reason. */
export function sorted(rows: readonly Row[], sort: Sort): Row[] {
  const sign = sort.startsWith("-") ? -1 : 1;
  const byName = (a: Row, b: Row): number => names.compare(a.region.name, b.region.name) || (a.region.code < b.region.code ? -1 : 1);
  if (sort.endsWith("naam")) return rows.toSorted((a, b) => sign * byName(a, b));
  return rows.toSorted((a, b) => rank(a.figure) - rank(b.figure) || sign * (numberOf(a.figure) - numberOf(b.figure)) || byName(a, b));
}

const names = new Intl.Collator("nl");

function rank(figure: Figure | null): number {
  if (figure === null) return REASONS.length + 1;
  return figure.kind === "number" ? 0 : 1 + REASONS.indexOf(figure.reason);
}

function numberOf(figure: Figure | null): number {
  return figure?.kind === "number" ? figure.value : 0;
}

/** What the manifest says, looked up: which levels, years and borders an indicator has. */
import type { AtlasFacts, EditionFacts, IndicatorFacts, LevelFacts, Series } from "./atlas-types.js";

/** The indicators that have figures, in the order of the catalog. */
export function shownIndicators(facts: AtlasFacts): IndicatorFacts[] {
  return facts.indicators.filter((indicator) => indicator.series.length > 0);
}

export function indicatorOf(facts: AtlasFacts, id: string): IndicatorFacts {
  const found = facts.indicators.find((indicator) => indicator.id === id);
  if (found === undefined) throw new Error(`no indicator ${id} in this atlas`);
  return found;
}

/** The name of an indicator in tiles; the reason stands in `<field>_status`. */
export function fieldOf(indicator: IndicatorFacts): string {
  return indicator.id.replaceAll("-", "_");
}

/** Years with figures, rising. */
export function yearsOf(indicator: IndicatorFacts): number[] {
  return [...new Set(indicator.series.map((series) => series.year))].sort((a, b) => a - b);
}

/** The figures of one year, from coarse to fine. */
export function seriesIn(indicator: IndicatorFacts, year: number): Series[] {
  return indicator.series.filter((series) => series.year === year);
}

/** The borders that the figures of a year stand on; of one level, or of the coarsest. */
export function editionOf(facts: AtlasFacts, indicator: IndicatorFacts, year: number, level: string | null): EditionFacts {
  const series = seriesIn(indicator, year);
  const borders = (series.find((one) => one.level === level) ?? series[0])?.edition;
  const edition = facts.editions.find((one) => one.year === borders) ?? facts.editions.at(-1);
  if (edition === undefined) throw new Error("an atlas has at least one edition");
  return edition;
}

/** The levels that have figures in a year, from coarse to fine. */
export function levelsOf(facts: AtlasFacts, indicator: IndicatorFacts, year: number): LevelFacts[] {
  return seriesIn(indicator, year).flatMap((series) => {
    const edition = facts.editions.find((one) => one.year === series.edition);
    return edition?.levels.filter((level) => level.id === series.level) ?? [];
  });
}

/** The facts of a level wherever it occurs, for its title. */
export function levelFacts(facts: AtlasFacts, id: string): LevelFacts | undefined {
  return facts.editions.flatMap((edition) => edition.levels).findLast((level) => level.id === id);
}

/** The figure of the Netherlands in a year, where there is one that is a number. */
export function nationalNumber(indicator: IndicatorFacts, year: number): number | null {
  return (indicator.national ?? []).find((one) => one.year === year)?.value ?? null;
}

/** A made-up manifest for tests: two themes, two years, two editions, figures with and without classes. */
import type { AtlasFacts, IndicatorFacts, LevelFacts, Series } from "./atlas-types.js";

const file = { path: "values/x-0123456789ab.parquet", version: "0123456789ab", size: 1 };

const level = (id: string, minzoom: number): LevelFacts => ({ id, title: { nl: id, en: `${id} (en)` }, plural: { nl: `${id}en`, en: `${id}s` }, minzoom, regions: 2 });

const series = (id: string, year: number, edition: number): Series => ({ level: id, year, edition, tileset: `t-${year}` });

export const koopwoningen: IndicatorFacts = {
  id: "koop-woningen",
  theme: "vastgoed",
  title: { nl: "Koopwoningen", en: "Owner-occupied homes" },
  unit: { nl: "%" },
  kind: "share",
  decimals: 1,
  series: [series("gemeente", 2021, 2018), series("gemeente", 2022, 2022), series("buurt", 2022, 2022)],
  colors: ["#111111", "#222222", "#333333"],
  breaks: { gemeente: { edges: [40, 60.5], low: 12, high: 80 }, buurt: { edges: [], low: 5, high: 5 } },
  values: file,
};

export const misdrijven: IndicatorFacts = {
  ...koopwoningen,
  id: "misdrijven",
  theme: "drugs",
  title: { nl: "Misdrijven" },
  unit: { nl: "x 1000 euro" },
  kind: "count",
  decimals: 0,
  series: [series("gemeente", 2021, 2018)],
  breaks: { gemeente: { edges: [1, 10], low: 0, high: 4200 } },
};

export const soort: IndicatorFacts = { ...misdrijven, id: "soort", kind: "category", categories: ["stad", "dorp"], breaks: {}, colors: ["#aa0000", "#00aa00"] };

export const facts: AtlasFacts = {
  format: 1,
  id: "proef",
  title: { nl: "Proef", en: "Trial" },
  attribution: "Bron: niemand",
  maxzoom: 12,
  editions: [
    { year: 2018, levels: [level("gemeente", 0)], tiles: file, regions: file, bounds: [4, 51, 6, 53] },
    { year: 2022, levels: [level("gemeente", 0), level("buurt", 9)], tiles: file, regions: file, bounds: [4, 51, 6, 53] },
  ],
  themes: [
    { id: "vastgoed", title: { nl: "Vastgoed" } },
    { id: "drugs", title: { nl: "Drugs" } },
  ],
  indicators: [koopwoningen, misdrijven, soort, { ...misdrijven, id: "leeg", series: [] }],
  tilesets: [],
};

const code = (id: string) => ({ id, title: { nl: id } });

const delict = (id: string, measure: string, feit: string): IndicatorFacts => ({ ...misdrijven, id, topic: "delicten", measure, breakdown: { feit }, drawn: measure === "aantal" ? "symbols" : "fill" });

/** One topic in two measures and two offences; hard drugs have no rate. */
export const withTopics: AtlasFacts = {
  ...facts,
  dimensions: [{ id: "feit", title: { nl: "feit" }, codes: [code("alle"), code("hard"), code("soft")] }],
  topics: [
    {
      id: "delicten",
      theme: "drugs",
      title: { nl: "Delicten" },
      dimensions: ["feit"],
      measures: [
        { id: "per-1000", title: { nl: "per 1.000" }, kind: "rate", unit: { nl: "per 1.000" } },
        { id: "aantal", title: { nl: "aantal" }, kind: "count", unit: { nl: "" } },
        { id: "index", title: { nl: "index" }, kind: "index", unit: { nl: "" } },
      ],
      indicators: ["delicten", "delicten-aantal", "delicten-hard-aantal"],
    },
  ],
  indicators: [koopwoningen, delict("delicten", "per-1000", "alle"), delict("delicten-aantal", "aantal", "alle"), delict("delicten-hard-aantal", "aantal", "hard")],
};

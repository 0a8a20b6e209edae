import { expect, test } from "vitest";
import type { IndicatorFacts } from "./atlas-types.js";
import { koopwoningen, misdrijven, soort } from "./fixture.js";
import { classOf, figureClass, legendClasses } from "./legend.js";

const labels = (indicator: IndicatorFacts, level: string, lang: "nl" | "en" = "nl") => legendClasses(indicator, level, lang).map(({ label }) => label);

test("classes run from the lowest figure to the last edge or more", () => {
  expect(labels(koopwoningen, "gemeente")).toEqual(["12,0 tot 40,0", "40,0 tot 60,5", "60,5 of meer"]);
  expect(labels(koopwoningen, "gemeente", "en")).toEqual(["12.0 to 40.0", "40.0 to 60.5", "60.5 or more"]);
});

test("a class that holds one number is that number", () => {
  expect(labels(misdrijven, "gemeente")).toEqual(["0", "1 tot 10", "10 of meer"]);
  const indicator = { ...koopwoningen, breaks: { gemeente: { edges: [12.1, 12.3], low: 12, high: 80 } } };
  expect(labels(indicator, "gemeente")).toEqual(["12,0", "12,1 tot 12,3", "12,3 of meer"]);
});

test("a level with a single value has a single class", () => {
  expect(labels(koopwoningen, "buurt")).toEqual(["5,0"]);
});

test("an edge below all figures opens the first class", () => {
  const indicator = { ...koopwoningen, breaks: { gemeente: { edges: [10], low: 12, high: 80 } } };
  expect(labels(indicator, "gemeente")).toEqual(["minder dan 10,0", "10,0 of meer"]);
});

test("a level without breaks has no classes", () => {
  expect(labels(koopwoningen, "wijk")).toEqual([]);
});

test("categories are their own labels", () => {
  expect(legendClasses(soort, "gemeente", "nl")).toEqual([
    { color: "#aa0000", label: "stad" },
    { color: "#00aa00", label: "dorp" },
  ]);
});

test.each([
  [39.9, 0],
  [40, 1],
  [60.5, 2],
  [999, 2],
  [-5, 0],
])("%d is in class %d, for an edge belongs to the class above it", (value, expected) => {
  expect(classOf(value, [40, 60.5])).toBe(expected);
});

test("a reason is in no class", () => {
  expect(figureClass({ kind: "reason", reason: "missing" }, koopwoningen, "gemeente")).toBeNull();
});

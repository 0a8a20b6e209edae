import { expect, test } from "vitest";
import { numbersOf, pathOf, trendOf, trendsIn } from "./trend.js";

const trend = trendOf([
  { year: 2021, value: 10, status: null },
  { year: 2022, value: null, status: "withheld" },
  { year: 2023, value: 20, status: null },
  { year: 2024, value: 15, status: null },
]);
const frame = { width: 90, height: 10, years: [2021, 2022, 2023, 2024], low: 10, high: 20 };

test("a year without a number breaks the line and never becomes zero", () => {
  expect(pathOf(trend, frame)).toBe("M0.0 10.0M60.0 0.0L90.0 5.0");
  expect(numbersOf(trend)).toEqual([
    [2021, 10],
    [2023, 20],
    [2024, 15],
  ]);
});

test("figures that are all the same lie in the middle", () => {
  expect(pathOf(trend, { ...frame, years: [2021], low: 10, high: 10 })).toBe("M45.0 5.0");
});

test("a fact sheet is read by indicator", () => {
  const sheet = { themes: [{ topics: [{ indicators: [{ id: "a", trend: [{ year: 2024, value: 1, status: null }] }] }] }] };
  expect(trendsIn(sheet).get("a")?.get(2024)).toEqual({ kind: "number", value: 1 });
});

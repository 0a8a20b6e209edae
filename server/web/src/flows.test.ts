import { expect, test } from "vitest";
import { type FlowRows, flowLines, streamsOf } from "./flows.js";

const rows: FlowRows = {
  columns: {
    year: [2024, 2024, 2024, 2024, 2023, 2024],
    origin: ["A", "B", "A", "A", "A", "B"],
    origin_name: ["Aa", "Bee", "Aa", "Aa", "Aa", "Bee"],
    destination: ["B", "A", "A", "C", "B", "C"],
    destination_name: ["Bee", "Aa", "Aa", "Cee", "Bee", "Cee"],
    value: [10, 40, 90, null, 5, 7],
    status: [null, null, null, "withheld", null, null],
  },
};
const places = new Map([
  ["A", { lon: 5, lat: 52 }],
  ["B", { lon: 6, lat: 52 }],
  ["C", { lon: 5, lat: 53 }],
]);
const lines = (code: string) => flowLines(streamsOf(rows, code, 2024), places.get(code) ?? { lon: 0, lat: 0 }, (other) => places.get(other));

test("the flows of an area and a year are those with it at either end, the largest first and reasons last", () => {
  expect(streamsOf(rows, "A", 2024).map(({ other, way, figure }) => [other, way, figure.kind === "number" ? figure.value : figure.reason])).toEqual([
    ["A", "within", 90],
    ["B", "in", 40],
    ["B", "out", 10],
    ["C", "out", "withheld"],
  ]);
});

test("a curve is as wide as its figure, and a withheld flow has none", () => {
  expect(lines("A").features.filter(({ properties }) => properties.part === "line").map(({ properties }) => [properties.way, properties.width])).toEqual([
    ["in", 12],
    ["out", 3],
  ]);
});

test("a curve runs from the one to the other, and back it runs on the other side", () => {
  const [back, forth] = lines("A").features.filter(({ properties }) => properties.part === "line").map(({ geometry }) => geometry.coordinates);
  const rounded = (point: readonly number[] | undefined) => point?.map((part) => Number(part.toFixed(6)));
  expect([rounded(back?.[0]), rounded(back?.at(-1))]).toEqual([[6, 52], [5, 52]]);
  expect([rounded(forth?.[0]), rounded(forth?.at(-1))]).toEqual([[5, 52], [6, 52]]);
  expect(back?.[12]?.[1]).toBeGreaterThan(52);
  expect(forth?.[12]?.[1]).toBeLessThan(52);
});

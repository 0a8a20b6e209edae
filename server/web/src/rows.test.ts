import { expect, test } from "vitest";
import type { Figure } from "./figure.js";
import { Regions } from "./regions.js";
import { filtered, rowsOf, sorted } from "./rows.js";

const names = ["Zuid", "Abdij", "Élan", "Bos", "Centrum"];
const column = <Value>(value: Value): Value[] => names.map(() => value);
const regions = new Regions({
  year: 2022,
  level: column("wijk"),
  code: names.map((_, row) => `WK${row}`),
  name: names,
  parent: column(null),
  ...{ lon: column(0), lat: column(0), west: column(0), south: column(0), east: column(0), north: column(0) },
});
const number = (value: number): Figure => ({ kind: "number", value });
const figures = new Map<string, Figure>([
  ["WK0", number(3)],
  ["WK1", { kind: "reason", reason: "missing" }],
  ["WK2", number(0)],
  ["WK3", { kind: "reason", reason: "withheld" }],
]);
const rows = rowsOf(regions, "wijk", figures);
const shown = (some: readonly { region: { name: string } }[]) => some.map(({ region }) => region.name);

test("by name accents do not matter", () => {
  expect(shown(sorted(rows, "naam"))).toEqual(["Abdij", "Bos", "Centrum", "Élan", "Zuid"]);
});

test("by figure a reason is never among the numbers, whatever the direction", () => {
  expect(shown(sorted(rows, "cijfer"))).toEqual(["Élan", "Zuid", "Bos", "Abdij", "Centrum"]);
  expect(shown(sorted(rows, "-cijfer"))).toEqual(["Zuid", "Élan", "Bos", "Abdij", "Centrum"]);
});

test("a text finds words from their beginning, in name and code", () => {
  expect(shown(filtered(rows, "el"))).toEqual(["Élan"]);
  expect(shown(filtered(rows, "wk3"))).toEqual(["Bos"]);
  expect(filtered(rows, "um")).toEqual([]);
  expect(filtered(rows, " ")).toEqual(rows);
});

test("another level has other rows", () => {
  expect(rowsOf(regions, "buurt", figures)).toEqual([]);
});

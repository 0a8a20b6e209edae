import { expect, test } from "vitest";
import { Regions } from "./regions.js";
import { SearchIndex, searchKey } from "./search.js";

const rows: [level: string, code: string, name: string, parent: string | null][] = [
  ["gemeente", "GM0001", "Oost", null],
  ["gemeente", "GM0002", "'s-Gravenhage", null],
  ["gemeente", "GM0003", "Súdwest-Fryslân", null],
  ["wijk", "WK000100", "Oosterhaven", "GM0001"],
  ["wijk", "WK000101", "Haven Oost", "GM0001"],
  ["buurt", "BU00010000", "Oost", "WK000100"],
  ["buurt", "BU00010001", "Noordoost", "WK000100"],
];
const zero = rows.map(() => 0);
const regions = new Regions({
  year: 2022,
  level: rows.map(([level]) => level),
  code: rows.map(([, code]) => code),
  name: rows.map(([, , name]) => name),
  parent: rows.map(([, , , parent]) => parent),
  lon: zero,
  lat: zero,
  west: zero,
  south: zero,
  east: zero,
  north: zero,
});
const index = new SearchIndex(regions);
const codes = (text: string, limit?: number) => index.find(text, limit).map((region) => region.code);

test("the whole name comes before its beginning, a later word and the middle of a word, and coarse levels come first", () => {
  expect(codes("oost")).toEqual(["GM0001", "BU00010000", "WK000100", "WK000101", "BU00010001"]);
});

test.each(["s gravenhage", "'S-GRAVENHAGE", "gravenh"])("case and punctuation do not matter: %s", (text) => {
  expect(codes(text)).toEqual(["GM0002"]);
});

test("accents do not matter", () => {
  expect(codes("sudwest fryslan")).toEqual(["GM0003"]);
  expect(codes("Súdwest")).toEqual(["GM0003"]);
});

test("a code finds its region", () => {
  expect(codes("bu00010001")).toEqual(["BU00010001"]);
});

test.each(["", "  ", "-'"])("an empty text %j finds nothing", (text) => {
  expect(codes(text)).toEqual([]);
});

test("no more than asked for", () => {
  expect(codes("oost", 2)).toHaveLength(2);
});

test("a key has neither accents nor punctuation", () => {
  expect(searchKey("  Ĳsselmuiden/Noord-West ")).toBe("ĳsselmuiden noord west");
});

test("the regions around one run from near to far", () => {
  const buurt = regions.get("BU00010001");
  expect(buurt && regions.around(buurt)).toEqual(["Oosterhaven", "Oost"]);
});

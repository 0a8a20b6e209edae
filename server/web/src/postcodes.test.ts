import { expect, test } from "vitest";
import { areasOf, postcodeIn, written } from "./postcodes.js";
import { Regions } from "./regions.js";

const codes = ["GM1", "WK1", "WK2", "BU1", "BU2", "BU3"];
const zeros = codes.map(() => 0);
const regions = new Regions({
  year: 2022,
  level: ["gemeente", "wijk", "wijk", "buurt", "buurt", "buurt"],
  code: codes,
  name: codes,
  parent: [null, "GM1", "GM1", "WK1", "WK1", "WK2"],
  lon: zeros,
  lat: zeros,
  west: zeros,
  south: zeros,
  east: zeros,
  north: zeros,
});
const columns = { edition: [2022, 2022, 2022, 2022], postcode: ["0101AA", "0101AA", "0101AB", "0101AB"], code: ["BU2", "BU1", "BU2", "BU9"] };
const found = (text: string, isShown = (_: string) => true) => {
  const asked = postcodeIn(text);
  return asked === null ? null : areasOf(columns, asked, regions, isShown).map(({ code }) => code);
};

test("a postcode leads to its buurten, the fullest first, and to what is around them", () => {
  expect(found("0101 aa")).toEqual(["BU2", "BU1", "WK1", "GM1"]);
  expect(found("0101AB")).toEqual(["BU2", "WK1", "GM1"]);
});

test("four digits lead to where most of their postcodes are, also while letters are being typed", () => {
  expect(found("0101")).toEqual(["BU2", "BU1", "WK1", "GM1"]);
  expect(found("0101 A")).toEqual(["BU2", "BU1", "WK1", "GM1"]);
});

test("levels without figures are passed over", () => {
  expect(found("0101AA", (level) => level === "gemeente")).toEqual(["GM1"]);
});

test("what is no postcode is none", () => {
  for (const text of ["", "010", "Dorp", "0101 ABC", "01012"]) expect(postcodeIn(text)).toBeNull();
  expect(written("0101AA")).toBe("0101 AA");
  expect(written("0101")).toBe("0101");
});

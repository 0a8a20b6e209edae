import { expect, test } from "vitest";
import { type Direction, nextArea } from "./neighbours.js";
import type { Region } from "./regions.js";

const region = (code: string, lon: number, lat: number, level = "wijk"): Region => ({ level, code, name: code, parent: null, lon, lat, bounds: [lon, lat, lon, lat] });

// a b c
// d e f     and g far to the east of f
const all = [region("a", 5, 52.1), region("b", 5.1, 52.1), region("c", 5.2, 52.1), region("d", 5, 52), region("e", 5.1, 52), region("f", 5.2, 52), region("g", 6, 52.01), region("stad", 5.11, 52.01, "gemeente")];
const at = (code: string) => all.find((one) => one.code === code) ?? all[0]!;
const go = (code: string, direction: Direction) => nextArea(all, "wijk", at(code), direction)?.code ?? null;

test("one steps to the area straight ahead, not to one that is a little nearer aside", () => {
  expect((["north", "west", "east", "south"] as const).map((way) => go("e", way))).toEqual(["b", "d", "f", null]);
});

test("beyond the last area of a row the nearest further on is taken", () => {
  expect(go("f", "east")).toBe("g");
});

test("areas of another level are passed over", () => {
  expect(nextArea(all, "gemeente", at("d"), "east")?.code).toBe("stad");
});

test("a step back is where one came from, on a grid", () => {
  expect(go(go("a", "east") ?? "", "west")).toBe("a");
});

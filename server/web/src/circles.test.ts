import { expect, test } from "vitest";
import { radiusOf } from "./circles.js";

const circles = { top: 400, color: "#000000", radius_px: [[8, 9], [10, 36]], legend: [400, 100] } as const;

test("four times the figure is twice the radius", () => {
  expect(radiusOf(400, circles, 20)).toBe(36);
  expect(radiusOf(100, circles, 20)).toBe(18);
  expect(radiusOf(0, circles, 20)).toBe(0);
});

test("the largest circle doubles with each zoom between its least and its most", () => {
  expect([5, 8, 9, 10, 12].map((zoom) => radiusOf(400, circles, zoom))).toEqual([9, 9, 18, 36, 36]);
});

test("a decrease is as large as the same increase", () => {
  expect(radiusOf(-100, circles, 20)).toBe(18);
});

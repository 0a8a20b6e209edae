import { expect, test } from "vitest";
import { koopwoningen, soort } from "./fixture.js";
import { placeOnBar } from "./scale.js";

test.each([
  [12, 0],
  [26, 1 / 6],
  [40, 1 / 3],
  [80, 1],
  [200, 1], // the Netherlands may lie beyond what any area here has
  [-3, 0],
])("%d stands at %d of the bar", (value, place) => {
  expect(placeOnBar(value, koopwoningen, "gemeente")).toBeCloseTo(place);
});

test("a level with one value has it in the middle", () => {
  expect(placeOnBar(5, koopwoningen, "buurt")).toBe(0.5);
});

test("categories and levels without classes have no bar", () => {
  expect(placeOnBar(1, soort, "gemeente")).toBeNull();
  expect(placeOnBar(1, koopwoningen, "wijk")).toBeNull();
});

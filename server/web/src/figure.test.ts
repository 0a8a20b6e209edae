import { describe, expect, test } from "vitest";
import { figureFrom, figureInTile, formatFigure, formatNumber } from "./figure.js";
import { koopwoningen, misdrijven, soort } from "./fixture.js";

describe("a number", () => {
  test.each([
    [1234.5, 1, "1.234,5", "1,234.5"],
    [0, 0, "0", "0"],
    [-0.04, 1, "0,0", "0.0"],
    [-12.5, 1, "-12,5", "-12.5"],
    [1e6, 0, "1.000.000", "1,000,000"],
  ])("%d with %d decimals is written as readers do", (value, decimals, nl, en) => {
    expect(formatNumber(value, decimals, "nl")).toBe(nl);
    expect(formatNumber(value, decimals, "en")).toBe(en);
  });
});

describe("a figure", () => {
  test("of zero is a number", () => {
    expect(figureFrom(0, null)).toEqual({ kind: "number", value: 0 });
  });

  test("with a status is a reason, whatever the value says", () => {
    expect(figureFrom(0, "withheld")).toEqual({ kind: "reason", reason: "withheld" });
  });

  test.each([null, undefined, Number.NaN, "12"])("of %s without a status is no figure", (value) => {
    expect(figureFrom(value, null)).toBeNull();
  });

  test("is found in a tile under the name of its indicator", () => {
    expect(figureInTile({ koop_woningen: 12.5, misdrijven: 3 }, koopwoningen)).toEqual({ kind: "number", value: 12.5 });
    expect(figureInTile({ koop_woningen_status: "missing" }, koopwoningen)).toEqual({ kind: "reason", reason: "missing" });
  });

  test("of a category stands in a tile as its name", () => {
    expect(figureInTile({ soort: "dorp" }, soort)).toEqual({ kind: "number", value: 1 });
  });

  test("in words has its unit, its category or its reason", () => {
    expect(formatFigure({ kind: "number", value: 12.5 }, koopwoningen, "nl")).toBe("12,5%");
    expect(formatFigure({ kind: "number", value: 312 }, misdrijven, "nl")).toBe("312\u00a0× 1000 euro");
    expect(formatFigure({ kind: "number", value: 1 }, soort, "nl")).toBe("dorp");
    expect(formatFigure({ kind: "reason", reason: "withheld" }, koopwoningen, "en")).toBe("Secret or too few observations");
  });
});

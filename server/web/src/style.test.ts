import type { StyleSpecification } from "maplibre-gl";
import { expect, test } from "vitest";
import { areaLayers, forViewer, levelAt, markedSource } from "./style.js";

const layer = (id: string, role: string, level: string, minzoom: number, maxzoom?: number) => ({
  id,
  type: role === "selected" ? ("line" as const) : ("fill" as const),
  source: "kaart",
  "source-layer": level,
  minzoom,
  ...(maxzoom === undefined ? {} : { maxzoom }),
  metadata: { "zichtkaart:role": role, "zichtkaart:level": level },
});

const style: StyleSpecification = {
  version: 8,
  sources: { kaart: { type: "vector", url: "https://kaart.example/tiles/t-2022" } },
  layers: [
    { id: "background", type: "background" },
    layer("gemeente-classes", "classes", "gemeente", 0, 9),
    layer("gemeente-withheld", "reason", "gemeente", 0, 9),
    layer("buurt-classes", "classes", "buurt", 9),
    layer("gemeente-selected", "selected", "gemeente", 0, 9),
  ],
};

test("areas are the layers with classes and reasons", () => {
  expect(areaLayers(style).map(({ id }) => id)).toEqual(["gemeente-classes", "gemeente-withheld", "buurt-classes"]);
});

test("the level at a zoom is the one that is filled there", () => {
  expect([levelAt(style, 8.99), levelAt(style, 9), levelAt(style, 16)]).toEqual(["gemeente", "buurt", "buurt"]);
});

test("no level is shown below the first", () => {
  expect(levelAt({ ...style, layers: [layer("buurt-classes", "classes", "buurt", 9)] }, 5)).toBeNull();
});

test("a level without outlines cannot be marked", () => {
  expect(markedSource(style, "selected", "gemeente")).toBe("kaart");
  expect(markedSource(style, "selected", "buurt")).toBeNull();
});

test("in the viewer regions go by their code and a selection outlasts its level", () => {
  const made = forViewer(style);
  expect(made.sources["kaart"]).toMatchObject({ promoteId: "code" });
  expect(made.layers.find(({ id }) => id === "gemeente-selected")?.maxzoom).toBeUndefined();
  expect(made.layers.find(({ id }) => id === "gemeente-classes")?.maxzoom).toBe(9);
});

import type { StyleSpecification } from "maplibre-gl";
import { expect, test } from "vitest";
import { koopwoningen } from "./fixture.js";
import { joinedStyle, stateOf } from "./join.js";

const facts = (role: string) => ({ "zichtkaart:role": role, "zichtkaart:level": "gemeente" });

/** As the server makes it, with the figures in the tiles. */
const served = (field: string, color: string): StyleSpecification => ({
  version: 8,
  name: field,
  sources: { kaart: { type: "vector", url: `https://kaart.example/tiles/${field}`, encoding: "mlt" } },
  layers: [
    { id: "classes", type: "fill", source: "kaart", "source-layer": "gemeente", metadata: facts("classes"), filter: ["has", field], paint: { "fill-color": ["step", ["get", field], color, 5, "#222222"] } },
    { id: "withheld", type: "fill", source: "kaart", "source-layer": "gemeente", metadata: facts("reason"), filter: ["==", ["get", `${field}_status`], "withheld"], paint: { "fill-pattern": "reason-withheld" } },
    { id: "missing", type: "fill", source: "kaart", "source-layer": "gemeente", metadata: facts("reason"), filter: ["==", ["get", `${field}_status`], "missing"], paint: { "fill-pattern": "reason-missing" } },
    { id: "borders", type: "line", source: "kaart", "source-layer": "grenzen", paint: {} },
  ],
});

const joined = (field: string, color: string) => joinedStyle(served(field, color), field, "https://kaart.example/tiles/gebieden-2022", new Set(["withheld"]));

test("two indicators on the same borders have the same style, so a switch changes nothing but states", () => {
  expect(joined("koop", "#111111")).toEqual(joined("huur", "#ff0000"));
});

test("a reason has a layer where the figures have it, and no other reason does", () => {
  expect(joined("koop", "#111111")?.layers.map(({ id }) => id)).toEqual(["classes", "withheld", "borders"]);
});

test("no layer draws what a tile says of a figure", () => {
  expect(JSON.stringify(joined("koop", "#111111"))).not.toContain('"get"');
});

test("a style that draws circles keeps its figures in the tiles", () => {
  const style = served("koop", "#111111");
  style.layers.push({ id: "circles", type: "circle", source: "kaart", "source-layer": "labels", paint: { "circle-radius": ["get", "koop"] } });
  expect(joinedStyle(style, "koop", "x", new Set())).toBeNull();
});

test("the state of a number is the color of its class, that of a reason is the reason and no color", () => {
  expect(stateOf({ kind: "number", value: 40 }, koopwoningen, "gemeente")).toEqual({ color: "#222222", reason: null });
  expect(stateOf({ kind: "number", value: 0 }, koopwoningen, "gemeente")).toEqual({ color: "#111111", reason: null });
  expect(stateOf({ kind: "reason", reason: "withheld" }, koopwoningen, "gemeente")).toEqual({ color: null, reason: "withheld" });
});

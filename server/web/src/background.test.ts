import type { StyleSpecification } from "maplibre-gl";
import { expect, test, vi } from "vitest";
import { serveFrom } from "./api.js";
import { BACKGROUND, FILL_OPACITY, withBackground } from "./background.js";

const area = (role: string) => ({ id: role, type: "fill" as const, source: "kaart", "source-layer": "wijk", metadata: { "zichtkaart:role": role } });

const style: StyleSpecification = {
  version: 8,
  sources: { kaart: { type: "vector", url: "https://kaart.example/tiles/a" } },
  layers: [{ id: "ground", type: "background" }, area("classes"), area("reason"), { id: "borders", type: "line", source: "kaart", "source-layer": "grenzen" }],
};

test("a background map lies below the areas, which let it shine through, and a reason stays as it was", () => {
  vi.stubGlobal("document", { baseURI: "https://elders.example/", querySelector: () => null });
  serveFrom("https://kaart.example/atlas/");
  const { layers, sources } = withBackground(style);
  expect(layers.map(({ id }) => id)).toEqual(["ground", BACKGROUND, "classes", "reason", "borders"]);
  expect(layers[2]).toMatchObject({ paint: { "fill-opacity": FILL_OPACITY } });
  expect(layers[3]).toEqual(area("reason"));
  expect(sources[BACKGROUND]).toMatchObject({ tiles: ["https://kaart.example/atlas/background/{z}/{x}/{y}"] });
  vi.unstubAllGlobals();
});

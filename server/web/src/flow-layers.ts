/** How flows look on the map: whole lines from the chosen area, dashed ones to it, each on a light casing. */
import type { GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { FlowLines } from "./flows.js";

export const OUT_INK = "#08519c";
export const IN_INK = "#8c4a00";

const SOURCE = "stromen";

/** A style with flows over its areas and under its names. */
export function withFlows(style: StyleSpecification, lines: FlowLines | null): StyleSpecification {
  if (lines === null || lines.features.length === 0) return style;
  const firstName = style.layers.findIndex(({ type }) => type === "symbol");
  const at = firstName === -1 ? style.layers.length : firstName;
  const data = lines as unknown as GeoJSONSourceSpecification["data"];
  return {
    ...style,
    sources: { ...style.sources, [SOURCE]: { type: "geojson", data } },
    layers: [...style.layers.slice(0, at), ...LAYERS, ...style.layers.slice(at)],
  };
}

function layer(name: string, way: "out" | "in" | null, part: "line" | "head", color: string, extra: number, isDashed: boolean): LayerSpecification {
  const width = part === "line" ? ["get", "width"] : ["max", 1.5, ["*", 0.35, ["get", "width"]]];
  return {
    id: `flows-${name}`,
    type: "line",
    source: SOURCE,
    filter: ["all", ["==", ["get", "part"], part], ...(way === null ? [] : [["==", ["get", "way"], way]])] as never,
    layout: { "line-join": "round", "line-cap": isDashed ? "butt" : "round" },
    paint: { "line-color": color, "line-width": ["+", width, extra] as never, ...(isDashed ? { "line-dasharray": [2, 1] } : {}) },
  };
}

const LAYERS: readonly LayerSpecification[] = [
  layer("casing", null, "line", "#ffffff", 2, false),
  layer("in", "in", "line", IN_INK, 0, true),
  layer("out", "out", "line", OUT_INK, 0, false),
  layer("heads-casing", null, "head", "#ffffff", 3, false),
  layer("heads-in", "in", "head", IN_INK, 0.5, false),
  layer("heads-out", "out", "head", OUT_INK, 0.5, false),
];

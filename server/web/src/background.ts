/** A map of elsewhere behind the figures, where the server has one: it fetches that map itself, so the browser asks no other host. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { address } from "./api.js";
import { roleOf } from "./style.js";

export const BACKGROUND = "background-map";

/** How much of a class stays above it. The legend is paled as much, so that both are read by the same color. */
export const FILL_OPACITY = 0.65;

/** Deeper there are no tiles of it. */
const MAXZOOM = 19;

/** Whose map it is; null where there is none. */
export function backgroundCredit(): string | null {
  return document.querySelector('meta[name="zichtkaart:background"]')?.getAttribute("content") ?? null;
}

/** A style with that map right below the areas, which let it shine through. */
export function withBackground(style: StyleSpecification): StyleSpecification {
  const first = style.layers.findIndex((layer) => isArea(layer));
  if (first === -1) return style;
  const tiles = [decodeURI(address("background/{z}/{x}/{y}"))];
  const layers = style.layers.map((layer): LayerSpecification => (layer.type === "fill" && roleOf(layer) === "classes" ? { ...layer, paint: { ...layer.paint, "fill-opacity": FILL_OPACITY } } : layer));
  layers.splice(first, 0, { id: BACKGROUND, type: "raster", source: BACKGROUND });
  return { ...style, sources: { ...style.sources, [BACKGROUND]: { type: "raster", tiles, tileSize: 256, maxzoom: MAXZOOM } }, layers };
}

function isArea(layer: LayerSpecification): boolean {
  return ["classes", "reason"].includes(roleOf(layer) ?? "");
}

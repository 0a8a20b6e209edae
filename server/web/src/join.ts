/**
 * Figures joined to borders in the browser. The map loads the tiles of an edition once, without figures; what is switched are
 * feature states: the color of an area, or the reason why it has none. A switch asks for no tile, parses no geometry and
 * leaves the style as it is, for paint follows the state and nothing else.
 */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { IndicatorFacts, Reason } from "./atlas-types.js";
import type { Figure } from "./figure.js";
import { colorOf, figureClass } from "./legend.js";
import { roleOf } from "./style.js";

/** What an area is painted with. MapLibre cannot take a pattern from a state, so each reason has a layer that shows where the state names it. */
export interface AreaState {
  readonly color: string | null;
  readonly reason: Reason | null;
}

const EMPTY = "rgba(0, 0, 0, 0)";

/** The source of all areas. */
export const SOURCE = "kaart";

/** The state of an area with a figure. */
export function stateOf(figure: Figure, indicator: IndicatorFacts, level: string): AreaState {
  if (figure.kind === "reason") return { color: null, reason: figure.reason };
  const row = figureClass(figure, indicator, level);
  return { color: row === null ? null : colorOf(indicator, row), reason: null };
}

/**
 * The style of the server on tiles without figures; null for one that draws more than fills, such as circles or two subjects at
 * once, which needs the figures in its tiles. The same levels give the same style, whatever the indicator and year.
 */
export function joinedStyle(style: StyleSpecification, field: string, tiles: string, reasons: ReadonlySet<Reason>): StyleSpecification | null {
  const source = style.sources[SOURCE];
  if (source?.type !== "vector") return null;
  const layers = style.layers.flatMap((layer) => joinedLayer(layer, reasons));
  if (mentions(layers, field)) return null;
  const encoding = source.encoding === undefined ? {} : { encoding: source.encoding };
  const { version, sprite } = style;
  return { version, ...(sprite === undefined ? {} : { sprite }), sources: { [SOURCE]: { type: "vector", url: tiles, ...encoding } }, layers };
}

function joinedLayer(layer: LayerSpecification, reasons: ReadonlySet<Reason>): LayerSpecification[] {
  const role = roleOf(layer);
  if (layer.type !== "fill" || (role !== "classes" && role !== "reason")) return [layer];
  const { filter, ...bare } = layer;
  if (role === "classes") {
    // Borders are drawn over the edges of fills, so there is nothing to smooth.
    return [{ ...bare, paint: { "fill-antialias": false, "fill-color": ["to-color", ["feature-state", "color"], EMPTY] } }];
  }
  const reason = [...reasons].find((one) => mentions(filter, one));
  if (reason === undefined) return [];
  return [{ ...bare, paint: { ...layer.paint, "fill-antialias": false, "fill-opacity": ["case", ["==", ["feature-state", "reason"], reason], 1, 0] } }];
}

/** Whether a part of a style names something, as a word of its own. */
function mentions(part: unknown, word: string): boolean {
  return JSON.stringify(part ?? null).includes(JSON.stringify(word));
}

/** The map style of the server, read: which layers hold areas and which outline one. Layers say in their metadata what they are. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Circles, Drawing } from "./map-events.js";

/** Names of feature states, and of the roles of the layers that draw them. */
export type Mark = "hover" | "selected";

type Role = "classes" | "reason" | Mark;

interface LevelLayer {
  readonly id: string;
  readonly role: Role;
  readonly source: string;
  readonly level: string;
  readonly minzoom: number;
  /** The first zoom at which it is no longer drawn. */
  readonly maxzoom: number;
}

function levelLayers(style: StyleSpecification, roles: readonly Role[]): LevelLayer[] {
  return style.layers.flatMap((layer) => {
    const level = metadata(layer, "zichtkaart:level");
    const named = metadata(layer, "zichtkaart:role");
    const role = roles.find((one) => one === named);
    if (level === null || role === undefined || !("source" in layer) || typeof layer.source !== "string") return [];
    return [{ id: layer.id, role, source: layer.source, level, minzoom: layer.minzoom ?? 0, maxzoom: layer.maxzoom ?? Infinity }];
  });
}

/** What a layer says it is; null for one that says nothing. */
export function roleOf(layer: LayerSpecification): string | null {
  return metadata(layer, "zichtkaart:role");
}

function metadata(layer: LayerSpecification, key: string): string | null {
  const facts: unknown = layer.metadata;
  if (typeof facts !== "object" || facts === null) return null;
  const value: unknown = Reflect.get(facts, key);
  return typeof value === "string" ? value : null;
}

/** The layers that fill areas, with a class or with a reason. */
export function areaLayers(style: StyleSpecification): LevelLayer[] {
  return levelLayers(style, ["classes", "reason"]);
}

/** The level whose areas are filled at a zoom; null where none is. */
export function levelAt(style: StyleSpecification, zoom: number): string | null {
  return areaLayers(style).findLast((layer) => zoom >= layer.minzoom && zoom < layer.maxzoom)?.level ?? null;
}

/** The source in which areas of a level can be marked; null where the style does not draw them. */
export function markedSource(style: StyleSpecification, mark: Mark, level: string): string | null {
  return levelLayers(style, [mark]).find((layer) => layer.level === level)?.source ?? null;
}

/**
 * The style as the viewer needs it: regions are known by their code, and a selected one stays outlined when finer levels come.
 * All levels of a source are named at once, so that a subject with other levels leaves the source, and its tiles, as they are.
 */
export function forViewer(style: StyleSpecification): StyleSpecification {
  const sources = { ...style.sources };
  for (const { source: name } of areaLayers(style)) {
    const source = sources[name];
    if (source?.type === "vector") sources[name] = { ...source, promoteId: "code" };
  }
  const layers = style.layers.map((layer) => {
    if (metadata(layer, "zichtkaart:role") !== "selected") return layer;
    const { maxzoom: _, ...lasting } = layer;
    return lasting as LayerSpecification;
  });
  return { ...style, sources, layers };
}

/** What a style draws besides fills, which it says in its metadata. */
export function drawingOf(style: StyleSpecification): Drawing | null {
  const said = style.metadata as Readonly<Record<string, unknown>> | undefined;
  const circles = said?.["zichtkaart:symbols"];
  const colors = said?.["zichtkaart:colors"];
  if (circles === undefined && colors === undefined) return null;
  return {
    circles: (circles ?? {}) as Readonly<Record<string, Circles>>,
    crossed: colors === undefined ? null : { colors: colors as NonNullable<Drawing["crossed"]>["colors"] },
  };
}

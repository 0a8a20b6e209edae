/** Where a figure stands on the bar of classes: each class is equally wide, and within its class a figure stands where its number does. */
import type { IndicatorFacts } from "./atlas-types.js";
import { classOf } from "./legend.js";

/** From 0 at the left end of the bar to 1 at its right end; null where the level has no classes. */
export function placeOnBar(value: number, indicator: IndicatorFacts, level: string): number | null {
  const breaks = indicator.breaks[level];
  if (breaks === undefined || indicator.kind === "category") return null;
  const { edges, low, high } = breaks;
  const row = classOf(value, edges);
  const from = edges[row - 1] ?? low;
  const to = edges[row] ?? high;
  const within = to > from ? (value - from) / (to - from) : 0.5;
  return (row + Math.min(Math.max(within, 0), 1)) / (edges.length + 1);
}

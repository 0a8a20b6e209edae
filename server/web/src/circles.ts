/** Circles for numbers of things, as the map draws them: their area is proportional to the figure. */
import type { Circles } from "./map-events.js";

/** The radius of a figure at a zoom, in pixels: the largest circle doubles with each zoom between two of them. */
export function radiusOf(value: number, { top, radius_px: stops }: Circles, zoom: number): number {
  const [first, last] = [stops[0], stops.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const largest = zoom <= first[0] ? first[1] : zoom >= last[0] ? last[1] : first[1] * 2 ** (zoom - first[0]);
  return largest * Math.sqrt(Math.abs(value) / top);
}

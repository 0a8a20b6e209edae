/** Stepping from area to area: the nearest one in a direction. */
import type { Region } from "./regions.js";

export type Direction = "north" | "east" | "south" | "west";

interface Point {
  readonly lon: number;
  readonly lat: number;
}

/** What lies aside counts so many times as far as what lies straight ahead. */
const ASIDE = 2;

/** The area of a level whose point is nearest in a direction, by preference straight ahead; null where none is. */
export function nextArea(regions: readonly Region[], level: string, from: Point, direction: Direction): Region | null {
  let nearest: Region | null = null;
  let least = Infinity;
  for (const region of regions) {
    if (region.level !== level) continue;
    const [ahead, aside] = steps(from, region, direction);
    const distance = Math.hypot(ahead, ASIDE * aside);
    if (ahead <= 0 || aside > 2 * ahead || distance >= least) continue;
    nearest = region;
    least = distance;
  }
  return nearest;
}

/** How far a point is ahead, and how far aside, in degrees of latitude. */
function steps(from: Point, to: Point, direction: Direction): [number, number] {
  const east = (to.lon - from.lon) * Math.cos((from.lat * Math.PI) / 180);
  const north = to.lat - from.lat;
  switch (direction) {
    case "north":
      return [north, Math.abs(east)];
    case "south":
      return [-north, Math.abs(east)];
    case "east":
      return [east, Math.abs(north)];
    case "west":
      return [-east, Math.abs(north)];
    default:
      return direction satisfies never;
  }
}

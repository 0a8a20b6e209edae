/** Flows from and to one area: who they go to, and the curves that the map draws. */
import type { Text as Words } from "./atlas-types.js";
import { type Figure, figureFrom } from "./figure.js";

/** As `/flows/{id}` sends them. */
export interface FlowRows {
  readonly columns: {
    readonly year: readonly number[];
    readonly origin: readonly string[];
    readonly origin_name: readonly string[];
    readonly destination: readonly string[];
    readonly destination_name: readonly string[];
    readonly value: readonly (number | null)[];
    readonly status: readonly (string | null)[];
  };
  readonly caveat?: Words | null;
}

/** One flow with the chosen area at one end. */
export interface Stream {
  /** Code of the area at the other end; the chosen one itself for what stays within. */
  readonly other: string;
  readonly name: string;
  readonly way: "out" | "in" | "within";
  readonly figure: Figure;
}

export interface Point {
  readonly lon: number;
  readonly lat: number;
}

interface Line {
  readonly type: "Feature";
  readonly properties: { readonly way: Stream["way"]; readonly part: "line" | "head"; readonly width: number };
  readonly geometry: { readonly type: "LineString"; readonly coordinates: [number, number][] };
}

export interface FlowLines {
  readonly type: "FeatureCollection";
  readonly features: Line[];
}

/** Flows of one year from and to an area, the largest first; reasons come last. */
export function streamsOf({ columns }: FlowRows, code: string, year: number): Stream[] {
  const streams = columns.year.flatMap((own, row): Stream[] => {
    const [origin, destination] = [columns.origin[row] ?? "", columns.destination[row] ?? ""];
    const figure = figureFrom(columns.value[row], columns.status[row]);
    if (own !== year || figure === null || (origin !== code && destination !== code)) return [];
    if (origin === destination) return [{ other: code, name: columns.origin_name[row] ?? code, way: "within", figure }];
    return origin === code
      ? [{ other: destination, name: columns.destination_name[row] ?? destination, way: "out", figure }]
      : [{ other: origin, name: columns.origin_name[row] ?? origin, way: "in", figure }];
  });
  const size = ({ figure }: Stream): number => (figure.kind === "number" ? figure.value : -1);
  return streams.toSorted((a, b) => size(b) - size(a) || a.name.localeCompare(b.name, "nl"));
}

const WIDEST_PX = 12;
const HAIR_PX = 1.2;

/** How far a curve leaves the straight line, in parts of its length. */
const BEND = 0.12;
const STEPS = 24;

/** The vertex at which the arrowhead points, past the middle, so that heads near one area do not pile up. */
const TIP = 16;
const HEAD = 0.07;

/** A curve for each flow of more than nothing, as wide as its figure, with an arrowhead. The widest come first, below the others. */
export function flowLines(streams: readonly Stream[], here: Point, place: (code: string) => Point | undefined): FlowLines {
  const top = Math.max(...streams.map(({ figure, way }) => (figure.kind === "number" && way !== "within" ? figure.value : 0)));
  const features = streams.flatMap(({ other, way, figure }): Line[] => {
    const there = place(other);
    if (figure.kind !== "number" || figure.value <= 0 || way === "within" || there === undefined) return [];
    const width = Math.max(HAIR_PX, (WIDEST_PX * figure.value) / top);
    const path = way === "out" ? curve(here, there) : curve(there, here);
    const line = (part: "line" | "head", vertices: readonly Flat[]): Line => ({
      type: "Feature",
      properties: { way, part, width },
      geometry: { type: "LineString", coordinates: vertices.map(toDegrees) },
    });
    return [line("line", path), line("head", headOf(path))];
  });
  return { type: "FeatureCollection", features };
}

/** x and y in Web Mercator, in which the map is flat. */
type Flat = readonly [number, number];

const RADIAN = Math.PI / 180;

function toFlat({ lon, lat }: Point): Flat {
  return [lon * RADIAN, Math.asinh(Math.tan(lat * RADIAN))];
}

function toDegrees([x, y]: Flat): [number, number] {
  return [x / RADIAN, Math.atan(Math.sinh(y)) / RADIAN];
}

/** To the right of the straight line, so that a flow and the one back do not cover each other. */
function curve(from: Point, to: Point): Flat[] {
  const [[ax, ay], [bx, by]] = [toFlat(from), toFlat(to)];
  const [mx, my] = [(ax + bx) / 2 + 2 * BEND * (by - ay), (ay + by) / 2 - 2 * BEND * (bx - ax)];
  return Array.from({ length: STEPS + 1 }, (_, step): Flat => {
    const t = step / STEPS;
    const [a, m, b] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [a * ax + m * mx + b * bx, a * ay + m * my + b * by];
  });
}

/** Two strokes at 30 degrees from the tip. */
function headOf(path: readonly Flat[]): Flat[] {
  const [first, last, tip, before] = [path[0], path.at(-1), path[TIP], path[TIP - 1]];
  if (first === undefined || last === undefined || tip === undefined || before === undefined) return [];
  const length = HEAD * Math.hypot(last[0] - first[0], last[1] - first[1]);
  const back = Math.atan2(before[1] - tip[1], before[0] - tip[0]);
  const side = (turn: number): Flat => [tip[0] + length * Math.cos(back + turn), tip[1] + length * Math.sin(back + turn)];
  return [side(Math.PI / 6), tip, side(-Math.PI / 6)];
}

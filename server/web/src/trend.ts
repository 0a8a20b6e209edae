/** Figures of one area year by year, as its fact sheet tells them, and the small lines that show them. */
import { type Figure, figureFrom } from "./figure.js";

export type Trend = ReadonlyMap<number, Figure>;

/** By indicator. */
export type Trends = ReadonlyMap<string, Trend>;

/** What is read of `/gebied/{code}`. */
export interface Sheet {
  readonly themes: readonly { readonly topics: readonly { readonly indicators: readonly { readonly id: string; readonly trend: readonly Told[] }[] }[] }[];
}

interface Told {
  readonly year: number;
  readonly value: number | null;
  readonly status: string | null;
}

export function trendsIn(sheet: Sheet): Trends {
  const indicators = sheet.themes.flatMap(({ topics }) => topics.flatMap((topic) => topic.indicators));
  return new Map(indicators.map(({ id, trend }) => [id, trendOf(trend)]));
}

export function trendOf(told: readonly Told[]): Trend {
  return new Map(
    told.flatMap(({ year, value, status }): [number, Figure][] => {
      const figure = figureFrom(value, status);
      return figure === null ? [] : [[year, figure]];
    }),
  );
}

/** Years with a number, rising. */
export function numbersOf(trend: Trend): [number, number][] {
  return [...trend].flatMap(([year, figure]): [number, number][] => (figure.kind === "number" ? [[year, figure.value]] : [])).toSorted(([a], [b]) => a - b);
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly years: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** The place of a number in a frame; equal years lie below each other in all frames. */
export function placeIn({ width, height, years, low, high }: Frame, year: number, value: number): [number, number] {
  const [first, last] = [years[0] ?? year, years.at(-1) ?? year];
  const x = last === first ? width / 2 : (width * (year - first)) / (last - first);
  const y = high === low ? height / 2 : height - (height * (value - low)) / (high - low);
  return [x, y];
}

/** SVG path data of a trend: a line that is broken where a year between has no number. */
export function pathOf(trend: Trend, frame: Frame): string {
  let isDown = false;
  return frame.years
    .flatMap((year) => {
      const figure = trend.get(year);
      if (figure?.kind !== "number") {
        isDown = false;
        return [];
      }
      const [x, y] = placeIn(frame, year, figure.value);
      const step = `${isDown ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      isDown = true;
      return [step];
    })
    .join("");
}

/** Postcodes: a reader's own, looked up by its digits alone, and the areas it lies in. */
import type { Region, Regions } from "./regions.js";

/** As `/postcodes/1234` sends them. */
export interface PostcodeColumns {
  readonly edition: readonly number[];
  readonly postcode: readonly string[];
  readonly code: readonly string[];
}

export interface Asked {
  readonly digits: string;
  /** None, or both. */
  readonly letters: string;
}

/** `1234 AB` as one types it, from its four digits on; null for anything else. */
export function postcodeIn(text: string): Asked | null {
  const [, digits, letters] = /^(\d{4})\s*([a-z]{0,2})$/i.exec(text.trim()) ?? [];
  if (digits === undefined || letters === undefined) return null;
  return { digits, letters: letters.length === 2 ? letters.toUpperCase() : "" };
}

/** `1234AB` as one writes it. */
export function written(postcode: string): string {
  return postcode.length === 6 ? `${postcode.slice(0, 4)} ${postcode.slice(4)}` : postcode;
}

/**
 * The areas of a postcode that readers can choose, the finest first, each with those around it; for four digits alone the areas
 * that most of its postcodes lie in. A postcode without letters in the table holds for every one that begins so.
 */
export function areasOf(columns: PostcodeColumns, { digits, letters }: Asked, regions: Regions, isShown: (level: string) => boolean): Region[] {
  const counts = new Map<string, number>();
  for (const [row, postcode] of columns.postcode.entries()) {
    const code = columns.code[row];
    const fits = letters === "" ? postcode.startsWith(digits) : postcode === digits + letters || postcode === digits;
    if (fits && code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const found = [...counts].toSorted(([, a], [, b]) => b - a).flatMap(([code]) => regions.get(code) ?? []);
  const lines = found.map((region) => regions.upwards(region));
  const depth = Math.max(0, ...lines.map((line) => line.length));
  const ordered = Array.from({ length: depth }, (_, step) => lines.flatMap((line) => line[step] ?? [])).flat();
  return [...new Set(ordered)].filter(({ level }) => isShown(level));
}

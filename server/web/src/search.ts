/** Finding a region by name: whole name before beginning before word before middle, coarse levels before fine. */
import type { Region, Regions } from "./regions.js";

interface Entry {
  readonly region: Region;
  readonly key: string;
  /** Place in the table, which runs from coarse to fine. */
  readonly levelRank: number;
}

/** Lower case, no accents, punctuation as spaces: `'s-Gravenhage` and `s gravenhage` are the same. */
export function searchKey(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function match(key: string, code: string, wanted: string): number | null {
  if (key === wanted || code === wanted) return 0;
  if (key.startsWith(wanted)) return 1;
  if (key.includes(` ${wanted}`)) return 2;
  return key.includes(wanted) ? 3 : null;
}

export class SearchIndex {
  readonly #entries: readonly Entry[];

  constructor(regions: Regions) {
    const levels = [...new Set(regions.all.map((region) => region.level))];
    this.#entries = regions.all.map((region) => ({ region, key: searchKey(region.name), levelRank: levels.indexOf(region.level) }));
  }

  /** The best matches, best first; nothing for an empty text. */
  find(text: string, limit = 10): Region[] {
    const wanted = searchKey(text);
    if (wanted === "") return [];
    return this.#entries
      .flatMap((entry) => {
        const rank = match(entry.key, entry.region.code.toLowerCase(), wanted);
        return rank === null ? [] : [{ ...entry, rank }];
      })
      .sort((a, b) => a.rank - b.rank || a.levelRank - b.levelRank || a.key.length - b.key.length || a.key.localeCompare(b.key, "nl"))
      .slice(0, limit)
      .map((entry) => entry.region);
  }
}

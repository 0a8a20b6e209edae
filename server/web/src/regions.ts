/** The regions of an edition, as `/regions/{edition}` sends them: columns, from coarse to fine. */

import type { RegionColumns } from "./atlas-types.js";

export interface Region {
  readonly level: string;
  readonly code: string;
  readonly name: string;
  readonly parent: string | null;
  /** A point within it, in degrees. */
  readonly lon: number;
  readonly lat: number;
  /** west, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number];
}

export class Regions {
  readonly all: readonly Region[];
  readonly #byCode: ReadonlyMap<string, Region>;

  constructor(columns: RegionColumns) {
    this.all = columns.code.map((code, row) => ({
      level: columns.level[row] ?? "",
      code,
      name: columns.name[row] ?? code,
      parent: columns.parent[row] ?? null,
      lon: columns.lon[row] ?? 0,
      lat: columns.lat[row] ?? 0,
      bounds: [columns.west[row] ?? 0, columns.south[row] ?? 0, columns.east[row] ?? 0, columns.north[row] ?? 0],
    }));
    this.#byCode = new Map(this.all.map((region) => [region.code, region]));
  }

  get(code: string): Region | undefined {
    return this.#byCode.get(code);
  }

  /** The region of a level that an area is or lies in. */
  upTo(code: string, level: string): Region | undefined {
    const region = this.get(code);
    return region === undefined ? undefined : this.upwards(region).find((one) => one.level === level);
  }

  /** A region and those around it, from near to far. */
  upwards(region: Region): Region[] {
    const found = [region];
    for (let at = region.parent; at !== null && found.length < 10; ) {
      const parent = this.get(at);
      if (parent === undefined) break;
      found.push(parent);
      at = parent.parent;
    }
    return found;
  }

  /** The names of the regions around one, from near to far: `["Centrum", "Utrecht"]`. */
  around(region: Region): string[] {
    return this.upwards(region)
      .slice(1)
      .map(({ name }) => name);
  }
}

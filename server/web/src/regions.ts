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
    let region = this.get(code);
    for (let steps = 0; region !== undefined && region.level !== level && steps < 10; steps++) region = region.parent === null ? undefined : this.get(region.parent);
    return region;
  }

  /** The names of the regions around one, from near to far: `["Centrum", "Utrecht"]`. */
  around(region: Region): string[] {
    const names: string[] = [];
    let parent = region.parent === null ? undefined : this.get(region.parent);
    // A parent is always coarser; the bound guards against a table that says otherwise.
    while (parent !== undefined && names.length < 10) {
      names.push(parent.name);
      parent = parent.parent === null ? undefined : this.get(parent.parent);
    }
    return names;
  }
}

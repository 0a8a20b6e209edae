/** What the page and the map tell each other; apart from the map, which is loaded later. */
import type { Pointed } from "./area.js";
import type { Reason } from "./atlas-types.js";
import type { Camera } from "./view.js";

/** Room in pixels to leave around what is shown, such as for the card of an area. */
export interface Padding {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Where the map should go. */
export type Goal =
  | { readonly kind: "camera"; readonly camera: Camera }
  | { readonly kind: "bounds"; readonly bounds: readonly [number, number, number, number]; readonly padding: Padding; readonly jump: boolean; readonly maxZoom: number }
  | { readonly kind: "closer"; readonly zoom: number }; // unless it is close enough

/** The circles of one level, as the style draws them. */
export interface Circles {
  /** The figure of the largest. */
  readonly top: number;
  readonly color: string;
  /** Zoom and radius of the largest, twice; between them it doubles with each zoom. */
  readonly radius_px: readonly (readonly [number, number])[];
  /** Round figures for a legend. */
  readonly legend: readonly number[];
}

/** Nine colors, each with what it says of either subject. */
export type Crossed = readonly Readonly<Record<string, string>>[];

export interface Drawing {
  readonly circles: Readonly<Record<string, Circles>>;
  /** Of two subjects, by level, the nine colors with what each says of either subject. */
  readonly crossed: { readonly colors: Readonly<Record<string, Crossed>> } | null;
}

/** Names of the events of `<zicht-map>` and what they carry. */
export interface MapEvents {
  /** The map came to rest. */
  readonly camera: Camera;
  /** The level that is filled now; null for none. */
  readonly level: string | null;
  /** A reason that occurs on the map, and the level it occurs on. */
  readonly reason: { readonly level: string; readonly reason: Reason };
  /** The area under the pointer or the crosshair. */
  readonly pointed: Pointed | null;
  /** The area that was clicked, or chosen with Enter; null to let go. */
  readonly pick: Pointed | null;
  /** What the style draws besides fills: circles, or two subjects in one map; null for fills alone. */
  readonly drawing: Drawing | null;
  /** The map is moving, or was made just now. */
  readonly moving: Camera;
  /** The reader wants the background map, or no longer. */
  readonly background: boolean;
  /** A sentence for the reader. */
  readonly "map-problem": string;
}

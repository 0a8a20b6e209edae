/** The selected area and what is known of its figure. */
import type { Figure } from "./figure.js";

/** An area under the pointer or the crosshair, as the tile tells it. */
export interface Pointed {
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly figure: Figure | null;
  /** That of the second subject, where two are crossed. */
  readonly other?: Figure | null;
}

export type FigureState =
  | { readonly kind: "loading" }
  | { readonly kind: "known"; readonly figure: Figure }
  | { readonly kind: "absent" } // no figures on this level
  | { readonly kind: "failed"; readonly sentence: string };

export interface Area {
  readonly code: string;
  readonly name: string;
  readonly level: string;
  /** Names of the areas around it, from near to far. */
  readonly around: readonly string[];
  readonly figure: FigureState;
}

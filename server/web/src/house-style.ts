/**
 * The look that a site lends to the interface: names of its tokens (NL Design System), in the order in which they are looked for.
 * Colors of data are never among them. What is not set is that of the free example theme (voorbeeld) of NL Design System.
 */

export type TokenKind = "color" | "font" | "length";

export interface HouseToken {
  /** Ours, which a site may set itself. */
  readonly name: string;
  readonly kind: TokenKind;
  /** Those of a theme, the closest in meaning first. */
  readonly theme: readonly string[];
  /** That of the example theme. */
  readonly fallback: string;
}

/** By the name that style sheets here use. */
export const HOUSE = {
  font: { name: "--zichtkaart-font-family", kind: "font", theme: ["--nl-paragraph-font-family", "--utrecht-document-font-family", "--basis-text-font-family-default", "--ams-typography-font-family"], fallback: '"Noto Sans", system-ui, "Segoe UI", sans-serif' },
  ink: { name: "--zichtkaart-color", kind: "color", theme: ["--nl-paragraph-color", "--utrecht-document-color", "--basis-color-default-color-document", "--ams-paragraph-color"], fallback: "#001a40" },
  quiet: { name: "--zichtkaart-color-quiet", kind: "color", theme: ["--basis-color-default-color-default"], fallback: "#3d5374" },
  paper: { name: "--zichtkaart-background", kind: "color", theme: ["--utrecht-document-background-color", "--basis-color-default-bg-document"], fallback: "#ffffff" },
  wash: { name: "--zichtkaart-background-wash", kind: "color", theme: ["--basis-color-default-bg-subtle"], fallback: "#f9f9fa" },
  line: { name: "--zichtkaart-border-color", kind: "color", theme: ["--basis-color-default-border-subtle"], fallback: "#c0c7d2" },
  edge: { name: "--zichtkaart-control-border-color", kind: "color", theme: ["--utrecht-form-control-border-color", "--basis-color-default-border-default"], fallback: "#586c88" },
  accent: { name: "--zichtkaart-accent", kind: "color", theme: ["--nl-button-primary-background-color", "--utrecht-button-primary-action-background-color", "--utrecht-link-color", "--ams-button-primary-background-color"], fallback: "#00568b" },
  onAccent: { name: "--zichtkaart-on-accent", kind: "color", theme: ["--nl-button-primary-color", "--utrecht-button-primary-action-color", "--ams-button-primary-color"], fallback: "#ffffff" },
  accentWash: { name: "--zichtkaart-accent-wash", kind: "color", theme: ["--basis-color-action-2-bg-default"], fallback: "#e3f3fd" },
  focus: { name: "--zichtkaart-focus-color", kind: "color", theme: ["--basis-focus-outline-color", "--utrecht-focus-outline-color"], fallback: "#0b0c0c" },
  notice: { name: "--zichtkaart-notice-background", kind: "color", theme: ["--utrecht-alert-warning-background-color", "--basis-color-warning-bg-default"], fallback: "#ffeee1" },
  onNotice: { name: "--zichtkaart-notice-color", kind: "color", theme: ["--utrecht-alert-warning-color", "--basis-color-warning-color-document"], fallback: "#2e1508" },
  radius: { name: "--zichtkaart-border-radius", kind: "length", theme: ["--nl-button-border-radius", "--utrecht-button-border-radius", "--basis-border-radius-md"], fallback: "8px" },
} as const satisfies Readonly<Record<string, HouseToken>>;

/** A token as a value in a style sheet: ours, else that of the theme, else that of the example. */
export function tokenValue({ name, theme, fallback }: HouseToken): string {
  return [name, ...theme].reduceRight((value, one) => `var(${one}, ${value})`, fallback);
}

/** What of a message or an address may come into a style sheet: plain colors, lengths and names of fonts, and nothing that loads or refers. */
export function isSafe(kind: TokenKind, value: string): boolean {
  if (value.length > 200) return false;
  if (kind === "color") return /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$|^(?:rgb|hsl|oklch|oklab|lab|lch)a?\([\d\s.,%/+\-a-z]*\)$|^[a-z]+$/i.test(value);
  if (kind === "length") return /^\d{1,3}(?:\.\d+)?(?:px|rem|em|%)?$/.test(value);
  return /^[\w\s"',-]+$/.test(value);
}

/** Pairs that are read upon each other, and the contrast that WCAG 2.1 AA asks of them. */
const PAIRS = [
  ["ink", "paper", 4.5],
  ["quiet", "wash", 4.5],
  ["accent", "paper", 4.5], // links
  ["onAccent", "accent", 4.5],
  ["edge", "paper", 3],
  ["focus", "paper", 3],
  ["onNotice", "notice", 4.5],
] as const;

type ColorName = (typeof PAIRS)[number][0] | (typeof PAIRS)[number][1];
export type Rgb = readonly [number, number, number];

/** Contrast of two colors, by WCAG 2.1. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * The tokens of a site that leave everything readable. Where a pair falls short, both fall back to the example theme.
 * `rgbOf` reads a color as the browser does; null is a color that it does not know.
 */
export function readable(asked: Readonly<Record<string, string>>, rgbOf: (color: string) => Rgb | null): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const { name, kind } of Object.values(HOUSE) as HouseToken[]) {
    const value = asked[name]?.trim();
    if (value === undefined || !isSafe(kind, value)) continue;
    if (kind !== "color" || rgbOf(value) !== null) kept[name] = value;
  }
  const used = (name: ColorName): Rgb | null => rgbOf(kept[HOUSE[name].name] ?? HOUSE[name].fallback);
  // What is dropped may unsettle another pair; with none left all are those of the example.
  for (let dropped = true; dropped; ) {
    dropped = false;
    for (const [front, back, least] of PAIRS) {
      const [one, other] = [used(front), used(back)];
      if (one === null || other === null || contrast(one, other) >= least) continue;
      for (const name of [front, back]) {
        if (HOUSE[name].name in kept) dropped = true;
        delete kept[HOUSE[name].name];
      }
    }
  }
  return kept;
}

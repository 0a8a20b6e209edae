import example from "@nl-design-system-unstable/voorbeeld-design-tokens/dist/variables.json";
import { describe, expect, it } from "vitest";
import documented from "../../../docs/embedding.md?raw";
import { HOUSE, type HouseToken, type Rgb, contrast, isSafe, readable, tokenValue } from "./house-style.js";

/** What each of ours is in the example theme. Its first color of action is violet, as are the figures of a theme; we take the second. */
const EXAMPLE: Readonly<Record<string, string>> = {
  ink: "basisColorDefaultColorDocument",
  quiet: "basisColorDefaultColorDefault",
  paper: "basisColorDefaultBgDocument",
  wash: "basisColorDefaultBgSubtle",
  line: "basisColorDefaultBorderSubtle",
  edge: "basisColorDefaultBorderDefault",
  accent: "basisColorAction2InverseBgDefault",
  onAccent: "basisColorAction2InverseColorDefault",
  accentWash: "basisColorAction2BgDefault",
  focus: "basisFocusOutlineColor",
  notice: "basisColorWarningBgDefault",
  onNotice: "basisColorWarningColorDocument",
  radius: "basisBorderRadiusMd",
};

function rgb(color: string): Rgb | null {
  const [, r, g, b] = /^#(..)(..)(..)$/.exec(color) ?? [];
  return r === undefined || g === undefined || b === undefined ? null : [Number.parseInt(r, 16), Number.parseInt(g, 16), Number.parseInt(b, 16)];
}

describe("house style", () => {
  it("is that of the example theme where a site sets nothing", () => {
    for (const [ours, theirs] of Object.entries(EXAMPLE)) expect(HOUSE[ours as keyof typeof HOUSE].fallback, ours).toBe((example as unknown as Record<string, string>)[theirs]);
  });

  it("looks for our token first, then for those of themes", () => {
    expect(tokenValue({ name: "--a", kind: "color", theme: ["--b", "--c"], fallback: "#fff" })).toBe("var(--a, var(--b, var(--c, #fff)))");
  });

  it("is documented token by token", () => {
    for (const { name, theme } of Object.values(HOUSE) as HouseToken[]) expect(documented).toContain(`| \`${name}\` | ${theme.map((one) => `\`${one}\``).join(", ")} |`);
  });

  it("keeps what is readable", () => {
    const asked = { "--zichtkaart-accent": "#cc0000", "--zichtkaart-font-family": "Georgia, serif", "--zichtkaart-border-radius": "0" };
    expect(readable(asked, rgb)).toEqual(asked);
  });

  it("drops a color that cannot be read on its ground", () => {
    expect(readable({ "--zichtkaart-accent": "#ffe100" }, rgb)).toEqual({});
    expect(readable({ "--zichtkaart-background": "#111111", "--zichtkaart-color": "#eeeeee" }, rgb)).toEqual({});
  });

  it("drops what is no color, length or font, and what is not ours", () => {
    const asked = { "--zichtkaart-accent": "url(https://elders.example/x)", "--zichtkaart-color": "var(--x)", "--zichtkaart-border-radius": "calc(1px)", "--data-1": "#ff0000" };
    expect(readable(asked, rgb)).toEqual({});
  });

  it.each([
    ["color", "#0b5a83", true],
    ["color", "rgb(0 0 0 / 50%)", true],
    ["color", "rebeccapurple", true],
    ["color", "red;background:url(x)", false],
    ["color", "env(x)", false],
    ["font", '"Fira Sans", Arial', true],
    ["font", "a;}b{", false],
    ["length", "0.25rem", true],
    ["length", "99999px", false],
  ] as const)("takes %s %s: %s", (kind, value, expected) => {
    expect(isSafe(kind, value)).toBe(expected);
  });

  it("measures contrast as WCAG does", () => {
    expect(contrast([255, 255, 255], [0, 0, 0])).toBeCloseTo(21, 5);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });
});

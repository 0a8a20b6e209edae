/** A published figure: a number or a reason, never anything between. */
import type { IndicatorFacts, Reason } from "./atlas-types.js";
import { fieldOf } from "./atlas.js";
import { type Lang, TEXTS, inLang } from "./texts.js";

export const REASONS: readonly Reason[] = ["withheld", "missing", "not-yet-published", "not-applicable", "not-comparable"];

export type Figure = { readonly kind: "number"; readonly value: number } | { readonly kind: "reason"; readonly reason: Reason };

export function isReason(text: unknown): text is Reason {
  return REASONS.some((reason) => reason === text);
}

/** From a value and a status as they stand in tiles and tables; null where there is neither. */
export function figureFrom(value: unknown, status: unknown): Figure | null {
  if (isReason(status)) return { kind: "reason", reason: status };
  return typeof value === "number" && Number.isFinite(value) ? { kind: "number", value } : null;
}

/** The figure of an indicator in the properties of a tile feature, where a category stands as its name. */
export function figureInTile(properties: Readonly<Record<string, unknown>>, indicator: IndicatorFacts): Figure | null {
  const field = fieldOf(indicator);
  const value = properties[field];
  const category = typeof value === "string" ? (indicator.categories ?? []).indexOf(value) : -1;
  return figureFrom(category === -1 ? value : category, properties[`${field}_status`]);
}

const LOCALES: Readonly<Record<Lang, string>> = { nl: "nl-NL", en: "en-GB" };

/** A number with as many decimals as the indicator has, and no unit. */
export function formatNumber(value: number, decimals: number, lang: Lang): string {
  const text = new Intl.NumberFormat(LOCALES[lang], { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  // A small negative number rounds to zero, and zero has no sign.
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
}

/** What a figure needs of its indicator, or of a flow, to be put in words. */
export type Unit = Pick<IndicatorFacts, "kind" | "unit" | "decimals" | "categories">;

/** What follows a number: `%` sticks to it, words stand apart. */
export function formatUnit(indicator: Unit, lang: Lang): string {
  const unit = inLang(indicator.unit, lang).trim();
  if (unit === "" || unit === "%") return unit;
  return `\u00a0${unit.replace(/^x (?=\d)/, "× ")}`;
}

/** A figure in words: the number with its unit, the name of the category, or the reason. */
export function formatFigure(figure: Figure, indicator: Unit, lang: Lang): string {
  switch (figure.kind) {
    case "reason":
      return TEXTS[lang][figure.reason];
    case "number":
      if (indicator.kind === "category") return indicator.categories?.[figure.value] ?? String(figure.value);
      return formatNumber(figure.value, indicator.decimals, lang) + formatUnit(indicator, lang);
    default:
      return figure satisfies never;
  }
}

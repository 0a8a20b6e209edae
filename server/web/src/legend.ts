/** The legend as facts: classes with their colours and labels. The map, the legend and the area card share them. */
import type { Breaks, IndicatorFacts } from "./atlas-types.js";
import { type Figure, formatNumber } from "./figure.js";
import type { Paint } from "./swatch.js";
import { type Lang, TEXTS } from "./texts.js";

export interface LegendClass {
  readonly color: string;
  readonly label: string;
}

/** The number of the class that holds a value: edges[i-1] <= value < edges[i]. */
export function classOf(value: number, edges: readonly number[]): number {
  const above = edges.findIndex((edge) => value < edge);
  return above === -1 ? edges.length : above;
}

/** The colour of a class; a level with few classes leaves the darkest colours out. */
export function colorOf(indicator: IndicatorFacts, index: number): string {
  return indicator.colors[index] ?? indicator.colors.at(-1) ?? "#888888";
}

/** The classes of an indicator on a level, from low to high; none where the level has no numbers. The server says it the same way. */
export function legendClasses(indicator: IndicatorFacts, level: string, lang: Lang): LegendClass[] {
  if (indicator.kind === "category") {
    return (indicator.categories ?? []).map((label, index) => ({ color: colorOf(indicator, index), label }));
  }
  const breaks = indicator.breaks[level];
  if (breaks === undefined) return [];
  return Array.from({ length: breaks.edges.length + 1 }, (_, index) => ({
    color: colorOf(indicator, index),
    label: classLabel(breaks, index, indicator, lang),
  }));
}

function classLabel({ edges, low, high }: Breaks, index: number, indicator: IndicatorFacts, lang: Lang): string {
  const t = TEXTS[lang];
  const text = (value: number): string => formatNumber(value, indicator.decimals, lang);
  const to = edges[index];
  const from = edges[index - 1];
  if (to === undefined) {
    if (from !== undefined) return t.orMore(text(from));
    return low === high ? text(low) : t.through(text(low), text(high));
  }
  const start = from ?? low;
  if (start >= to) return t.lessThan(text(to)); // an edge that a publisher chose below all figures
  // Published figures have the decimals of their indicator, so a class that is one step wide holds one number.
  const isOneStep = Math.round((to - start) * 10 ** indicator.decimals) === 1;
  return isOneStep ? text(start) : t.between(text(start), text(to));
}

/** Which class a figure is in; null for a reason, or where the level has no classes. */
export function figureClass(figure: Figure, indicator: IndicatorFacts, level: string): number | null {
  if (figure.kind === "reason") return null;
  if (indicator.kind === "category") return figure.value;
  const breaks = indicator.breaks[level];
  return breaks === undefined ? null : classOf(figure.value, breaks.edges);
}

/** What stands before the words of a figure: the color of its class, or the pattern of its reason; null where the map has no such color. */
export function paintOf(figure: Figure, indicator: IndicatorFacts, level: string | null): Paint | null {
  if (figure.kind === "reason") return { kind: "reason", reason: figure.reason };
  const row = level === null || indicator.drawn === "symbols" ? null : figureClass(figure, indicator, level);
  return row === null ? null : { kind: "color", color: colorOf(indicator, row) };
}

/** The words of the class of a figure, as in the legend; null where there is none, or where the figure says it already. */
export function classLabelOf(figure: Figure, indicator: IndicatorFacts, level: string, lang: Lang): string | null {
  const row = figureClass(figure, indicator, level);
  const isDrawnOtherwise = indicator.kind === "category" || indicator.drawn === "symbols";
  return row === null || isDrawnOtherwise ? null : (legendClasses(indicator, level, lang)[row]?.label ?? null);
}

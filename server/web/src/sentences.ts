/** Sentences that are made of what the atlas says. */
import type { AtlasFacts, IndicatorFacts } from "./atlas-types.js";
import { type Lang, type Texts, inLang, langOf } from "./texts.js";
import type { Note } from "./view.js";

export interface Source {
  readonly text: string;
  /** The language it is written in. */
  readonly lang: Lang;
}

/** Who made the figures. */
export function figureSource(facts: AtlasFacts, { source }: IndicatorFacts, lang: Lang): Source {
  return source == null ? { text: withoutBron(facts.attribution), lang: "nl" } : { text: inLang(source, lang), lang: langOf(source, lang) };
}

/** Everyone who made something of what is on the map, of one subject or two, once. */
export function mapSources(facts: AtlasFacts, indicators: readonly IndicatorFacts[], lang: Lang): Source[] {
  const attribution = withoutBron(facts.attribution);
  const byText = new Map(indicators.map((indicator) => figureSource(facts, indicator, lang)).map((source) => [source.text, source]));
  // An attribution that begins with a source says it already.
  return [...[...byText.values()].filter(({ text }) => !attribution.startsWith(text)), { text: attribution, lang: "nl" }];
}

/** An attribution often opens with the word that the page puts before it too. */
export function withoutBron(attribution: string): string {
  return attribution.replace(/^(?:bron|bronnen|source|sources):\s*/i, "");
}

/** What a notice says up to its first pause, for a badge: `Fictieve gegevens`. */
export function firstClause(notice: string): string {
  return notice.split(/[:;.]\s/)[0] ?? notice;
}

export function noteSentence(note: Note, t: Texts): string {
  switch (note.kind) {
    case "indicator":
      return t.noteIndicator(note.asked);
    case "year":
      return t.noteYear(note.asked);
    case "level":
      return t.noteLevel(note.asked);
    case "area":
      return t.noteArea(note.asked, note.borders);
    default:
      return note satisfies never;
  }
}

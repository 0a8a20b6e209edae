/** Texts of the atlas on the page. What is not translated is marked as Dutch, so that a screen reader says it with a Dutch voice. */
import { type TemplateResult, html } from "lit";
import type { AtlasFacts, IndicatorFacts, Text as Words } from "./atlas-types.js";
import { mapSources } from "./sentences.js";
import { type Lang, inLang, langOf } from "./texts.js";

/** A text of the atlas in a language, or in Dutch under a mark. */
export function spoken(words: Words, lang: Lang): TemplateResult | string {
  return marked(inLang(words, lang), langOf(words, lang), lang);
}

/** Everyone who made something of what is on the map; the attribution of an atlas is Dutch. */
export function spokenSources(facts: AtlasFacts, indicators: readonly IndicatorFacts[], lang: Lang): (TemplateResult | string)[] {
  return mapSources(facts, indicators, lang).map(({ text, lang: own }, row) => html`${row === 0 ? "" : " | "}${marked(text, own, lang)}`);
}

export function marked(text: string, own: Lang, lang: Lang): TemplateResult | string {
  return own === lang ? text : html`<span lang=${own}>${text}</span>`;
}

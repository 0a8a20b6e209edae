/** The notice of an atlas, such as that its figures are fictitious: short in a badge, which is always in view. */
import { type TemplateResult, html, nothing } from "lit";
import type { AtlasFacts } from "./atlas-types.js";
import { infoIcon } from "./icons.js";
import { firstClause } from "./sentences.js";
import { marked } from "./spoken.js";
import { type Lang, inLang, langOf } from "./texts.js";

export function noticeBadge(facts: AtlasFacts, lang: Lang): TemplateResult | typeof nothing {
  if (facts.notice == null) return nothing;
  const notice = inLang(facts.notice, lang);
  return html`<p class="notice" title=${notice}>${infoIcon}<span>${marked(firstClause(notice), langOf(facts.notice, lang), lang)}</span></p>`;
}

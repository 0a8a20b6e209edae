/** `<zicht-about>`: what the figures mean, what they do not, who made them, and how to take them along. */
import { LitElement, css, html, nothing } from "lit";
import { type ValuesQuery, address, valuesAddress } from "./api.js";
import { indicatorOf } from "./atlas.js";
import type { AtlasFacts, Text as Words } from "./atlas-types.js";
import { downloadIcon, infoIcon, warnIcon } from "./icons.js";
import { base, tokens } from "./sheet.js";
import { isStatic } from "./static.js";
import { spoken, spokenSources } from "./spoken.js";
import { TEXTS, type Lang } from "./texts.js";

export class ZichtAbout extends LitElement {
  static override properties = { facts: { attribute: false }, query: { attribute: false }, lang: {} };

  static override styles = [
    tokens,
    base,
    css`
      section {
        border-top: 1px solid var(--line);
        display: grid;
        font-size: 0.9375rem;
        gap: 0.55rem;
        padding-top: 1rem;
      }
      h2 {
        font-size: 1rem;
      }
      .aside {
        background: var(--wash);
        border-left: 4px solid var(--accent);
        border-radius: 0 var(--radius) var(--radius) 0;
        display: flex;
        gap: 0.6rem;
        padding: 0.55rem 0.7rem;
      }
      .aside svg {
        color: var(--accent);
        margin-top: 0.15em;
      }
      .fictitious {
        background: var(--notice);
        border-color: var(--on-notice);
        color: var(--on-notice);
      }
      .fictitious svg {
        color: inherit;
      }
      dl {
        display: grid;
        gap: 0.35rem;
      }
      dt {
        color: var(--quiet);
        font-size: 0.875rem;
        line-height: 1.3;
      }
      .downloads {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 0.7rem;
      }
      .downloads svg {
        color: var(--accent);
        margin-right: -0.3rem;
      }
    `,
  ];

  declare facts: AtlasFacts;
  /** The figures that are shown. */
  declare query: ValuesQuery;
  declare lang: Lang;

  override render() {
    const { facts, query, lang } = this;
    const t = TEXTS[lang];
    const indicator = indicatorOf(facts, query.indicator);
    const { explanation, caveat } = indicator;
    const theme = facts.themes.find((one) => one.id === indicator.theme)?.explanation;
    return html`<section aria-labelledby="about">
      <h2 id="about">${t.about}</h2>
      ${explanation == null ? nothing : html`<p>${spoken(explanation, lang)}</p>`}
      ${caveat == null ? nothing : html`<p class="aside">${warnIcon}<span><strong>${t.caveat}:</strong> ${spoken(caveat, lang)}</span></p>`}
      ${theme == null ? nothing : html`<p>${spoken(theme, lang)}</p>`}
      ${facts.notice == null ? nothing : html`<p class="aside fictitious">${infoIcon}<span>${spoken(facts.notice, lang)}</span></p>`}
      <dl>
        ${this.#fact(t.definition, indicator.definition)} ${this.#fact(t.base, indicator.base)} ${this.#fact(t.referenceDate, indicator.reference_date)}
        <div><dt>${t.source}</dt><dd>${spokenSources(facts, [indicator], lang)}</dd></div>
      </dl>
      <p class="downloads">
        ${downloadIcon}<span>${t.download}:</span> <a href=${valuesAddress(query, "csv")} download>${t.downloadCsv}</a>
        ${isStatic()
          ? nothing
          : html`<a href=${valuesAddress(query, "xlsx")} download>${t.downloadExcel}</a>
              <a href=${valuesAddress(query, "gpkg")} download>${t.downloadGeoPackage}</a>`}
        <a href=${valuesAddress(query, "json")}>${t.downloadJson}</a>
        ${isStatic() ? nothing : html`<a href=${address("qgis", { lang })}>${t.inQgis}</a>`}
      </p>
    </section>`;
  }

  #fact(term: string, words: Words | null | undefined) {
    return words == null ? nothing : html`<div><dt>${term}</dt><dd>${spoken(words, this.lang)}</dd></div>`;
  }
}

customElements.define("zicht-about", ZichtAbout);

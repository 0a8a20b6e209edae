/** `<zicht-area>`: the selected area with its figure, or the reason why there is none. */
import { LitElement, css, html, nothing } from "lit";
import { address } from "./api.js";
import type { Area } from "./area.js";
import type { IndicatorFacts, LevelFacts } from "./atlas-types.js";
import { type Figure, formatFigure, formatNumber, formatUnit } from "./figure.js";
import { closeIcon, plusIcon, targetIcon } from "./icons.js";
import { paintOf } from "./legend.js";
import type { Source } from "./sentences.js";
import { base, tokens } from "./sheet.js";
import { marked, spoken } from "./spoken.js";
import "./swatch.js";
import { TEXTS, type Lang, capitalized, inLang } from "./texts.js";

export class ZichtArea extends LitElement {
  static override properties = {
    area: { attribute: false },
    indicator: { attribute: false },
    level: { attribute: false },
    year: { attribute: false },
    source: { attribute: false },
    flat: { type: Boolean },
    lang: {},
    compact: { type: Boolean },
    beside: { attribute: false },
    other: { attribute: false },
    isCrossed: { attribute: false },
  };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
      }
      section {
        background: var(--paper);
        border: 1px solid var(--line);
        border-radius: calc(var(--radius) + 2px);
        box-shadow: var(--shadow);
        padding: 0.7rem 0.8rem 0.75rem 0.9rem;
      }
      .top {
        align-items: start;
        display: flex;
        gap: 0.2rem;
      }
      .top div {
        flex: 1;
        min-width: 0;
      }
      h2 {
        font-size: 1.1875rem;
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      .top .quiet {
        line-height: 1.35;
      }
      .top .button {
        margin: -0.35rem 0 0;
      }
      .top .button:last-child {
        margin-right: -0.4rem;
      }
      .figure {
        align-items: center;
        display: flex;
        gap: 0.6rem;
        margin-top: 0.45rem;
      }
      .number {
        font-size: 1.625rem;
        font-variant-numeric: tabular-nums;
        font-weight: 700;
        line-height: 1.2;
      }
      .number small {
        font-size: 1rem;
        font-weight: 400;
      }
      .number.words {
        font-size: 1.0625rem;
        font-weight: 600;
      }
      .flat {
        --swatch-height: 15px;
        --swatch-width: 22px;
        align-items: center;
        display: flex;
        gap: 0.4rem;
        padding: 0 0 0 0.7rem;
      }
      .flat div {
        align-items: baseline;
        display: flex;
        flex: 1;
        flex-wrap: wrap;
        gap: 0 0.7rem;
        min-width: 0;
        padding-block: 0.2rem;
      }
      .flat h2 {
        font-size: 1rem;
      }
      .flat .figure {
        gap: 0.4rem;
        line-height: 1.25;
        margin: 0;
      }
      .flat .number {
        font-size: 1rem;
        line-height: 1.25;
      }
      .flat .number small {
        font-size: 0.875rem;
      }
      .flat .button {
        flex: none;
      }
      .other {
        line-height: 1.35;
        margin-top: 0.3rem;
      }
      .more {
        font-size: 0.9375rem;
        margin-top: 0.3rem;
      }
      @media print {
        .button {
          display: none;
        }
        section {
          border: 0;
          box-shadow: none;
        }
      }
      .what {
        color: var(--quiet);
        font-size: 0.875rem;
        line-height: 1.35;
        margin-top: 0.35rem;
      }
    `,
  ];

  declare area: Area;
  declare indicator: IndicatorFacts;
  declare level: LevelFacts | undefined;
  declare year: number;
  declare source: Source;
  declare lang: Lang;
  /** Without subject and source, which a small page names elsewhere. */
  declare compact: boolean;
  /** Whether the area stands beside others, or whether there is room for it. */
  declare beside: "in" | "out" | "full";
  /** The figure of the second subject, in words under its title. */
  declare other: { readonly title: string; readonly words: string } | null;
  /** Whether the map has colors of two subjects, so that a color of one says nothing. */
  declare isCrossed: boolean;
  /** One line of name and figure, for a small frame. */
  declare flat: boolean;

  constructor() {
    super();
    this.beside = "out";
    this.other = null;
    this.isCrossed = false;
  }

  override render() {
    const t = TEXTS[this.lang];
    const { area, indicator, lang } = this;
    if (this.flat) return this.#line();
    const level = capitalized(this.level === undefined ? area.level : inLang(this.level.title, lang));
    return html`<section aria-label=${t.area}>
      <div class="top">
        <div>
          <h2>${area.name}</h2>
          <p class="quiet">${area.around.length === 0 ? level : t.areaIn(level, area.around.join(", "))}</p>
        </div>
        <button class="button plain square" type="button" aria-label=${t.areaZoom} title=${t.areaZoom} @click=${() => this.#send("zoom-to")}>${targetIcon}</button>
        ${this.#close()}
      </div>
      ${this.#state()} ${this.#other()}
      ${this.#compare()}
      <p class="more"><a href=${address(`gebied/${encodeURIComponent(area.code)}`, { lang })}>${t.factSheet}</a></p>
      ${this.compact ? nothing : html`<p class="what">${spoken(indicator.title, lang)}, ${this.year}<br />${t.source}: ${marked(this.source.text, this.source.lang, lang)}</p>`}
    </section>`;
  }

  #line() {
    return html`<section class="flat" aria-label=${TEXTS[this.lang].area}>
      <div>
        <h2>${this.area.name}</h2>
        ${this.#state()} ${this.#other()}
      </div>
      ${this.#close()}
    </section>`;
  }

  #other() {
    return this.other === null ? nothing : html`<p class="other"><span class="quiet">${this.other.title}:</span> ${this.other.words}</p>`;
  }

  #compare() {
    const t = TEXTS[this.lang];
    if (this.beside === "in") return nothing;
    if (this.beside === "full") return html`<p class="quiet">${t.besideFull}</p>`;
    return html`<p class="more"><button class="button" type="button" @click=${() => this.#send("compare")}>${plusIcon} ${t.besideAdd}</button></p>`;
  }

  #close() {
    const t = TEXTS[this.lang];
    return html`<button class="button plain square" type="button" aria-label=${t.close} title=${t.close} @click=${() => this.#send("let-go")}>${closeIcon}</button>`;
  }

  #state() {
    const t = TEXTS[this.lang];
    const state = this.area.figure;
    switch (state.kind) {
      case "loading":
        return html`<p class="figure quiet">${t.areaLoading}</p>`;
      case "absent":
        return html`<p class="figure">${t.areaNoLevel(this.level === undefined ? this.area.level : inLang(this.level.plural, this.lang))}</p>`;
      case "failed":
        return html`<p class="figure" role="alert">${state.sentence}</p>`;
      case "known":
        return html`<p class="figure">${this.#swatch(state.figure)}${this.#words(state.figure)}</p>`;
      default:
        return state satisfies never;
    }
  }

  #words(figure: Figure) {
    const { indicator, lang } = this;
    if (figure.kind === "reason" || indicator.kind === "category") {
      return html`<span class="number words">${formatFigure(figure, indicator, lang)}</span>`;
    }
    const unit = formatUnit(indicator, lang);
    return html`<span class="number">${formatNumber(figure.value, indicator.decimals, lang)}${unit === "%" ? unit : html`<small>${unit}</small>`}</span>`;
  }

  #swatch(figure: Figure) {
    const paint = paintOf(figure, this.indicator, this.isCrossed ? null : this.area.level);
    return paint === null ? nothing : html`<zicht-swatch .paint=${paint}></zicht-swatch>`;
  }

  #send(name: "zoom-to" | "let-go" | "compare"): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}

customElements.define("zicht-area", ZichtArea);

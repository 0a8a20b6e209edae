/** `<zicht-legend>`: the classes and the reasons of one indicator on one level, as text with swatches. */
import { LitElement, css, html, nothing } from "lit";
import type { IndicatorFacts, LevelFacts, Reason } from "./atlas-types.js";
import { type Figure, REASONS } from "./figure.js";
import { figureClass, legendClasses } from "./legend.js";
import { base, tokens } from "./sheet.js";
import { spoken } from "./spoken.js";
import type { Paint } from "./swatch.js";
import "./swatch.js";
import { TEXTS, type Lang, inLang } from "./texts.js";

interface Entry {
  readonly paint: Paint;
  readonly label: string;
  readonly isMarked: boolean;
}

export class ZichtLegend extends LitElement {
  static override properties = {
    indicator: { attribute: false },
    level: { attribute: false },
    year: { attribute: false },
    lang: {},
    reasons: { attribute: false },
    marked: { attribute: false },
    markedName: { attribute: false },
    compact: { type: Boolean, reflect: true },
  };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
      }
      h2 {
        font-size: 1.125rem;
        line-height: 1.3;
      }
      .quiet {
        margin-bottom: 0.6rem;
      }
      ul {
        display: grid;
        font-variant-numeric: tabular-nums;
        gap: 0.15rem;
      }
      ul + ul {
        margin-top: 0.55rem;
      }
      li {
        align-items: center;
        border-radius: 4px;
        display: flex;
        gap: 0.6rem;
        line-height: 1.3;
        padding: 0.12rem 0.3rem;
      }
      li[aria-current] {
        background: var(--accent-wash);
        font-weight: 600;
        outline: 1px solid var(--accent);
      }
      .name {
        color: var(--quiet);
        font-size: 0.875rem;
        font-weight: 400;
        margin-left: auto;
        max-width: 45%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .reasons {
        border-top: 1px solid var(--line);
        font-size: 0.9375rem;
        padding-top: 0.5rem;
      }
      :host([compact]) {
        --swatch-height: 15px;
        --swatch-width: 22px;
        font-size: 0.8125rem;
      }
      :host([compact]) ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.5rem;
      }
      :host([compact]) ul + ul {
        margin-top: 0.1rem;
      }
      :host([compact]) li {
        gap: 0.35rem;
        padding-block: 0.05rem;
      }
      :host([compact]) .reasons {
        border: 0;
        font-size: inherit;
        padding: 0;
      }
      @media print {
        ul {
          gap: 0;
        }
      }
    `,
  ];

  declare indicator: IndicatorFacts;
  declare level: LevelFacts;
  declare year: number;
  declare lang: Lang;
  /** The reasons that occur on the map. */
  declare reasons: ReadonlySet<Reason>;
  /** The figure of the selected area, whose entry is pointed out. */
  declare marked: Figure | null;
  declare markedName: string;
  /** Without heading and side by side, for the embedded map. */
  declare compact: boolean;

  constructor() {
    super();
    this.reasons = new Set();
    this.marked = null;
    this.markedName = "";
    this.compact = false;
  }

  override render() {
    const t = TEXTS[this.lang];
    const { indicator, level, lang, marked } = this;
    const markedClass = marked === null ? null : figureClass(marked, indicator, level.id);
    const classes = legendClasses(indicator, level.id, lang).map(({ color, label }, row) => ({
      paint: { kind: "color", color } as const,
      label,
      isMarked: row === markedClass,
    }));
    const occurring = REASONS.filter((reason) => this.reasons.has(reason) || (marked?.kind === "reason" && marked.reason === reason));
    const reasons = occurring.map((reason) => ({
      paint: { kind: "reason", reason } as const,
      label: t[reason],
      isMarked: marked?.kind === "reason" && marked.reason === reason,
    }));
    const subtitle = [inLang(indicator.unit, lang), t.per(inLang(level.title, lang)), String(this.year)].filter((part) => part !== "").join(", ");
    return html`
      ${this.compact ? nothing : html`<h2>${spoken(indicator.title, lang)}</h2><p class="quiet">${subtitle}</p>`}
      <ul aria-label=${t.legend}>${classes.map((entry) => this.#entry(entry))}</ul>
      ${reasons.length === 0 ? nothing : html`<ul class="reasons" aria-label=${t.reasons}>${reasons.map((entry) => this.#entry(entry))}</ul>`}
    `;
  }

  #entry({ paint, label, isMarked }: Entry) {
    return html`<li aria-current=${isMarked ? "true" : nothing}>
      <zicht-swatch .paint=${paint}></zicht-swatch><span>${label}</span>
      ${isMarked && !this.compact ? html`<span class="name">${this.markedName}</span>` : nothing}
    </li>`;
  }
}

customElements.define("zicht-legend", ZichtLegend);

/** `<zicht-legend>`: the classes and the reasons of one indicator on one level, as text with swatches. */
import { LitElement, css, html, nothing, svg } from "lit";
import type { IndicatorFacts, LevelFacts, Reason } from "./atlas-types.js";
import { radiusOf } from "./circles.js";
import { type Figure, REASONS, formatNumber } from "./figure.js";
import { colorOf, figureClass, legendClasses } from "./legend.js";
import type { Circles } from "./map-events.js";
import { placeOnBar } from "./scale.js";
import { base, tokens } from "./sheet.js";
import { spoken } from "./spoken.js";
import type { Paint } from "./swatch.js";
import "./swatch.js";
import { TEXTS, type Lang, inLang } from "./texts.js";

interface Entry {
  readonly paint: Paint;
  readonly label: string;
  readonly isMarked: boolean;
  readonly isPointed: boolean;
}

export class ZichtLegend extends LitElement {
  static override properties = {
    indicator: { attribute: false },
    level: { attribute: false },
    year: { attribute: false },
    lang: {},
    reasons: { attribute: false },
    marked: { attribute: false },
    pointed: { attribute: false },
    national: { attribute: false },
    markedName: { attribute: false },
    circles: { attribute: false },
    zoom: { attribute: false },
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
      li.pointed {
        outline: 1px dashed var(--edge);
      }
      .bar {
        display: block;
        forced-color-adjust: none;
        margin-bottom: 0.4rem;
        max-width: 26rem;
        width: 100%;
      }
      .bar .class {
        fill-opacity: var(--fill-opacity, 1);
      }
      .bar .chosen {
        fill: #0b0c0c;
        stroke: #fff;
      }
      .bar .hovered {
        fill: #fff;
        stroke: #0b0c0c;
        stroke-width: 1.5;
      }
      path.country {
        stroke: #0b0c0c;
        stroke-width: 2;
      }
      text.country {
        fill: #17242f;
        font-size: 12px;
      }
      @media (forced-colors: active) {
        .bar {
          background: #fff;
        }
      }
      .circle {
        flex: none;
        forced-color-adjust: none;
        print-color-adjust: exact;
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
  /** The figure of the area under the pointer. */
  declare pointed: Figure | null;
  /** The figure of the Netherlands, for the bar. */
  declare national: number | null;
  declare markedName: string;
  /** Where figures are drawn as circles: how. */
  declare circles: Circles | null;
  /** Of the map, with which circles grow. */
  declare zoom: number;
  /** Without heading and side by side, for the embedded map. */
  declare compact: boolean;

  constructor() {
    super();
    this.reasons = new Set();
    this.marked = null;
    this.pointed = null;
    this.national = null;
    this.markedName = "";
    this.circles = null;
    this.zoom = 0;
    this.compact = false;
  }

  override render() {
    const t = TEXTS[this.lang];
    const { indicator, level, lang, marked } = this;
    const markedClass = marked === null ? null : figureClass(marked, indicator, level.id);
    const pointedClass = this.pointed === null ? null : figureClass(this.pointed, indicator, level.id);
    const classes = this.#isSized ? [] : legendClasses(indicator, level.id, lang).map(({ color, label }, row) => ({
      paint: { kind: "color", color } as const,
      label,
      isMarked: row === markedClass,
      isPointed: row === pointedClass,
    }));
    const occurring = REASONS.filter((reason) => this.reasons.has(reason) || (marked?.kind === "reason" && marked.reason === reason));
    const reasons = occurring.map((reason) => ({
      paint: { kind: "reason", reason } as const,
      label: t[reason],
      isMarked: marked?.kind === "reason" && marked.reason === reason,
      isPointed: this.pointed?.kind === "reason" && this.pointed.reason === reason,
    }));
    const subtitle = [inLang(indicator.unit, lang), t.per(inLang(level.title, lang)), String(this.year)].filter((part) => part !== "").join(", ");
    return html`
      ${this.compact ? nothing : html`<h2>${spoken(indicator.title, lang)}</h2><p class="quiet">${subtitle}</p>${this.#bar()}`}
      ${this.circles === null ? html`<ul aria-label=${t.legend}>${classes.map((entry) => this.#entry(entry))}</ul>` : this.#circleList(this.circles)}
      ${reasons.length === 0 ? nothing : html`<ul class="reasons" aria-label=${t.reasons}>${reasons.map((entry) => this.#entry(entry))}</ul>`}
    `;
  }

  /** Whether figures are drawn as circles, also before it is known how large. */
  get #isSized(): boolean {
    return this.circles !== null || this.indicator.drawn === "symbols";
  }

  /** All classes side by side, with a mark where the selected area, the one under the pointer and the Netherlands stand. */
  #bar() {
    const { indicator, level, marked, pointed, national, lang } = this;
    const breaks = indicator.breaks[level.id];
    if (breaks === undefined || this.#isSized || breaks.edges.length === 0 || indicator.kind === "category") return nothing;
    const count = breaks.edges.length + 1;
    const place = (figure: Figure | null): number | null => (figure?.kind === "number" ? placeOnBar(figure.value, indicator, level.id) : null);
    const [chosen, hovered, country] = [place(marked), place(pointed), national === null ? null : placeOnBar(national, indicator, level.id)];
    const at = (part: number): number => 6 + part * 288;
    return html`<svg class="bar" viewBox="0 0 300 46" aria-hidden="true">
      ${Array.from({ length: count }, (_, row) => svg`<rect class="class" x=${at(row / count)} y="14" width=${288 / count} height="14" fill=${colorOf(indicator, row)} />`)}
      <rect x="6" y="14" width="288" height="14" fill="none" stroke="#4d5d6b" />
      ${chosen === null ? nothing : svg`<path class="chosen" transform=${`translate(${at(chosen)} 13)`} d="M0 0-6-10H6z" />`}
      ${hovered === null ? nothing : svg`<path class="hovered" transform=${`translate(${at(hovered)} 13)`} d="M0 0-6-10H6z" />`}
      ${country === null
        ? nothing
        : svg`<g transform=${`translate(${at(country)} 0)`}><path class="country" d="M0 12V32" /><text class="country" y="43" text-anchor=${anchor(country)}>${TEXTS[lang].netherlands}</text></g>`}
    </svg>`;
  }

  /** Circles as large as those on the map. */
  #circleList(circles: Circles) {
    const { indicator, lang, zoom } = this;
    const radius = (value: number): number => radiusOf(value, circles, zoom);
    const widest = Math.max(12, ...circles.legend.map(radius)) + 1;
    return html`<ul class="circles" aria-label=${TEXTS[lang].circles}>
      ${circles.legend.map((value) => {
        const r = radius(value);
        return html`<li>
          <svg class="circle" width=${2 * widest} height=${2 * Math.max(r, 7) + 2} aria-hidden="true">
            <circle cx="50%" cy="50%" r=${r} fill=${circles.color} fill-opacity="0.6" stroke=${circles.color} />
          </svg>
          <span>${formatNumber(value, indicator.decimals, lang)}</span>
        </li>`;
      })}
    </ul>`;
  }

  #entry({ paint, label, isMarked, isPointed }: Entry) {
    return html`<li aria-current=${isMarked ? "true" : nothing} class=${isPointed ? "pointed" : ""}>
      <zicht-swatch .paint=${paint}></zicht-swatch><span>${label}</span>
      ${isMarked && !this.compact ? html`<span class="name">${this.markedName}</span>` : nothing}
    </li>`;
  }
}

/** Near an end of the bar a word grows towards the middle. */
function anchor(place: number): "start" | "middle" | "end" {
  if (place < 0.15) return "start";
  return place > 0.85 ? "end" : "middle";
}

customElements.define("zicht-legend", ZichtLegend);

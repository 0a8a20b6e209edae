/** `<zicht-flows>`: the flows from and to the chosen area in words, beside the curves on the map. */
import { LitElement, css, html, nothing } from "lit";
import type { FlowFacts } from "./atlas-types.js";
import { formatFigure } from "./figure.js";
import type { Stream } from "./flows.js";
import { IN_INK, OUT_INK } from "./flow-layers.js";
import { base, tokens } from "./sheet.js";
import { marked, spoken } from "./spoken.js";
import { TEXTS, type Lang, inLang, langOf } from "./texts.js";

/** So many are in sight; the others unfold. */
const FIRST = 5;

export class ZichtFlows extends LitElement {
  static override properties = { flow: { attribute: false }, year: { attribute: false }, lang: {}, name: { attribute: false }, level: {}, streams: { attribute: false } };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        border-top: 1px solid var(--line);
        display: grid;
        font-size: 0.9375rem;
        gap: 0.5rem;
        padding-top: 1rem;
      }
      h2 {
        font-size: 1rem;
        line-height: 1.3;
      }
      h3 {
        align-items: center;
        display: flex;
        font-size: 0.9375rem;
        gap: 0.5rem;
      }
      h3 svg {
        flex: none;
        forced-color-adjust: none;
      }
      li {
        display: flex;
        gap: 1rem;
        justify-content: space-between;
      }
      li span:last-child {
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      summary {
        color: var(--accent);
        cursor: pointer;
        width: fit-content;
      }
    `,
  ];

  declare flow: FlowFacts;
  declare year: number;
  declare lang: Lang;
  /** Of the area whose flows these are; empty for none, null while it is looked for. */
  declare name: string | null;
  /** Title of the level that has flows. */
  declare level: string;
  /** Null while they are read. */
  declare streams: readonly Stream[] | null;

  override render() {
    const { flow, lang, year } = this;
    return html`<h2>${spoken(flow.title, lang)}, ${year}</h2>
      ${this.#body()} ${flow.caveat == null ? nothing : html`<p class="quiet">${spoken(flow.caveat, lang)}</p>`}
      ${flow.source == null ? nothing : html`<p class="quiet">${TEXTS[lang].source}: ${marked(inLang(flow.source, lang), langOf(flow.source, lang), lang)}</p>`}`;
  }

  #body() {
    const { flow, year, name, streams } = this;
    const t = TEXTS[this.lang];
    if (!flow.years.includes(year)) return html`<p role="status">${t.flowsNoYear(year)}</p>`;
    if (name === "") return html`<p role="status">${t.flowsChoose(this.level)}</p>`;
    if (name === null || streams === null) return html`<p class="quiet">${t.areaLoading}</p>`;
    if (streams.length === 0) return html`<p>${t.flowsNone}</p>`;
    const of = (way: Stream["way"]) => streams.filter((one) => one.way === way);
    return html`${this.#list(t.flowsOut(name), "out", of("out"))} ${this.#list(t.flowsIn(name), "in", of("in"))} ${this.#list(t.flowsWithin(name), "within", of("within"))}`;
  }

  #list(heading: string, way: Stream["way"], streams: readonly Stream[]) {
    if (streams.length === 0) return nothing;
    const rest = streams.slice(FIRST);
    return html`<div>
      <h3>${heading} ${way === "within" ? nothing : line(way)}</h3>
      <ul>
        ${streams.slice(0, FIRST).map((one) => this.#item(one))}
      </ul>
      ${rest.length === 0
        ? nothing
        : html`<details>
            <summary>${TEXTS[this.lang].flowsRest(rest.length)}</summary>
            <ul>
              ${rest.map((one) => this.#item(one))}
            </ul>
          </details>`}
    </div>`;
  }

  #item({ name, figure }: Stream) {
    const { flow, lang } = this;
    const words = formatFigure(figure, { kind: "count", unit: flow.unit, decimals: flow.decimals ?? 0 }, lang);
    return html`<li><span>${name}</span><span>${words}</span></li>`;
  }
}

/** As the map draws it. */
function line(way: "out" | "in") {
  return html`<svg width="46" height="10" aria-hidden="true">
    <line x1="1" x2="45" y1="5" y2="5" stroke=${way === "out" ? OUT_INK : IN_INK} stroke-width="4" stroke-dasharray=${way === "out" ? "none" : "8 4"} />
  </svg>`;
}

customElements.define("zicht-flows", ZichtFlows);

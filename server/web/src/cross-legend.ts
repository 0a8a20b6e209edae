/** `<zicht-cross-legend>`: two subjects in one map, as a table of three by three colors with the figures that part them. */
import { LitElement, css, html } from "lit";
import type { IndicatorFacts } from "./atlas-types.js";
import { REASONS } from "./figure.js";
import type { Crossed } from "./map-events.js";
import { base, tokens } from "./sheet.js";
import { spoken } from "./spoken.js";
import "./swatch.js";
import { TEXTS, type Lang, inLang } from "./texts.js";

export class ZichtCrossLegend extends LitElement {
  static override properties = {
    first: { attribute: false },
    second: { attribute: false },
    levelTitle: {},
    year: { attribute: false },
    lang: {},
    colors: { attribute: false },
    reasons: { attribute: false },
    compact: { type: Boolean, reflect: true },
  };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
      }
      table {
        border-collapse: separate;
        border-spacing: 2px;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      caption {
        margin-bottom: 0.5rem;
        text-align: start;
      }
      caption span {
        display: block;
        line-height: 1.35;
      }
      caption strong {
        font-size: 1rem;
      }
      tbody th {
        font-weight: 400;
        max-width: 8rem;
        padding-right: 0.4rem;
        text-align: end;
      }
      tfoot th {
        font-weight: 400;
        line-height: 1.25;
        max-width: 5.5rem;
        vertical-align: top;
      }
      td {
        opacity: var(--fill-opacity, 1);
        border: 1px solid rgb(16 34 47 / 55%);
        forced-color-adjust: none;
        height: 2.4rem;
        print-color-adjust: exact;
        width: 5rem;
      }
      .none {
        border: 0;
      }
      .reasons {
        border-top: 1px solid var(--line);
        display: grid;
        font-size: 0.9375rem;
        gap: 0.15rem;
        margin-top: 0.5rem;
        padding-top: 0.5rem;
      }
      .reasons li {
        align-items: center;
        display: flex;
        gap: 0.6rem;
      }
      :host([compact]) td {
        height: 1.1rem;
        width: 3rem;
      }
      :host([compact]) table {
        font-size: 0.75rem;
      }
    `,
  ];

  declare first: IndicatorFacts;
  declare second: IndicatorFacts;
  declare levelTitle: string;
  declare year: number;
  declare lang: Lang;
  /** What each color says of either, from low to high of the second and in that of the first. */
  declare colors: Crossed;
  declare reasons: ReadonlySet<string>;
  declare compact: boolean;

  constructor() {
    super();
    this.colors = [];
    this.reasons = new Set();
    this.compact = false;
  }

  override render() {
    const { first, second, lang, colors, levelTitle, year } = this;
    const t = TEXTS[lang];
    const of = (id: string): string[] => [...new Set(colors.map((one) => one[id] ?? ""))];
    const [across, upwards] = [of(first.id), of(second.id)];
    const colorOf = (column: string, row: string): string => colors.find((one) => one[first.id] === column && one[second.id] === row)?.["color"] ?? "transparent";
    const reasons = REASONS.filter((reason) => this.reasons.has(reason));
    return html`<table>
        <caption>
          <span class="unseen">${t.crossLegend}</span>
          <span>↑ <strong>${spoken(second.title, lang)}</strong> ${inLang(second.unit, lang)}</span>
          <span>→ <strong>${spoken(first.title, lang)}</strong> ${inLang(first.unit, lang)}</span>
          <span class="quiet">${t.per(levelTitle)}, ${year}</span>
        </caption>
        <tbody>
          ${upwards.toReversed().map(
            (row) =>
              html`<tr>
                <th scope="row">${row}</th>
                ${across.map((column) => html`<td .style=${`background: ${colorOf(column, row)}`}></td>`)}
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr><td class="none"></td>${across.map((column) => html`<th scope="col">${column}</th>`)}</tr>
        </tfoot>
      </table>
      ${reasons.length === 0
        ? ""
        : html`<ul class="reasons" aria-label=${t.reasons}>
            ${reasons.map((reason) => html`<li><zicht-swatch .paint=${{ kind: "reason", reason }}></zicht-swatch><span>${t[reason]}</span></li>`)}
          </ul>`}`;
  }
}

customElements.define("zicht-cross-legend", ZichtCrossLegend);

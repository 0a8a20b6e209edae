/** `<zicht-beside>`: up to four areas side by side with the Netherlands: the figure, a small line over the years, and the figures per year. */
import { LitElement, type PropertyValues, css, html, nothing, svg } from "lit";
import { seriesIn, yearsOf } from "./atlas.js";
import type { IndicatorFacts } from "./atlas-types.js";
import { type Figure, formatFigure, formatNumber } from "./figure.js";
import { closeIcon } from "./icons.js";
import { paintOf } from "./legend.js";
import type { Region } from "./regions.js";
import { base, tokens } from "./sheet.js";
import { spoken } from "./spoken.js";
import "./swatch.js";
import { TEXTS, type Lang, capitalized } from "./texts.js";
import { type Frame, type Trend, numbersOf, pathOf, placeIn, trendOf } from "./trend.js";

export interface Beside {
  readonly region: Region;
  readonly around: readonly string[];
  readonly trend: Trend;
}

interface Column {
  /** Null for the Netherlands. */
  readonly code: string | null;
  readonly name: string;
  readonly detail: string;
  readonly level: string | null;
  readonly trend: Trend;
}

const WIDTH = 150;
const HEIGHT = 40;

export class ZichtBeside extends LitElement {
  static override properties = {
    codes: { attribute: false },
    indicator: { attribute: false },
    year: { attribute: false },
    lang: {},
    load: { attribute: false },
    levelTitle: { attribute: false },
    areas: { state: true },
    problem: { state: true },
  };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        background: var(--paper);
        border-top: 1px solid var(--line);
        display: block;
        overflow: auto;
        padding: 0.4rem 1rem 0.8rem;
      }
      .top {
        align-items: center;
        display: flex;
        gap: 0.5rem;
        justify-content: space-between;
      }
      h2 {
        font-size: 1rem;
        line-height: 1.3;
      }
      .cards {
        display: grid;
        gap: 0.6rem;
        grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr));
      }
      .cards > li {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        min-width: 0;
        padding: 0.4rem 0.6rem 0.5rem;
        position: relative;
      }
      .country {
        background: var(--wash);
      }
      h3 {
        font-size: 1rem;
        line-height: 1.25;
        overflow-wrap: anywhere;
        padding-right: 1.8rem;
      }
      .detail {
        font-size: 0.8125rem;
        line-height: 1.3;
      }
      .cards .button {
        min-height: 2rem;
        position: absolute;
        right: 0.15rem;
        top: 0.15rem;
        width: 2rem;
      }
      .figure {
        align-items: center;
        display: flex;
        font-size: 1.125rem;
        font-variant-numeric: tabular-nums;
        font-weight: 700;
        gap: 0.5rem;
        line-height: 1.3;
        margin: 0.2rem 0;
      }
      zicht-swatch {
        --swatch-height: 14px;
        --swatch-width: 22px;
      }
      .trend {
        display: block;
        height: auto;
        max-width: 14rem;
        overflow: visible;
        width: 100%;
      }
      .trend path {
        fill: none;
        stroke: var(--ink);
        stroke-linejoin: round;
        stroke-width: 2;
      }
      .trend circle {
        fill: var(--ink);
      }
      .trend .now {
        fill: var(--paper);
        stroke: var(--ink);
        stroke-width: 2.5;
      }
      .trend text {
        fill: var(--quiet);
        font-size: 10px;
      }
      details {
        margin-top: 0.6rem;
      }
      summary {
        color: var(--accent);
        cursor: pointer;
        font-weight: 600;
        min-height: 2rem;
        width: fit-content;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        font-size: 0.9375rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        border-bottom: 1px solid var(--line);
        padding: 0.15rem 0.8rem 0.15rem 0;
        text-align: start;
      }
      tr[aria-current] > * {
        background: var(--accent-wash);
        font-weight: 600;
      }
      @media print {
        :host {
          break-inside: avoid;
          overflow: visible;
        }
        .button {
          display: none;
        }
        details::details-content {
          content-visibility: visible;
          display: block;
        }
        summary {
          list-style: none;
        }
        .cards {
          grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
        }
      }
    `,
  ];

  declare codes: readonly string[];
  declare indicator: IndicatorFacts;
  declare year: number;
  declare lang: Lang;
  /** Reads the areas; those that do not exist are left out. */
  declare load: (codes: readonly string[]) => Promise<readonly Beside[]>;
  declare levelTitle: (level: string) => string;
  declare protected areas: readonly Beside[] | null;
  declare protected problem: boolean;

  #asked = "";

  constructor() {
    super();
    this.codes = [];
    this.areas = null;
    this.problem = false;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const asked = JSON.stringify([this.codes, this.indicator.id, this.year]);
    if (asked === this.#asked || !(changed.has("codes") || changed.has("indicator") || changed.has("year"))) return;
    this.#asked = asked;
    this.problem = false;
    if (changed.has("indicator")) this.areas = null;
    void this.#read(asked);
  }

  async #read(asked: string): Promise<void> {
    try {
      const areas = await this.load(this.codes);
      if (asked !== this.#asked) return;
      this.areas = areas;
    } catch {
      if (asked === this.#asked) this.problem = true;
    }
  }

  override render() {
    const t = TEXTS[this.lang];
    const { indicator, lang, year, areas } = this;
    return html`<section aria-labelledby="beside">
      <div class="top">
        <h2 id="beside">${t.beside} <span class="quiet">${spoken(indicator.title, lang)}, ${year}</span></h2>
        <button class="button plain square" type="button" aria-label=${t.besideClose} title=${t.besideClose} @click=${() => this.#send("beside", [])}>${closeIcon}</button>
      </div>
      ${this.problem ? html`<p role="alert">${t.problemValues}</p>` : areas === null ? html`<p class="quiet">${t.areaLoading}</p>` : this.#columns(areas)}
      <p class="unseen" role="status">${areas === null ? "" : t.besideCount(areas.length)}</p>
    </section>`;
  }

  #columns(areas: readonly Beside[]) {
    const t = TEXTS[this.lang];
    const { indicator } = this;
    const columns = areas.map(({ region, around, trend }): Column => {
      const level = capitalized(this.levelTitle(region.level));
      return { code: region.code, name: region.name, detail: around.length === 0 ? level : t.areaIn(level, around.join(", ")), level: region.level, trend };
    });
    const national = trendOf((indicator.national ?? []).map(({ year, value, status }) => ({ year, value: value ?? null, status: status ?? null })));
    // What is counted in a whole country would press the lines of its areas flat.
    const isComparable = indicator.kind !== "count" && indicator.kind !== "sum";
    const all = national.size === 0 || !isComparable ? columns : [...columns, { code: null, name: t.netherlands, detail: "", level: null, trend: national }];
    const numbers = all.flatMap(({ trend }) => numbersOf(trend).map(([, value]) => value));
    const frame: Frame = { width: WIDTH, height: HEIGHT, years: yearsOf(indicator), low: Math.min(...numbers), high: Math.max(...numbers) };
    return html`<ul class="cards">
        ${all.map((column) => this.#card(column, frame))}
      </ul>
      ${columns.length === 1 ? html`<p class="quiet">${t.besideMore}</p>` : nothing}
      <details>
        <summary>${t.besideYears}</summary>
        <div class="scroll">${this.#table(all)}</div>
      </details>`;
  }

  #card({ code, name, detail, level, trend }: Column, frame: Frame) {
    const t = TEXTS[this.lang];
    const figure = trend.get(this.year) ?? null;
    const remove = (): void => this.#send("beside", this.codes.filter((one) => one !== code));
    return html`<li class=${code === null ? "country" : ""}>
      <h3>${name}</h3>
      ${code === null
        ? nothing
        : html`<button class="button plain square" type="button" aria-label=${t.besideRemove(name)} title=${t.besideRemove(name)} @click=${remove}>${closeIcon}</button>`}
      <p class="quiet detail">${detail}</p>
      <p class="figure">${this.#swatch(figure, level)}${this.#words(figure, level, this.year)}</p>
      ${this.#line(name, trend, frame)}
    </li>`;
  }

  #swatch(figure: Figure | null, level: string | null) {
    const paint = figure === null ? null : paintOf(figure, this.indicator, level);
    return paint === null ? nothing : html`<zicht-swatch .paint=${paint}></zicht-swatch>`;
  }

  /** The figure, or why this area has none in a year. */
  #words(figure: Figure | null, level: string | null, year: number): string {
    const t = TEXTS[this.lang];
    if (figure !== null) return formatFigure(figure, this.indicator, this.lang);
    if (level === null) return t.missing;
    return seriesIn(this.indicator, year).some((series) => series.level === level) ? t.notInBorders : t.notAtLevel;
  }

  /** The line, said in a sentence to those who do not see it. */
  #line(name: string, trend: Trend, frame: Frame) {
    const { indicator, lang, year } = this;
    const numbers = numbersOf(trend);
    const [first, last] = [numbers[0], numbers.at(-1)];
    if (indicator.kind === "category" || first === undefined || last === undefined || first === last) return nothing;
    const text = (value: number): string => formatNumber(value, indicator.decimals, lang);
    const words = TEXTS[lang].besideLine(name, text(first[1]), first[0], text(last[1]), last[0]);
    const now = numbers.find(([one]) => one === year);
    return html`<svg class="trend" viewBox="-6 -6 ${WIDTH + 12} ${HEIGHT + 24}" role="img" aria-label=${words}>
      ${svg`<path d=${pathOf(trend, frame)} />`}
      ${numbers.map(([one, value]) => dot(placeIn(frame, one, value), 1.8, ""))}
      ${now === undefined ? nothing : dot(placeIn(frame, year, now[1]), 4, "now")}
      ${svg`<text x="0" y=${HEIGHT + 16}>${frame.years[0]}</text><text x=${WIDTH} y=${HEIGHT + 16} text-anchor="end">${frame.years.at(-1)}</text>`}
    </svg>`;
  }

  #table(columns: readonly Column[]) {
    const { indicator, lang } = this;
    const t = TEXTS[lang];
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${t.year}</th>
          ${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${yearsOf(indicator).map(
          (year) =>
            html`<tr aria-current=${year === this.year ? "true" : nothing}>
              <th scope="row">${year}</th>
              ${columns.map(({ level, trend }) => html`<td>${this.#words(trend.get(year) ?? null, level, year)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #send(name: "beside", detail: readonly string[]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function dot([x, y]: [number, number], radius: number, name: string) {
  return svg`<circle class=${name} cx=${x} cy=${y} r=${radius} />`;
}

customElements.define("zicht-beside", ZichtBeside);

/** `<zicht-table>`: the figures of the map as a table, with the same classes and reasons. A row and its area point each other out. */
import { LitElement, type PropertyValues, css, html, nothing } from "lit";
import type { IndicatorFacts, LevelFacts } from "./atlas-types.js";
import { type Figure, formatFigure } from "./figure.js";
import { backIcon, closeIcon, forthIcon } from "./icons.js";
import { classLabelOf, paintOf } from "./legend.js";
import type { Regions } from "./regions.js";
import { type Row, type Sort, filtered, rowsOf, sorted } from "./rows.js";
import { base, tokens } from "./sheet.js";
import { spoken } from "./spoken.js";
import "./swatch.js";
import { TEXTS, type Lang, capitalized, inLang } from "./texts.js";

/** Rows on a page: enough to scan, few enough for any machine. */
const PAGE = 100;

export interface Table {
  readonly regions: Regions;
  readonly figures: ReadonlyMap<string, Figure>;
}

export class ZichtTable extends LitElement {
  static override properties = {
    indicator: { attribute: false },
    level: { attribute: false },
    year: { attribute: false },
    lang: {},
    load: { attribute: false },
    sort: {},
    selected: {},
    pointed: {},
    table: { state: true },
    problem: { state: true },
    text: { state: true },
    page: { state: true },
  };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        background: var(--paper);
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .top {
        align-items: center;
        border-bottom: 1px solid var(--line);
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 0.9rem;
        padding: 0.4rem 1rem;
      }
      h2 {
        font-size: 1rem;
        line-height: 1.3;
      }
      .filter {
        align-items: center;
        display: flex;
        gap: 0.5rem;
        margin-left: auto;
      }
      .filter .label {
        margin: 0;
      }
      input {
        background: var(--paper);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        height: 2.25rem;
        padding: 0 0.6rem;
        width: 11rem;
      }
      .scroll {
        flex: 1;
        min-height: 8rem;
        overflow: auto;
      }
      table {
        border-collapse: collapse;
        width: 100%;
      }
      th,
      td {
        border-bottom: 1px solid var(--line);
        padding: 0.15rem 0.6rem;
        text-align: start;
        vertical-align: middle;
      }
      th:first-child,
      td:first-child {
        padding-left: 1rem;
      }
      thead th {
        background: var(--wash);
        position: sticky;
        top: 0;
        z-index: 1;
      }
      tbody th {
        font-weight: 400;
      }
      .sort,
      .area {
        background: none;
        border: 0;
        border-radius: 2px;
        color: var(--accent);
        min-height: 2rem;
        padding: 0;
        text-align: start;
      }
      .sort {
        color: inherit;
        font-weight: 600;
        white-space: nowrap;
      }
      .area {
        text-decoration: underline;
        text-decoration-thickness: 1px;
        text-underline-offset: 0.18em;
      }
      .figure {
        font-variant-numeric: tabular-nums;
      }
      tr.pointed > * {
        background: var(--wash);
      }
      tr.selected > * {
        background: var(--accent-wash);
        font-weight: 600;
      }
      zicht-swatch {
        --swatch-height: 14px;
        --swatch-width: 22px;
        margin-right: 0.5rem;
        vertical-align: -1px;
      }
      .pages {
        align-items: center;
        border-top: 1px solid var(--line);
        display: flex;
        gap: 0.6rem;
        padding: 0.25rem 1rem;
      }
      .scroll > p {
        padding: 0.8rem 1rem;
      }
      @media (max-width: 40rem) {
        .filter {
          flex: 1;
          margin: 0;
        }
        .wide {
          display: none;
        }
      }
      @media print {
        .filter,
        .pages,
        .top .button {
          display: none;
        }
        .scroll {
          overflow: visible;
        }
      }
    `,
  ];

  declare indicator: IndicatorFacts;
  declare level: LevelFacts;
  declare year: number;
  declare lang: Lang;
  /** Reads what the table shows; a new function makes it read again. */
  declare load: () => Promise<Table>;
  declare sort: Sort;
  /** Code of the selected area. */
  declare selected: string | null;
  /** Code of the area under the pointer on the map. */
  declare pointed: string | null;
  declare protected table: Table | null;
  declare protected problem: boolean;
  declare protected text: string;
  declare protected page: number;

  #rows: readonly Row[] = [];
  #asked = "";

  constructor() {
    super();
    this.selected = null;
    this.pointed = null;
    this.table = null;
    this.problem = false;
    this.text = "";
    this.page = 0;
  }

  override willUpdate(changed: PropertyValues): void {
    const asked = JSON.stringify([this.indicator.id, this.level.id, this.year]);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.table = null;
      this.problem = false;
      void this.#read(asked);
    }
    if (this.table === null) return;
    const rows = rowsOf(this.table.regions, this.level.id, this.table.figures);
    this.#rows = sorted(filtered(rows, this.text), this.sort);
    const at = this.#rows.findIndex(({ region }) => region.code === this.selected);
    if ((changed.has("selected") || changed.has("table")) && at !== -1) this.page = Math.floor(at / PAGE);
    this.page = Math.min(this.page, Math.max(0, Math.ceil(this.#rows.length / PAGE) - 1));
  }

  async #read(asked: string): Promise<void> {
    try {
      const table = await this.load();
      if (asked !== this.#asked) return;
      this.table = table;
    } catch {
      if (asked === this.#asked) this.problem = true;
    }
  }

  override updated(changed: PropertyValues): void {
    const row = this.renderRoot.querySelector<HTMLElement>("tr.selected");
    if (changed.has("selected")) row?.scrollIntoView({ block: "nearest" });
    else if (changed.has("table") && row !== null) this.#scrollTo(row);
  }

  override render() {
    const t = TEXTS[this.lang];
    const { indicator, level, lang } = this;
    return html`<div class="top">
        <h2>${spoken(indicator.title, lang)} <span class="quiet">${t.per(inLang(level.title, lang))}, ${this.year}</span></h2>
        <span class="filter">
          <label class="label" for="filter">${t.tableFilter}</label>
          <input id="filter" type="search" autocomplete="off" .value=${this.text} @input=${(event: Event) => this.#filter(event)} />
        </span>
        <button class="button plain square" type="button" aria-label=${t.tableClose} title=${t.tableClose} @click=${() => this.#send("close-table", null)}>${closeIcon}</button>
      </div>
      ${this.#body()}
      <p class="unseen" role="status">${this.table === null || this.text === "" ? "" : t.tableCount(this.#rows.length)}</p>`;
  }

  /** Within the table alone: rows that arrive late move no page. */
  #scrollTo(row: HTMLElement): void {
    const box = this.renderRoot.querySelector(".scroll");
    if (box === null) return;
    const { top, bottom } = box.getBoundingClientRect();
    const at = row.getBoundingClientRect();
    if (at.bottom > bottom || at.top < top) box.scrollTop += at.top - top - (bottom - top) / 2;
  }

  #body() {
    const t = TEXTS[this.lang];
    if (this.problem) return html`<div class="scroll"><p role="alert">${t.problemValues}</p></div>`;
    if (this.table === null) return html`<div class="scroll"><p class="quiet">${t.areaLoading}</p></div>`;
    const from = this.page * PAGE;
    const shown = this.#rows.slice(from, from + PAGE);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.table} @mouseleave=${() => this.#send("point", null)}>
        <table>
          <thead>
            <tr>
              ${this.#heading("naam", capitalized(inLang(this.level.title, this.lang)))}
              <th scope="col" class="wide">${t.tableIn}</th>
              ${this.#heading("cijfer", capitalized(inLang(this.indicator.unit, this.lang)) || t.tableFigure)}
              ${this.#hasClasses ? html`<th scope="col" class="wide">${t.tableClass}</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${shown.map((row) => this.#row(row))}
          </tbody>
        </table>
        ${shown.length === 0 ? html`<p>${t.searchNone}</p>` : nothing}
      </div>
      ${this.#rows.length <= PAGE ? nothing : this.#pages(from)}`;
  }

  /** Whether figures have classes with words of their own. */
  get #hasClasses(): boolean {
    return this.indicator.kind !== "category" && this.indicator.drawn !== "symbols";
  }

  #heading(by: "naam" | "cijfer", label: string) {
    const [rising, falling] = [this.sort === by, this.sort === `-${by}`];
    const next: Sort = rising ? `-${by}` : by;
    return html`<th scope="col" aria-sort=${rising ? "ascending" : falling ? "descending" : "none"}>
      <button class="sort" type="button" @click=${() => this.#send("sort", next)}>${label} <span aria-hidden="true">${rising ? "▲" : falling ? "▼" : "↕"}</span></button>
    </th>`;
  }

  #row({ region, around, figure }: Row) {
    const { indicator, lang } = this;
    const t = TEXTS[lang];
    const paint = figure === null ? null : paintOf(figure, indicator, region.level);
    const label = figure === null ? null : classLabelOf(figure, indicator, region.level, lang);
    const isSelected = region.code === this.selected;
    return html`<tr
      class=${isSelected ? "selected" : region.code === this.pointed ? "pointed" : ""}
      @mouseenter=${() => this.#send("point", region.code)}
    >
      <th scope="row">
        <button class="area" type="button" aria-pressed=${isSelected} @click=${() => this.#send("take", region.code)} @focus=${() => this.#send("point", region.code)}>${region.name}</button>
      </th>
      <td class="wide quiet">${around.join(", ")}</td>
      <td class="figure">${paint === null ? nothing : html`<zicht-swatch .paint=${paint}></zicht-swatch>`}${figure === null ? t.missing : formatNumberOrReason(figure, indicator, lang)}</td>
      ${this.#hasClasses ? html`<td class="wide quiet">${label ?? ""}</td>` : nothing}
    </tr>`;
  }

  #pages(from: number) {
    const t = TEXTS[this.lang];
    const count = this.#rows.length;
    const step = (label: string, icon: unknown, page: number, isOff: boolean) =>
      html`<button class="button square" type="button" aria-label=${label} title=${label} ?disabled=${isOff} @click=${() => this.#turn(page)}>${icon}</button>`;
    return html`<div class="pages">
      ${step(t.tablePrevious, backIcon, this.page - 1, this.page === 0)}
      <span role="status">${t.tableRows(from + 1, Math.min(from + PAGE, count), count)}</span>
      ${step(t.tableNext, forthIcon, this.page + 1, from + PAGE >= count)}
    </div>`;
  }

  #turn(page: number): void {
    this.page = page;
    this.renderRoot.querySelector(".scroll")?.scrollTo({ top: 0 });
  }

  #filter(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.text = event.target.value;
    this.page = 0;
  }

  #send(name: "sort" | "take" | "point" | "close-table", detail: string | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** The heading has the unit, so a row has the number alone. */
function formatNumberOrReason(figure: Figure, indicator: IndicatorFacts, lang: Lang): string {
  return formatFigure(figure, { ...indicator, unit: { nl: "" } }, lang);
}

customElements.define("zicht-table", ZichtTable);

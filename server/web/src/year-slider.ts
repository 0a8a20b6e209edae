/** `<zicht-year>`: a slider over the years with figures, steps to the next one, and a button that plays them. Each year is an event `year`. */
import { LitElement, css, html, nothing } from "lit";
import { backIcon, forthIcon, pauseIcon, playIcon } from "./icons.js";
import { base, tokens } from "./sheet.js";
import { TEXTS, type Lang } from "./texts.js";

/** Long enough to see what changed. */
const STEP_MS = 1400;

/** Who asked for less motion gets no film; the slider and the steps show the same years. */
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class ZichtYear extends LitElement {
  static override properties = { years: { attribute: false }, year: { attribute: false }, lang: {}, isPlaying: { state: true } };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
      }
      .top {
        align-items: baseline;
        display: flex;
        justify-content: space-between;
      }
      output {
        font-size: 1.125rem;
        font-variant-numeric: tabular-nums;
        font-weight: 700;
      }
      .row {
        align-items: center;
        display: flex;
        gap: 0.35rem;
      }
      .button {
        flex: none;
      }
      input {
        accent-color: var(--accent);
        flex: 1;
        height: 2.5rem;
        margin: 0;
        min-width: 0;
      }
      .ends {
        color: var(--quiet);
        display: flex;
        font-size: 0.8125rem;
        font-variant-numeric: tabular-nums;
        justify-content: space-between;
        line-height: 1;
      }
    `,
  ];

  /** Rising. */
  declare years: readonly number[];
  declare year: number;
  declare lang: Lang;
  declare protected isPlaying: boolean;

  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.isPlaying = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  override render() {
    const { years, year, lang } = this;
    const t = TEXTS[lang];
    const at = years.indexOf(year);
    return html`<div class="top">
        <label class="label" for="year">${t.year}</label>
        <output for="year">${year}</output>
      </div>
      ${years.length < 2
        ? nothing
        : html`<div class="row">
              ${this.#step(t.yearPrevious, backIcon, years[at - 1])}
              <input id="year" type="range" min="0" max=${years.length - 1} step="1" .value=${String(at)} aria-valuetext=${year} @input=${(event: Event) => this.#slide(event)} />
              ${this.#step(t.yearNext, forthIcon, years[at + 1])} ${CALM.matches ? nothing : this.#player()}
            </div>
            <div class="ends" aria-hidden="true"><span>${years[0]}</span><span>${years.at(-1)}</span></div>`}`;
  }

  #step(label: string, icon: unknown, year: number | undefined) {
    return html`<button class="button square" type="button" aria-label=${label} title=${label} ?disabled=${year === undefined} @click=${() => this.#take(year)}>${icon}</button>`;
  }

  #player() {
    const t = TEXTS[this.lang];
    const label = this.isPlaying ? t.yearPause : t.yearPlay;
    return html`<button class="button square" type="button" aria-label=${label} title=${label} @click=${() => (this.isPlaying ? this.#stop() : this.#play(true))}>
      ${this.isPlaying ? pauseIcon : playIcon}
    </button>`;
  }

  #slide(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.#take(this.years[Number(event.target.value)]);
  }

  #take(year: number | undefined): void {
    this.#stop();
    if (year !== undefined) this.#send(year);
  }

  /** From the year that is shown to the last; from the last, all over again. */
  #play(isFirst: boolean): void {
    const { years } = this;
    const at = years.indexOf(this.year);
    const next = isFirst && at === years.length - 1 ? years[0] : years[at + 1];
    if (next === undefined) {
      this.#stop();
      return;
    }
    this.isPlaying = true;
    this.#send(next);
    this.#timer = setTimeout(() => this.#play(false), STEP_MS);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.isPlaying = false;
  }

  #send(year: number): void {
    this.dispatchEvent(new CustomEvent("year", { detail: year }));
  }
}

customElements.define("zicht-year", ZichtYear);

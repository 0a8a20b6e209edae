/** `<zicht-choices>`: theme, subject, breakdown, measure, level and year. Each choice is an event `choose` with the part of the view that changes. */
import { LitElement, css, html, nothing } from "lit";
import { indicatorOf, levelsOf, shownIndicators, yearsOf } from "./atlas.js";
import type { AtlasFacts, IndicatorFacts, LevelFacts, Text as Words } from "./atlas-types.js";
import { backIcon } from "./icons.js";
import { base, tokens } from "./sheet.js";
import { TEXTS, type Lang, capitalized, inLang, langOf } from "./texts.js";
import { type Expression, dimensionsOf, expressionOf, measuresOf, nearest, shownTopics, topicOf } from "./topic.js";
import type { View } from "./view.js";
import "./year-slider.js";

/** As many characters as fit beside each other in segments. */
const ONE_ROW = 32;

interface Option {
  readonly value: string;
  readonly label: string;
  /** The language of the label. */
  readonly lang: Lang;
}

export class ZichtChoices extends LitElement {
  static override properties = { facts: { attribute: false }, view: { attribute: false }, tooFar: { attribute: false } };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: grid;
        gap: 0.85rem;
      }
      .segments {
        background: var(--wash);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        display: flex;
        flex-wrap: wrap;
        gap: 2px;
        padding: 2px;
      }
      .segments.pairs {
        display: grid;
        grid-template-columns: 1fr 1fr;
      }
      .segments label {
        border-radius: calc(var(--radius) - 2px);
        cursor: pointer;
        flex: 1 1 auto;
        font-size: 0.9375rem;
        padding: 0.3rem 0.45rem;
        position: relative;
        text-align: center;
      }
      .segments label:hover {
        background: var(--accent-wash);
      }
      .segments input {
        appearance: none;
        border-radius: inherit;
        cursor: pointer;
        inset: 0;
        margin: 0;
        position: absolute;
      }
      .segments label:has(:checked) {
        background: var(--accent);
        color: var(--on-accent);
        font-weight: 600;
      }
      select {
        appearance: none;
        background: var(--paper);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        height: 2.5rem;
        padding: 0 2.2rem 0 0.8rem;
        text-overflow: ellipsis;
        width: 100%;
      }
      .select {
        display: block;
        flex: 1;
        min-width: 0;
        position: relative;
      }
      .select svg {
        pointer-events: none;
        position: absolute;
        right: 0.7rem;
        rotate: -90deg;
        top: 0.65rem;
      }
      .breakdowns {
        display: grid;
        gap: 0.85rem;
      }
      .link {
        background: none;
        border: 0;
        border-radius: 2px;
        color: var(--accent);
        padding: 0;
        text-decoration: underline;
        text-underline-offset: 0.18em;
      }
      .help {
        font-size: 0.875rem;
        margin-top: 0.25rem;
      }
      @media (forced-colors: active) {
        .segments label:has(:checked) {
          background: Highlight;
          color: HighlightText;
          forced-color-adjust: none;
        }
      }
    `,
  ];

  declare facts: AtlasFacts;
  declare view: View;
  /** The level that was chosen, when the map is too far out to show it. */
  declare tooFar: LevelFacts | null;

  constructor() {
    super();
    this.tooFar = null;
  }

  override render() {
    const { facts, view } = this;
    const t = TEXTS[view.lang];
    const indicator = indicatorOf(facts, view.indicator);
    const indicators = shownIndicators(facts);
    const themes = facts.themes.filter((theme) => indicators.some((one) => one.theme === theme.id));
    const levels = levelsOf(facts, indicator, view.year);
    const topic = topicOf(facts, indicator);
    const topics = shownTopics(facts).filter((one) => one.theme === indicator.theme);
    const measures = measuresOf(facts, topic);
    return html`
      ${themes.length > 1
        ? this.#segments("theme", t.theme, themes.map((theme) => option(theme.id, theme.title, view.lang)), indicator.theme, (theme) =>
            this.#chooseTheme(theme),
          )
        : nothing}
      <div>
        <label class="label" for="topic">${t.indicator}</label>
        ${this.#select("topic", topics.map((one) => option(one.id, one.title, view.lang)), topic.id, (id) => this.#chooseTopic(id))}
      </div>
      ${this.#breakdowns(indicator)}
      ${measures.length > 1
        ? this.#segments("measure", t.measure, measures.map((one) => option(one.id, one.title, view.lang)), indicator.measure ?? "", (measure) =>
            this.#express({ ...expressionOf(indicator), measure }, "measure"),
          )
        : nothing}
      <zicht-year .years=${yearsOf(indicator)} .year=${view.year} .lang=${view.lang} @year=${(event: CustomEvent<number>) => this.#choose({ year: event.detail })}></zicht-year>
      ${levels.length > 1
        ? html`<div>
            ${this.#segments(
              "level",
              t.level,
              [{ value: "", label: t.levelAuto, lang: view.lang }, ...levels.map((level) => option(level.id, level.title, view.lang))],
              view.level ?? "",
              (level) => this.#choose({ level: level === "" ? null : level }),
            )}
            ${this.#levelHelp()}
          </div>`
        : nothing}
    `;
  }

  #levelHelp() {
    const { view, tooFar } = this;
    const t = TEXTS[view.lang];
    if (view.level === null) return html`<p class="quiet help">${t.levelAutoHelp}</p>`;
    if (tooFar === null) return nothing;
    return html`<p class="quiet help">
      ${t.tooFarFor(inLang(tooFar.plural, view.lang))} <button class="link" type="button" @click=${() => this.dispatchEvent(new CustomEvent("closer"))}>${t.zoomIn}</button>
    </p>`;
  }

  #breakdowns(indicator: IndicatorFacts) {
    const { facts, view } = this;
    const dimensions = dimensionsOf(facts, topicOf(facts, indicator));
    if (dimensions.length === 0) return nothing;
    const expression = expressionOf(indicator);
    return html`<div class="breakdowns">
      ${dimensions.map(
        ({ id, title, codes }) =>
          html`<div>
            <label class="label" for=${`dimension-${id}`}>${capitalized(inLang(title, view.lang))}</label>
            ${this.#select(`dimension-${id}`, codes.map((code) => option(code.id, code.title, view.lang)), expression.breakdown[id] ?? "", (code) =>
              this.#express({ ...expression, breakdown: { ...expression.breakdown, [id]: code } }, id),
            )}
          </div>`,
      )}
    </div>`;
  }

  #segments(name: string, legend: string, options: readonly Option[], chosen: string, choose: (value: string) => void) {
    const isLong = options.length % 2 === 0 && options.reduce((sum, { label }) => sum + label.length, 0) > ONE_ROW;
    return html`<fieldset>
      <legend class="label">${legend}</legend>
      <div class=${isLong ? "segments pairs" : "segments"}>
        ${options.map(
          ({ value, label, lang }) =>
            html`<label lang=${lang}><input type="radio" name=${name} .value=${value} .checked=${value === chosen} @change=${() => choose(value)} />${label}</label>`,
        )}
      </div>
    </fieldset>`;
  }

  #select(id: string, options: readonly Option[], chosen: string, choose: (value: string) => void) {
    const changed = (event: Event) => event.target instanceof HTMLSelectElement && choose(event.target.value);
    return html`<span class="select"
      ><select id=${id} @change=${changed}>
        ${options.map(({ value, label, lang }) => html`<option lang=${lang} value=${value} .selected=${value === chosen}>${label}</option>`)}</select
      >${backIcon}</span
    >`;
  }

  #chooseTheme(theme: string): void {
    const first = shownTopics(this.facts).find((topic) => topic.theme === theme)?.indicators[0];
    if (first !== undefined) this.#choose({ indicator: first });
  }

  #chooseTopic(id: string): void {
    const first = shownTopics(this.facts).find((topic) => topic.id === id)?.indicators[0];
    if (first !== undefined) this.#choose({ indicator: first });
  }

  /** The same topic, expressed in another way. */
  #express(wish: Expression, chosen: string): void {
    const { facts, view } = this;
    const found = nearest(facts, topicOf(facts, indicatorOf(facts, view.indicator)), wish, chosen);
    if (found !== undefined) this.#choose({ indicator: found.id });
  }

  #choose(choice: Partial<View>): void {
    this.dispatchEvent(new CustomEvent("choose", { detail: choice }));
  }
}

function option(value: string, title: Words, lang: Lang): Option {
  return { value, label: capitalized(inLang(title, lang)), lang: langOf(title, lang) };
}

customElements.define("zicht-choices", ZichtChoices);

/** `<zicht-compare>`: a second subject or year, swiped over the first or crossed with it. Each choice is an event `choose`. */
import { LitElement, css, html, nothing } from "lit";
import { indicatorOf, seriesIn, yearsOf } from "./atlas.js";
import type { AtlasFacts } from "./atlas-types.js";
import { base, tokens } from "./sheet.js";
import { isStatic } from "./static.js";
import { TEXTS, capitalized, inLang, langOf } from "./texts.js";
import { shownTopics, topicOf } from "./topic.js";
import type { Second, View } from "./view.js";

export class ZichtCompare extends LitElement {
  static override properties = { facts: { attribute: false }, view: { attribute: false } };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
      }
      summary {
        color: var(--accent);
        cursor: pointer;
        font-weight: 600;
        min-height: 2rem;
        padding: 0.2rem 0;
        width: fit-content;
      }
      .fields {
        display: grid;
        gap: 0.7rem;
        padding: 0.4rem 0 0.2rem;
      }
      select {
        background: var(--paper);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        height: 2.5rem;
        max-width: 100%;
        padding: 0 0.5rem;
        width: 100%;
      }
      .how {
        display: grid;
        gap: 0.2rem;
      }
      .how label {
        align-items: center;
        display: flex;
        gap: 0.5rem;
        min-height: 1.75rem;
      }
      .how input {
        accent-color: var(--accent);
        height: 1.15rem;
        margin: 0;
        width: 1.15rem;
      }
    `,
  ];

  declare facts: AtlasFacts;
  declare view: View;

  override render() {
    const { facts, view } = this;
    const t = TEXTS[view.lang];
    const { second } = view;
    const own = indicatorOf(facts, view.indicator);
    return html`<details ?open=${second !== null || view.flow !== null}>
      <summary>${t.compare}</summary>
      <div class="fields">
        <div>
          <label class="label" for="other">${t.compareWith}</label>
          <select id="other" @change=${(event: Event) => this.#takeIndicator(event)}>
            <option value="" .selected=${second === null}>${t.compareNothing}</option>
            ${yearsOf(own).length < 2 ? nothing : html`<option value=${own.id} .selected=${second?.indicator === own.id}>${t.compareYear}</option>`}
            ${facts.themes.map(
              (theme) =>
                html`<optgroup label=${inLang(theme.title, view.lang)}>
                  ${shownTopics(facts)
                    .filter((topic) => topic.theme === theme.id && topic.id !== topicOf(facts, own).id)
                    .map((topic) => this.#option(topic.indicators[0] ?? "", capitalized(inLang(topic.title, view.lang)), langOf(topic.title, view.lang)))}
                </optgroup>`,
            )}
          </select>
        </div>
        ${second === null ? nothing : this.#details(second)}
        ${(facts.flows ?? []).length === 0 ? nothing : this.#flows()}
      </div>
    </details>`;
  }

  #option(id: string, label: string, lang: string) {
    return html`<option lang=${lang} value=${id} .selected=${this.view.second?.indicator === id}>${label}</option>`;
  }

  #flows() {
    const { facts, view } = this;
    const t = TEXTS[view.lang];
    return html`<fieldset class="how">
      <legend class="label">${t.flows}</legend>
      ${(facts.flows ?? []).map(
        ({ id, title }) =>
          html`<label lang=${langOf(title, view.lang)}
            ><input type="checkbox" .checked=${view.flow === id} @change=${() => this.#send({ flow: view.flow === id ? null : id })} />${inLang(title, view.lang)}</label
          >`,
      )}
    </fieldset>`;
  }

  #details(second: Second) {
    const { facts, view } = this;
    const t = TEXTS[view.lang];
    const other = indicatorOf(facts, second.indicator);
    const how = (value: Second["how"], label: string) =>
      html`<label><input type="radio" name="how" .checked=${second.how === value} @change=${() => this.#choose({ ...second, how: value })} />${label}</label>`;
    return html`${this.#canCross(second.indicator)
        ? html`<fieldset class="how"><legend class="label">${t.compareHow}</legend>${how("swipe", t.compareSwipe)}${how("cross", t.compareCross)}</fieldset>`
        : nothing}
      ${second.how === "cross"
        ? nothing
        : html`<div>
            <label class="label" for="other-year">${t.compareOtherYear}</label>
            <select id="other-year" @change=${(event: Event) => event.target instanceof HTMLSelectElement && this.#choose({ ...second, year: Number(event.target.value) })}>
              ${yearsOf(other)
                .filter((year) => other.id !== view.indicator || year !== view.year)
                .toReversed()
                .map((year) => html`<option value=${year} .selected=${year === second.year}>${year}</option>`)}
            </select>
          </div>`}`;
  }

  /** Two subjects can be crossed where both are classes of areas, and have figures on the same borders. */
  #canCross(id: string): boolean {
    const { facts, view } = this;
    const [own, other] = [indicatorOf(facts, view.indicator), indicatorOf(facts, id)];
    const isClassed = (one: typeof own): boolean => one.drawn !== "symbols" && one.kind !== "category" && one.kind !== "change" && one.kind !== "index";
    const places = new Set(seriesIn(own, view.year).map(({ level, edition }) => `${level} ${edition}`));
    return !isStatic() && own.id !== id && isClassed(own) && isClassed(other) && seriesIn(other, view.year).some(({ level, edition }) => places.has(`${level} ${edition}`));
  }

  #takeIndicator(event: Event): void {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const id = event.target.value;
    const { facts, view } = this;
    if (id === "") {
      this.#choose(null);
      return;
    }
    const years = yearsOf(indicatorOf(facts, id)).filter((year) => id !== view.indicator || year !== view.year);
    const wanted = id === view.indicator ? view.year - 1 : view.year;
    const year = years.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
    if (year === undefined) return;
    const how = view.second?.how === "cross" && this.#canCross(id) ? "cross" : "swipe";
    this.#choose({ how, indicator: id, year });
  }

  #choose(second: Second | null): void {
    this.#send({ second });
  }

  #send(choice: Partial<View>): void {
    this.dispatchEvent(new CustomEvent("choose", { detail: choice }));
  }
}

customElements.define("zicht-compare", ZichtCompare);

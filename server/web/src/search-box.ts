/** `<zicht-search>`: a combobox (WAI-ARIA Authoring Practices) that finds areas by name. The names are loaded when it gets the focus. */
import { LitElement, css, html, nothing } from "lit";
import { closeIcon, searchIcon } from "./icons.js";
import type { Region, Regions } from "./regions.js";
import { type Asked, type PostcodeColumns, areasOf, postcodeIn, written } from "./postcodes.js";
import { SearchIndex } from "./search.js";
import { base, tokens } from "./sheet.js";
import { TEXTS, type Lang, capitalized } from "./texts.js";

const LIMIT = 8;

export class ZichtSearch extends LitElement {
  static override properties = {
    lang: {},
    load: { attribute: false },
    levelTitle: { attribute: false },
    loadPostcodes: { attribute: false },
    isShown: { attribute: false },
    postcodes: { state: true },
    index: { state: true },
    problem: { state: true },
    text: { state: true },
    open: { state: true },
    active: { state: true },
  };

  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
        position: relative;
      }
      .field {
        position: relative;
      }
      input {
        appearance: none;
        background: var(--paper);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        height: 2.75rem;
        padding: 0 2.6rem;
        text-overflow: ellipsis;
        width: 100%;
      }
      input::-webkit-search-cancel-button {
        display: none;
      }
      input::placeholder {
        color: var(--quiet);
        opacity: 1;
      }
      .field > svg {
        color: var(--quiet);
        left: 0.8rem;
        pointer-events: none;
        position: absolute;
        top: 0.75rem;
      }
      .clear {
        background: none;
        border: 0;
        border-radius: var(--radius);
        display: grid;
        height: 2.25rem;
        place-items: center;
        position: absolute;
        right: 0.25rem;
        top: 0.25rem;
        width: 2.25rem;
      }
      .results {
        background: var(--paper);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        box-shadow: var(--shadow);
        left: 0;
        margin-top: 4px;
        max-height: 22rem;
        overflow-y: auto;
        position: absolute;
        right: 0;
        z-index: 20;
      }
      .results > p {
        padding: 0.6rem 0.8rem;
      }
      li {
        border-left: 4px solid transparent;
        cursor: pointer;
        padding: 0.4rem 0.7rem;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li:hover,
      li[aria-selected="true"] {
        background: var(--accent-wash);
        border-left-color: var(--accent);
      }
      li strong,
      li span {
        display: block;
        line-height: 1.35;
      }
      @media (forced-colors: active) {
        li[aria-selected="true"] {
          background: Highlight;
          color: HighlightText;
          forced-color-adjust: none;
        }
      }
    `,
  ];

  declare lang: Lang;
  /** Reads the regions to search in; called on focus. */
  declare load: () => Promise<Regions>;
  /** The title of a level, such as `wijk`. */
  declare levelTitle: (level: string) => string;
  /** Reads the postcodes that begin with four digits; null for an atlas without. */
  declare loadPostcodes: ((digits: string) => Promise<PostcodeColumns>) | null;
  /** Whether a level has figures. */
  declare isShown: (level: string) => boolean;
  /** Those of the digits that were typed last. */
  declare protected postcodes: { readonly digits: string; readonly columns: PostcodeColumns } | null;
  declare protected index: { readonly regions: Regions; readonly search: SearchIndex } | null;
  declare protected problem: string | null;
  declare protected text: string;
  declare protected open: boolean;
  /** Row of the option that Enter would choose; -1 for none. */
  declare protected active: number;

  constructor() {
    super();
    this.index = null;
    this.loadPostcodes = null;
    this.postcodes = null;
    this.problem = null;
    this.text = "";
    this.open = false;
    this.active = -1;
  }

  override render() {
    const t = TEXTS[this.lang];
    const found = this.#found;
    const isOpen = this.open && this.text.trim() !== "";
    return html`
      <label class="label" for="box">${t.search}</label>
      <div class="field">
        ${searchIcon}
        <input
          id="box"
          type="search"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded=${isOpen && found.length > 0}
          aria-controls="list"
          aria-activedescendant=${isOpen && this.active >= 0 ? `option-${this.active}` : nothing}
          autocomplete="off"
          spellcheck="false"
          placeholder=${this.loadPostcodes === null ? t.searchHint : t.searchHintPostcode}
          .value=${this.text}
          @focus=${() => this.#load()}
          @blur=${() => (this.open = false)}
          @input=${(event: Event) => this.#type(event)}
          @click=${() => (this.open = true)}
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
        />
        ${this.text === ""
          ? nothing
          : html`<button class="clear" type="button" aria-label=${t.searchClear} title=${t.searchClear} @click=${() => this.#clear()}>${closeIcon}</button>`}
      </div>
      <div class="results" ?hidden=${!isOpen} @mousedown=${(event: Event) => event.preventDefault()}>
        <ul id="list" role="listbox" aria-label=${t.searchResults} ?hidden=${found.length === 0}>
          ${found.map((region, row) => this.#option(region, row))}
        </ul>
        ${found.length > 0 ? nothing : html`<p>${this.#nothing}</p>`}
      </div>
      <p class="unseen" role="status">${isOpen ? this.#status(found.length) : ""}</p>
    `;
  }

  #option(region: Region, row: number) {
    const t = TEXTS[this.lang];
    const level = capitalized(this.levelTitle(region.level));
    const around = this.index?.regions.around(region) ?? [];
    return html`<li id="option-${row}" role="option" aria-selected=${row === this.active} @click=${() => this.#choose(region)}>
      <strong>${region.name}</strong>
      <span class="quiet">${around.length === 0 ? level : t.areaIn(level, around.join(", "))}</span>
    </li>`;
  }

  #status(count: number): string {
    return count === 0 || this.problem !== null ? this.#nothing : TEXTS[this.lang].searchCount(count);
  }

  /** Why there is nothing to choose. */
  get #nothing(): string {
    const t = TEXTS[this.lang];
    const postcode = this.#postcode;
    if (this.problem !== null) return this.problem;
    if (this.index === null || (postcode !== null && this.postcodes?.digits !== postcode.digits)) return t.searchLoading;
    return postcode === null ? t.searchNone : t.searchNoPostcode;
  }

  /** The postcode that was typed, if the atlas knows any. */
  get #postcode(): Asked | null {
    return this.loadPostcodes === null ? null : postcodeIn(this.text);
  }

  get #found(): Region[] {
    const { index, postcodes } = this;
    const postcode = this.#postcode;
    if (index === null) return [];
    if (postcode === null) return index.search.find(this.text, LIMIT);
    return postcodes?.digits === postcode.digits ? areasOf(postcodes.columns, postcode, index.regions, this.isShown).slice(0, LIMIT) : [];
  }

  /** Only the four digits leave the page. */
  async #readPostcodes({ digits }: Asked): Promise<void> {
    try {
      const columns = await this.loadPostcodes?.(digits);
      if (columns === undefined || this.#postcode?.digits !== digits) return;
      this.postcodes = { digits, columns };
      if (this.index !== null) this.problem = null;
    } catch {
      if (this.#postcode?.digits === digits) this.problem = TEXTS[this.lang].problemRegions;
    }
  }

  override focus(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  async #load(): Promise<void> {
    try {
      const regions = await this.load();
      if (this.index?.regions !== regions) this.index = { regions, search: new SearchIndex(regions) };
      this.problem = null;
    } catch {
      this.problem = TEXTS[this.lang].problemRegions;
    }
  }

  #type(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.text = event.target.value;
    this.open = true;
    this.active = -1;
    if (this.index !== null) this.problem = null; // it was of a postcode that was typed over
    const postcode = this.#postcode;
    if (postcode !== null && this.postcodes?.digits !== postcode.digits) void this.#readPostcodes(postcode);
  }

  #key(event: KeyboardEvent): void {
    const count = this.#found.length;
    switch (event.key) {
      case "ArrowDown":
        this.open = true;
        this.active = count === 0 ? -1 : (this.active + 1) % count;
        break;
      case "ArrowUp":
        this.open = true;
        this.active = count === 0 ? -1 : (this.active <= 0 ? count : this.active) - 1;
        break;
      case "Enter": {
        const region = this.#found[Math.max(this.active, 0)];
        if (region !== undefined && this.open) this.#choose(region);
        break;
      }
      case "Escape":
        if (this.open && this.text !== "") this.open = false;
        else this.#clear();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #clear(): void {
    this.text = "";
    this.active = -1;
    this.open = false;
    this.focus();
  }

  #choose(region: Region): void {
    const postcode = this.#postcode;
    this.text = postcode === null ? region.name : written(postcode.digits + postcode.letters);
    this.active = -1;
    this.open = false;
    this.dispatchEvent(new CustomEvent("found", { detail: region }));
  }

  override updated(): void {
    this.renderRoot.querySelector('li[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("zicht-search", ZichtSearch);

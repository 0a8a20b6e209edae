/** `<zicht-embed>`: the dialog in which one makes the lines that put the map in another site, and sees what they give. */
import { LitElement, css, html, nothing } from "lit";
import { rgbOf } from "./color.js";
import { HOUSE, readable } from "./house-style.js";
import { checkIcon, closeIcon, codeIcon, outsideIcon } from "./icons.js";
import { base, tokens } from "./sheet.js";
import { type Embedding, componentSnippet, elementSnippet, embedSnippet, withColor } from "./snippet.js";
import { TEXTS, type Lang, type Texts } from "./texts.js";

const WAYS = ["frame", "element", "component"] as const;
type Way = (typeof WAYS)[number];

const SNIPPETS: Readonly<Record<Way, (embedding: Embedding) => string>> = { frame: embedSnippet, element: elementSnippet, component: componentSnippet };

/** What an editor decides. */
interface Choice {
  readonly way: Way;
  readonly isFixed: boolean;
  readonly height: string;
  readonly color: string;
}

export class ZichtEmbed extends LitElement {
  static override properties = {
    lang: {},
    heading: { attribute: false },
    src: { attribute: false },
    way: { state: true },
    isFixed: { state: true },
    height: { state: true },
    color: { state: true },
    isOpen: { state: true },
    copied: { state: true },
  };

  static override styles = [
    tokens,
    base,
    css`
      dialog {
        background: var(--paper);
        border: 1px solid var(--line);
        border-radius: calc(var(--radius) + 4px);
        box-shadow: var(--shadow);
        color: var(--ink);
        max-width: 46rem;
        padding: 1.25rem;
        width: calc(100% - 2rem);
      }
      dialog::backdrop {
        background: rgb(16 34 47 / 45%);
      }
      .top {
        align-items: start;
        display: flex;
        gap: 0.5rem;
        justify-content: space-between;
        margin-bottom: 0.25rem;
      }
      h2 {
        font-size: 1.25rem;
        line-height: 1.3;
      }
      .top .button {
        flex: none;
        margin: -0.4rem -0.5rem 0 0;
      }
      .label {
        margin-top: 1rem;
      }
      textarea {
        background: var(--wash);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        display: block;
        font-family: ui-monospace, "DejaVu Sans Mono", monospace;
        font-size: 0.875rem;
        height: 8.5rem;
        overflow-wrap: anywhere;
        padding: 0.6rem;
        resize: vertical;
        width: 100%;
      }
      .fix {
        align-items: center;
        display: flex;
        gap: 0.5rem;
        margin-top: 0.8rem;
      }
      .fix input {
        flex: none;
        accent-color: var(--accent);
        height: 1.25rem;
        width: 1.25rem;
      }
      .ways {
        margin-top: 0.8rem;
      }
      .fields {
        display: flex;
        flex-wrap: wrap;
        gap: 0.8rem 1.2rem;
        margin-top: 0.8rem;
      }
      .field {
        background: var(--paper);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        display: block;
        height: 2.5rem;
        padding: 0.3rem 0.6rem;
        width: 10rem;
      }
      .preview {
        border: 1px solid var(--line);
        display: block;
        margin-top: 1rem;
        width: 100%;
      }
      .acts {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem 1rem;
        margin-top: 1rem;
      }
    `,
  ];

  declare lang: Lang;
  /** What a screen reader says of the frame. */
  declare heading: string;
  /** Absolute address of the embedded map, with the place on the map as hash. */
  declare src: string;
  declare protected way: Way;
  declare protected isFixed: boolean;
  /** As it was typed; empty for the height that suits the map. */
  declare protected height: string;
  /** Of buttons and links; null for the usual one. */
  declare protected color: string | null;
  declare protected copied: boolean;
  /** The preview is a map of its own, which is not loaded for nothing. */
  declare protected isOpen: boolean;

  constructor() {
    super();
    this.heading = "";
    this.src = "";
    this.way = "frame";
    this.isFixed = true;
    this.height = "";
    this.color = null;
    this.copied = false;
    this.isOpen = false;
  }

  override render() {
    const t = TEXTS[this.lang];
    return html`<dialog aria-labelledby="heading" @close=${() => this.#closed()}>
      <div class="top">
        <h2 id="heading">${t.embedTitle}</h2>
        <button class="button plain square" type="button" aria-label=${t.close} title=${t.close} @click=${() => this.#dialog?.close()}>${closeIcon}</button>
      </div>
      ${this.isOpen ? this.#builder(t) : nothing}
    </dialog>`;
  }

  #builder(t: Texts) {
    const isFrame = this.way === "frame";
    const src = this.#source;
    const code = SNIPPETS[this.way]({ src, title: this.heading, height: this.#height });
    return html`<p>${t.embedIntro}</p>
      <fieldset class="ways">
        <legend class="label">${t.embedWay}</legend>
        ${WAYS.map(
          (way) => html`<label class="fix"><input type="radio" name="way" .checked=${this.way === way} @change=${() => this.#choose({ way })} /> ${t.embedWays[way]}</label>`,
        )}
      </fieldset>
      <div class="fields">
        <label>
          <span class="label">${t.embedHeight}</span>
          <input class="field" type="number" min="200" max="2000" step="10" placeholder=${isFrame ? "480" : t.embedHeightAuto} .value=${this.height} @input=${(event: Event) => this.#choose({ height: valueOf(event) })} />
        </label>
        ${isFrame
          ? html`<label>
              <span class="label">${t.embedColor}</span>
              <input class="field" type="color" .value=${this.color ?? HOUSE.accent.fallback} @change=${(event: Event) => this.#choose({ color: valueOf(event) })} />
            </label>`
          : nothing}
      </div>
      ${isFrame
        ? html`<p class="quiet" role="status">${this.color !== null && !isReadable(this.color) ? t.embedColorWeak : ""}</p>
            <label class="fix">
              <input type="checkbox" .checked=${this.isFixed} @change=${() => this.#choose({ isFixed: !this.isFixed })} />
              ${t.embedFixView}
            </label>`
        : html`<p class="quiet">${t.embedHouse}</p>`}
      <label class="label" for="code">${t.embedCode}</label>
      <textarea id="code" readonly spellcheck="false" .value=${code} @focus=${(event: FocusEvent) => selectAll(event)}></textarea>
      <div class="acts">
        <button class="button primary" type="button" @click=${() => this.#copy()}>${this.copied ? checkIcon : codeIcon} ${this.copied ? t.copied : t.copyCode}</button>
        <a class="button" href=${src} target="_blank" rel="noopener">${outsideIcon} ${t.embedPreview}</a>
        <span class="unseen" role="status">${this.copied ? t.copied : ""}</span>
      </div>
      <iframe class="preview" src=${src} title=${t.embedExample} .style=${`height: ${this.#height ?? 480}px`} loading="lazy"></iframe>`;
  }

  #choose(choice: Partial<Choice>): void {
    Object.assign(this, choice);
    this.copied = false;
  }

  /** The map that is pasted. */
  get #source(): string {
    if (this.way !== "frame") return this.src.replace(/#.*/, "");
    return withColor(this.isFixed ? this.src : this.src.replace(/#.*/, ""), this.color);
  }

  get #height(): number | null {
    const px = Number(this.height);
    return this.height !== "" && Number.isInteger(px) && px >= 200 && px <= 2000 ? px : null;
  }

  #closed(): void {
    this.copied = false;
    this.isOpen = false;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  show(): void {
    this.isOpen = true;
    this.#dialog?.showModal();
  }

  async #copy(): Promise<void> {
    const code = this.renderRoot.querySelector("textarea");
    if (code === null) return;
    try {
      await navigator.clipboard.writeText(code.value);
      this.copied = true;
    } catch {
      code.select(); // without permission the reader copies it by hand
    }
  }
}

/** Whether the map will take a color over. */
function isReadable(color: string): boolean {
  return HOUSE.accent.name in readable({ [HOUSE.accent.name]: color }, rgbOf);
}

function valueOf(event: Event): string {
  return event.target instanceof HTMLInputElement ? event.target.value : "";
}

function selectAll(event: FocusEvent): void {
  if (event.target instanceof HTMLTextAreaElement) event.target.select();
}

customElements.define("zicht-embed", ZichtEmbed);

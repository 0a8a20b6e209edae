/** `<zicht-embed>`: the dialog with the line that puts the map in another site. */
import { LitElement, css, html } from "lit";
import { checkIcon, closeIcon, codeIcon, outsideIcon } from "./icons.js";
import { base, tokens } from "./sheet.js";
import { embedSnippet } from "./snippet.js";
import { TEXTS, type Lang } from "./texts.js";

export class ZichtEmbed extends LitElement {
  static override properties = {
    lang: {},
    heading: { attribute: false },
    src: { attribute: false },
    isFixed: { state: true },
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
        max-width: 40rem;
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
        accent-color: var(--accent);
        height: 1.25rem;
        width: 1.25rem;
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
  declare protected isFixed: boolean;
  declare protected copied: boolean;

  constructor() {
    super();
    this.heading = "";
    this.src = "";
    this.isFixed = true;
    this.copied = false;
  }

  override render() {
    const t = TEXTS[this.lang];
    const src = this.isFixed ? this.src : this.src.replace(/#.*/, "");
    return html`<dialog aria-labelledby="heading" @close=${() => (this.copied = false)}>
      <div class="top">
        <h2 id="heading">${t.embedTitle}</h2>
        <button class="button plain square" type="button" aria-label=${t.close} title=${t.close} @click=${() => this.#dialog?.close()}>${closeIcon}</button>
      </div>
      <p>${t.embedIntro}</p>
      <label class="label" for="code">${t.embedCode}</label>
      <textarea id="code" readonly spellcheck="false" .value=${embedSnippet(src, this.heading)} @focus=${(event: FocusEvent) => selectAll(event)}></textarea>
      <label class="fix">
        <input type="checkbox" .checked=${this.isFixed} @change=${() => (this.isFixed = !this.isFixed)} />
        ${t.embedFixView}
      </label>
      <div class="acts">
        <button class="button primary" type="button" @click=${() => this.#copy()}>${this.copied ? checkIcon : codeIcon} ${this.copied ? t.copied : t.copyCode}</button>
        <a class="button" href=${src} target="_blank" rel="noopener">${outsideIcon} ${t.embedPreview}</a>
        <span class="unseen" role="status">${this.copied ? t.copied : ""}</span>
      </div>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  show(): void {
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

function selectAll(event: FocusEvent): void {
  if (event.target instanceof HTMLTextAreaElement) event.target.select();
}

customElements.define("zicht-embed", ZichtEmbed);

/** `<zicht-header>`: what the page is, that it may be fictitious, its languages, and how to pass it on. */
import { LitElement, css, html, nothing } from "lit";
import { address } from "./api.js";
import type { AtlasFacts } from "./atlas-types.js";
import type { ZichtEmbed } from "./embed-dialog.js";
import "./embed-dialog.js";
import { checkIcon, codeIcon, linkIcon, mark } from "./icons.js";
import { noticeBadge } from "./notice.js";
import { base, tokens } from "./sheet.js";
import { spoken } from "./spoken.js";
import { LANGS, TEXTS, inLang } from "./texts.js";
import { type View, writeAddress } from "./view.js";

const COPIED_MS = 3000;

export class ZichtHeader extends LitElement {
  static override properties = { facts: { attribute: false }, view: { attribute: false }, heading: {}, copied: { state: true } };

  static override styles = [
    tokens,
    base,
    css`
      header {
        align-items: center;
        background: var(--paper);
        border-bottom: 1px solid var(--line);
        border-top: 4px solid var(--accent);
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 1rem;
        justify-content: space-between;
        padding: 0.45rem 1rem 0.6rem;
      }
      .skip {
        background: var(--accent);
        border-radius: 0 0 var(--radius) var(--radius);
        color: var(--on-accent);
        font-weight: 600;
        left: 1rem;
        padding: 0.6rem 1rem;
        position: absolute;
        top: 0;
        transform: translateY(-110%);
        z-index: 30;
      }
      .skip:focus {
        transform: none;
      }
      .title {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.7rem;
        min-width: 0;
      }
      .mark {
        height: 2rem;
        width: 2rem;
      }
      h1 {
        font-size: 1.1875rem;
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      .tools {
        align-items: center;
        display: flex;
        gap: 0.5rem;
        margin-left: auto;
      }
      .products {
        font-weight: 600;
        white-space: nowrap;
      }
      .langs {
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        display: flex;
        padding: 2px;
      }
      .langs button {
        background: none;
        border: 0;
        border-radius: calc(var(--radius) - 2px);
        color: var(--accent);
        font-weight: 600;
        min-height: 2.125rem;
        padding: 0 0.55rem;
      }
      .langs button:hover {
        background: var(--accent-wash);
      }
      .langs button[aria-pressed="true"] {
        background: var(--accent);
        color: var(--on-accent);
      }
      .copy-failed {
        flex-basis: 100%;
      }
      .copy-failed input {
        width: min(100%, 30rem);
      }
      @media (max-width: 40rem) {
        .word,
        .mark,
        .langs button[aria-pressed="true"] {
          display: none;
        }
        .button {
          padding: 0;
          width: 2.5rem;
        }
        .title {
          display: contents;
        }
        h1 {
          flex-basis: 100%;
        }
        .langs button {
          min-width: 2.125rem;
        }
      }
      @media (min-width: 56rem) {
        header {
          min-height: 4rem;
          padding: 0.5rem 1.25rem 0.6rem;
        }
        h1 {
          font-size: 1.375rem;
        }
      }
      @media (forced-colors: active) {
        .langs button[aria-pressed="true"] {
          background: Highlight;
          color: HighlightText;
          forced-color-adjust: none;
        }
      }
      @media print {
        .tools {
          display: none;
        }
      }
    `,
  ];

  declare facts: AtlasFacts;
  declare view: View;
  /** What the map shows, such as `Koopwoningen, 2022`. */
  declare heading: string;
  declare protected copied: "no" | "yes" | "failed";

  constructor() {
    super();
    this.heading = "";
    this.copied = "no";
  }

  override render() {
    const { facts, view } = this;
    const t = TEXTS[view.lang];
    const title = inLang(facts.title, view.lang);
    return html`<header>
        <a class="skip" href="#kaart" @click=${(event: Event) => this.#skip(event)}>${t.skipToMap}</a>
        <div class="title">
          ${mark}
          <h1>${spoken(facts.title, view.lang)}</h1>
          ${noticeBadge(facts, view.lang)}
        </div>
        <div class="tools">
          ${(facts.products ?? []).length === 0 ? nothing : html`<a class="products" href=${address("products", { lang: view.lang })}>${t.products}</a>`}
          <div class="langs" role="group" aria-label=${t.languageLabel}>${LANGS.map((lang) => this.#language(lang))}</div>
          <button class="button" type="button" aria-label=${t.copyLink} title=${t.copyLink} @click=${() => this.#copy()}>
            ${this.copied === "yes" ? checkIcon : linkIcon}<span class="word">${t.copyLink}</span>
          </button>
          <button class="button" type="button" aria-label=${t.embed} title=${t.embed} @click=${() => this.renderRoot.querySelector<ZichtEmbed>("zicht-embed")?.show()}>
            ${codeIcon}<span class="word">${t.embed}</span>
          </button>
          <span class="unseen" role="status">${this.copied === "yes" ? t.copied : ""}</span>
        </div>
        ${this.copied === "failed"
          ? html`<p class="copy-failed" role="status">${t.copyFailed} <input readonly aria-label=${t.copyLink} .value=${this.#link} /></p>`
          : nothing}
      </header>
      <zicht-embed .lang=${view.lang} .heading=${`${this.heading} – ${title}`} .src=${address(`embed${writeAddress(view, facts)}`)}></zicht-embed>`;
  }

  #language(lang: View["lang"]) {
    return html`<button type="button" lang=${lang} aria-pressed=${lang === this.view.lang} title=${TEXTS[lang].languageName} @click=${() => this.#send("choose", { lang })}>
      ${lang.toUpperCase()}<span class="unseen">: ${TEXTS[lang].languageName}</span>
    </button>`;
  }

  get #link(): string {
    return address(writeAddress(this.view, this.facts));
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#link);
      this.copied = "yes";
      setTimeout(() => (this.copied = "no"), COPIED_MS);
    } catch {
      this.copied = "failed";
    }
  }

  #skip(event: Event): void {
    event.preventDefault(); // the hash of the address is the place on the map
    this.#send("skip", null);
  }

  #send(name: "choose" | "skip", detail: Partial<View> | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define("zicht-header", ZichtHeader);

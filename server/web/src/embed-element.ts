/**
 * `embed.js`: `<zicht-kaart indicator="…" gemeente="GM0772">` puts the map in a page. It builds the frame, gives it the height it asks
 * for and the house style of the page. What stands in the element (a link, a table) stays until the map runs, and where it cannot.
 */
import { FIRST_PX, QUERY, addressFor, fixedHeight, headingOf } from "./attributes.js";
import { type Said, heard } from "./frame-talk.js";
import { tokensAt, watchTheme } from "./page-tokens.js";

const LEAST_PX = 200;
const MOST_PX = 2000;

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
/** Where the maps are, unless an element says otherwise. */
const OWN = script?.src ?? document.baseURI;
/** The page of the embedded map; a static site calls it `embed.html`. */
const PAGE = script?.dataset["page"] ?? "embed";

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; position: relative; }
  :host([hidden]) { display: none; }
  iframe { border: 0; display: block; inline-size: 100%; }
  .waits { inset: 0 0 auto; position: absolute; visibility: hidden; }
`);

class ZichtKaart extends HTMLElement {
  static readonly observedAttributes = [...Object.keys(QUERY), "server", "height", "heading", "sandbox"];

  #frame: HTMLIFrameElement | null = null;
  #slot: HTMLSlotElement | null = null;
  #isBuilding = false;
  readonly #listen = (event: MessageEvent): void => this.#hear(event);
  #themes: MutationObserver | null = null;

  connectedCallback(): void {
    addEventListener("message", this.#listen);
    this.#themes = watchTheme(this, () => this.#dress());
    this.#build();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#listen);
    this.#themes?.disconnect();
  }

  attributeChangedCallback(): void {
    if (!this.isConnected || this.#isBuilding) return;
    this.#isBuilding = true;
    queueMicrotask(() => {
      this.#isBuilding = false;
      if (this.isConnected) this.#build();
    });
  }

  /** Where the maps are: the folder of this script, unless `server` says otherwise. */
  get #base(): string {
    const given = this.getAttribute("server");
    return new URL("./", given === null ? OWN : new URL(given.endsWith("/") ? given : `${given}/`, document.baseURI)).href;
  }

  #address(page: string): URL {
    return addressFor(this, new URL(page, this.#base));
  }

  #build(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const heading = headingOf(this, this.#address(""));
    const frame = document.createElement("iframe");
    frame.className = "waits";
    frame.loading = "lazy";
    frame.title = heading;
    const sandbox = this.getAttribute("sandbox");
    if (sandbox !== null) frame.setAttribute("sandbox", sandbox);
    frame.src = this.#address(PAGE).href;
    frame.style.height = `${fixedHeight(this) ?? FIRST_PX}px`;
    const slot = document.createElement("slot");
    const link = document.createElement("a");
    link.href = this.#address("").href;
    link.textContent = heading;
    slot.append(link);
    this.#frame = frame;
    this.#slot = slot;
    this.style.minHeight = frame.style.height;
    root.replaceChildren(slot, frame);
  }

  #hear({ data, source, origin }: MessageEvent): void {
    const frame = this.#frame;
    if (frame === null || source !== frame.contentWindow) return;
    // A sandboxed frame has no origin of its own.
    if (origin !== new URL(frame.src).origin && !(origin === "null" && frame.hasAttribute("sandbox"))) return;
    const said = heard(data);
    if (said?.zichtkaart !== "height") return;
    if (frame.className !== "") {
      frame.className = "";
      this.#slot?.remove();
      this.style.minHeight = "";
      this.#dress();
    }
    frame.style.height = `${fixedHeight(this) ?? Math.min(MOST_PX, Math.max(LEAST_PX, said.px))}px`;
  }

  /** Hands over the tokens that the page sets here. */
  #dress(): void {
    const frame = this.#frame;
    if (frame === null || frame.className !== "") return;
    const said: Said = { zichtkaart: "style", tokens: tokensAt(this) };
    frame.contentWindow?.postMessage(said, frame.hasAttribute("sandbox") ? "*" : new URL(frame.src).origin);
  }
}

if (customElements.get("zicht-kaart") === undefined) customElements.define("zicht-kaart", ZichtKaart);

/**
 * `embed.js`: `<zicht-kaart indicator="…" gemeente="GM0772">` puts the map in a page. It builds the frame, gives it the height it asks
 * for and the house style of the page. What stands in the element (a link, a table) stays until the map runs, and where it cannot.
 */
import { type Said, heard } from "./frame-talk.js";
import { HOUSE, type HouseToken } from "./house-style.js";

/** Attributes, and what the address of the map calls them. */
const QUERY: Readonly<Record<string, string>> = {
  theme: "thema",
  indicator: "indicator",
  area: "gebied",
  gemeente: "gebied",
  wijk: "gebied",
  buurt: "gebied",
  year: "jaar",
  level: "niveau",
  lang: "lang",
};

/** Until the map says how high it would like to be. */
const FIRST_PX = 480;
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
  /** A theme may come or go with a class further up. */
  readonly #themes = new MutationObserver(() => this.#dress());

  connectedCallback(): void {
    addEventListener("message", this.#listen);
    for (let at: Element | null = this; at !== null; at = at.parentElement) this.#themes.observe(at, { attributes: true, attributeFilter: ["class", "style"] });
    this.#build();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#listen);
    this.#themes.disconnect();
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
    const url = new URL(page, this.#base);
    for (const [attribute, key] of Object.entries(QUERY)) {
      const value = attribute === "lang" ? this.closest("[lang]")?.getAttribute("lang")?.slice(0, 2) : this.getAttribute(attribute);
      if (value != null && value !== "" && !(attribute === "lang" && value !== "en")) url.searchParams.set(key, value);
    }
    return url;
  }

  #build(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const isEnglish = this.#address("").searchParams.get("lang") === "en";
    const heading = this.getAttribute("heading") ?? (isEnglish ? "Map with figures per area" : "Kaart met cijfers per gebied");
    const frame = document.createElement("iframe");
    frame.className = "waits";
    frame.loading = "lazy";
    frame.title = heading;
    const sandbox = this.getAttribute("sandbox");
    if (sandbox !== null) frame.setAttribute("sandbox", sandbox);
    frame.src = this.#address(PAGE).href;
    frame.style.height = `${this.#fixed ?? FIRST_PX}px`;
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

  get #fixed(): number | null {
    const px = Number.parseInt(this.getAttribute("height") ?? "", 10);
    return Number.isNaN(px) ? null : px;
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
    frame.style.height = `${this.#fixed ?? Math.min(MOST_PX, Math.max(LEAST_PX, said.px))}px`;
  }

  /** Hands over the tokens that the page sets here. */
  #dress(): void {
    const frame = this.#frame;
    if (frame === null || frame.className !== "") return;
    const style = getComputedStyle(this);
    const tokens: Record<string, string> = {};
    for (const { name, theme } of Object.values(HOUSE) as HouseToken[]) {
      const value = [name, ...theme].map((one) => style.getPropertyValue(one).trim()).find((text) => text !== "");
      if (value !== undefined) tokens[name] = value;
    }
    const said: Said = { zichtkaart: "style", tokens };
    frame.contentWindow?.postMessage(said, frame.hasAttribute("sandbox") ? "*" : new URL(frame.src).origin);
  }
}

if (customElements.get("zicht-kaart") === undefined) customElements.define("zicht-kaart", ZichtKaart);

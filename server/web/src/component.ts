/**
 * `component.js`: `<zicht-kaart-paneel indicator="…" gemeente="GM0772">` is the map in the page itself, without a frame. This script is
 * small; the map comes when the element comes near the window. What stands in the element stays until then, and where it cannot run.
 */
import { FIRST_PX, QUERY, addressFor, fixedHeight, headingOf } from "./attributes.js";
import type * as Panel from "./panel.js";

/** Where the maps are: the folder of this script. */
const ROOT = new URL("./", import.meta.url).href;

/** As for `embed.js`: a static site has files in place of a server, and its script says so. */
const IS_STATIC = [...document.scripts].some(({ src, dataset }) => src === import.meta.url && dataset["page"] !== undefined);

/** How far out of sight the map begins to load. */
const AHEAD = "300px";

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; }
  :host([hidden]) { display: none; }
  slot.waits { display: block; min-block-size: ${FIRST_PX}px; }
  article { all: initial; display: block; }
  article.waits { block-size: 0; overflow: hidden; visibility: hidden; }
  zicht-app { block-size: 100%; min-block-size: 0; }
`);

class ZichtKaartPaneel extends HTMLElement {
  static readonly observedAttributes = [...Object.keys(QUERY), "height", "heading"];

  readonly #near = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && void this.#fill(), { rootMargin: AHEAD });
  #end: (() => void) | null = null;
  #asked = 0;
  #isBuilding = false;

  connectedCallback(): void {
    this.#build();
  }

  disconnectedCallback(): void {
    this.#clear();
  }

  attributeChangedCallback(): void {
    if (!this.isConnected || this.#isBuilding) return;
    this.#isBuilding = true;
    queueMicrotask(() => {
      this.#isBuilding = false;
      if (this.isConnected) this.#build();
    });
  }

  /** The link until the map is there; the map when it comes near. */
  #build(): void {
    this.#clear();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const address = addressFor(this, new URL(IS_STATIC ? "index.html" : "", ROOT));
    const slot = document.createElement("slot");
    slot.className = "waits";
    const link = document.createElement("a");
    link.href = address.href;
    link.textContent = headingOf(this, address);
    slot.append(link);
    root.replaceChildren(slot);
    this.#near.observe(this);
  }

  #clear(): void {
    this.#asked++;
    this.#near.disconnect();
    this.#end?.();
    this.#end = null;
  }

  async #fill(): Promise<void> {
    this.#near.disconnect();
    const asked = this.#asked;
    try {
      // Its name stays, as that of this script does; what it loads in turn has its version in its name.
      const { show } = (await import(/* @vite-ignore */ `${ROOT}panel.js`)) as typeof Panel;
      if (asked !== this.#asked || this.shadowRoot === null) return;
      const address = addressFor(this, new URL(ROOT));
      this.#end = show(
        { element: this, root: this.shadowRoot, address, heading: headingOf(this, address), height: fixedHeight(this), site: { root: ROOT, isStatic: IS_STATIC } },
        (isShown) => this.#settle(isShown),
      );
    } catch (problem) {
      this.#settle(false);
      console.error(problem);
    }
  }

  /** What stands in the element makes way for the map, or keeps its own height. */
  #settle(isShown: boolean): void {
    const slot = this.shadowRoot?.querySelector("slot");
    if (isShown) slot?.remove();
    else slot?.classList.remove("waits");
  }
}

if (customElements.get("zicht-kaart-paneel") === undefined) customElements.define("zicht-kaart-paneel", ZichtKaartPaneel);

/** A button of our own among the zoom buttons of the map. */
import { type SVGTemplateResult, html, nothing, render, svg } from "lit";
import type { IControl } from "maplibre-gl";

/** What a button looks like; some look otherwise while what they show is on. */
export type Drawn = (isOn: boolean) => SVGTemplateResult;

/** Shows the whole atlas again. */
export const wholeMap: Drawn = () =>
  svg`<path stroke-linecap="round" d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" /><circle cx="12" cy="12" r="2.500" />`;

/** Shows what lies behind the areas, and hides it again. */
export const behind: Drawn = (isOn) => svg`<path d="M12 4 3 9l9 5 9-5z" fill=${isOn ? "currentColor" : "none"} /><path d="m3 14.500 9 5 9-5" />`;

export class MapButton implements IControl {
  readonly #element = document.createElement("div");
  readonly #title: string;
  readonly #drawn: Drawn;
  readonly #press: () => void;

  /** `isOn` is null for a button that does something once. */
  constructor(title: string, drawn: Drawn, press: () => void, isOn: boolean | null = null) {
    this.#title = title;
    this.#drawn = drawn;
    this.#press = press;
    this.#element.className = "maplibregl-ctrl maplibregl-ctrl-group";
    this.show(isOn);
  }

  show(isOn: boolean | null): void {
    const button = html`<button type="button" class="own" title=${this.#title} aria-label=${this.#title} aria-pressed=${isOn ?? nothing} @click=${this.#press}>
      <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" aria-hidden="true">${this.#drawn(isOn === true)}</svg>
    </button>`;
    render(button, this.#element);
  }

  onAdd(): HTMLElement {
    return this.#element;
  }

  onRemove(): void {
    this.#element.remove();
  }
}

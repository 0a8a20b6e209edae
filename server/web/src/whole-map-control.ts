/** A button among the zoom buttons that shows the whole atlas again. */
import { html, render } from "lit";
import type { IControl } from "maplibre-gl";

export class WholeMapControl implements IControl {
  readonly #element = document.createElement("div");

  constructor(title: string, show: () => void) {
    this.#element.className = "maplibregl-ctrl maplibregl-ctrl-group";
    const button = html`<button type="button" class="whole-map" title=${title} aria-label=${title} @click=${show}>
      <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true">
        <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
        <circle cx="12" cy="12" r="2.500" />
      </svg>
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

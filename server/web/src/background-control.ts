/** A button among the zoom buttons that shows the background map, and hides it again. */
import { html, render } from "lit";
import type { IControl } from "maplibre-gl";

export class BackgroundControl implements IControl {
  readonly #element = document.createElement("div");
  readonly #title: string;
  readonly #turn: () => void;

  constructor(title: string, isOn: boolean, turn: () => void) {
    this.#title = title;
    this.#turn = turn;
    this.#element.className = "maplibregl-ctrl maplibregl-ctrl-group";
    this.show(isOn);
  }

  show(isOn: boolean): void {
    const button = html`<button type="button" class="whole-map" title=${this.#title} aria-label=${this.#title} aria-pressed=${isOn} @click=${this.#turn}>
      <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" aria-hidden="true">
        <path d="M12 4 3 9l9 5 9-5z" fill=${isOn ? "currentColor" : "none"} />
        <path d="m3 14.500 9 5 9-5" />
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

/** `<zicht-swatch>`: a patch of a class colour, or of the hatch of a reason cut from the very sprite that the map draws with. */
import { LitElement, css, html } from "lit";
import { address } from "./api.js";
import type { Reason } from "./atlas-types.js";

export type Paint = { readonly kind: "color"; readonly color: string } | { readonly kind: "reason"; readonly reason: Reason };

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Sprite {
  readonly image: HTMLImageElement;
  readonly cells: Readonly<Record<string, Cell>>;
}

const WIDTH = 30;
const HEIGHT = 20;
const SCALE = 2;

let sprite: Promise<Sprite> | null = null;

function readSprite(): Promise<Sprite> {
  sprite ??= (async () => {
    const response = await fetch(address("sprites/reasons@2x.json"));
    if (!response.ok) throw new Error("no sprite");
    const cells = (await response.json()) as Readonly<Record<string, Cell>>;
    const image = new Image();
    image.src = address("sprites/reasons@2x.png");
    await image.decode();
    return { image, cells };
  })();
  sprite.catch(() => (sprite = null));
  return sprite;
}

/** Repeats one cell of the sprite from the corner of a canvas. */
function fillWith(canvas: HTMLCanvasElement, { image, cells }: Sprite, reason: Reason): void {
  const cell = cells[`reason-${reason}`];
  const pen = canvas.getContext("2d");
  if (cell === undefined || pen === null) return;
  for (let x = 0; x < canvas.width; x += cell.width) {
    for (let y = 0; y < canvas.height; y += cell.height) {
      pen.drawImage(image, cell.x, cell.y, cell.width, cell.height, x, y, cell.width, cell.height);
    }
  }
}

export class ZichtSwatch extends LitElement {
  static override properties = { paint: { attribute: false } };

  static override styles = css`
    :host {
      display: inline-block;
      flex: none;
      forced-color-adjust: none;
      line-height: 0;
      print-color-adjust: exact;
    }
    canvas {
      border: 1px solid rgb(16 34 47 / 55%);
      border-radius: 3px;
      height: var(--swatch-height, 20px);
      width: var(--swatch-width, 30px);
    }
    .color {
      opacity: var(--fill-opacity, 1); /* of a class; a hatch is as it is */
    }
  `;

  declare paint: Paint;

  override render() {
    return html`<canvas class=${this.paint.kind} width=${WIDTH * SCALE} height=${HEIGHT * SCALE} aria-hidden="true"></canvas>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    const pen = canvas?.getContext("2d");
    if (!canvas || !pen) return;
    const { paint } = this;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    switch (paint.kind) {
      case "color":
        pen.fillStyle = paint.color;
        pen.fillRect(0, 0, canvas.width, canvas.height);
        break;
      case "reason":
        readSprite().then(
          (loaded) => this.paint === paint && fillWith(canvas, loaded, paint.reason),
          () => undefined, // without the sprite the map has no hatch either; the label says it in words
        );
        break;
      default:
        paint satisfies never;
    }
  }
}

customElements.define("zicht-swatch", ZichtSwatch);

/** The embedded map in the frame of another page: says how high it would like to be, and takes over the look of that page. */
import { type Said, heard } from "./frame-talk.js";
import { HOUSE, type Rgb, readable } from "./house-style.js";

/** The map itself: three quarters of its width, within bounds that suit a phone and a wide page. */
const MAP_PX = { least: 280, most: 520 };
const MAP_RATIO = 0.75;

/** Talks with the page around, if there is one, until the document goes. `root` holds the header, the map and the foot. */
export function talk(root: ParentNode & Node): void {
  takeColor(new URL(location.href).searchParams.get("kleur"));
  if (parent === window) return;
  addEventListener("message", ({ data, source }) => {
    const said = source === parent ? heard(data) : null;
    if (said?.zichtkaart === "style") wear(said.tokens);
  });
  sayHeight(root);
}

/** `?kleur=00568b`: one color, for a frame without a script around it. */
function takeColor(hex: string | null): void {
  if (hex !== null && /^[\da-f]{6}$/i.test(hex)) wear({ [HOUSE.accent.name]: `#${hex}` });
}

function wear(tokens: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(readable(tokens, rgbOf))) document.documentElement.style.setProperty(name, value);
}

function sayHeight(root: ParentNode & Node): void {
  let last = 0;
  const measure = (): void => {
    const parts = [...root.querySelectorAll<HTMLElement>("header, .foot")];
    const map = Math.min(MAP_PX.most, Math.max(MAP_PX.least, document.documentElement.clientWidth * MAP_RATIO));
    const px = Math.ceil(map + parts.reduce((sum, part) => sum + part.scrollHeight, 0));
    if (px === last) return;
    last = px;
    const said: Said = { zichtkaart: "height", px };
    parent.postMessage(said, "*"); // a number, and no secret
  };
  const sizes = new ResizeObserver(measure);
  const watch = (): void => {
    for (const part of root.querySelectorAll("header, .foot")) sizes.observe(part);
    measure();
  };
  new MutationObserver(watch).observe(root, { childList: true, subtree: true });
  addEventListener("resize", measure);
  watch();
}

/** A color as the browser reads it, on white where it is not opaque. */
function rgbOf(color: string): Rgb | null {
  if (!CSS.supports("color", color)) return null;
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  if (pen === null) return null;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 1, 1);
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = pen.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}

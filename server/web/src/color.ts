/** Colors as the browser reads them. */
import type { Rgb } from "./house-style.js";

/** A color on white where it is not opaque; null for one that the browser does not know. */
export function rgbOf(color: string): Rgb | null {
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

/** The embedded map in the frame of another page: says how high it would like to be, and takes over the look of that page. */
import { rgbOf } from "./color.js";
import { type Said, heard } from "./frame-talk.js";
import { HOUSE, readable } from "./house-style.js";
import { watchHeight } from "./own-height.js";

/** Talks with the page around, if there is one, until the document goes. `root` holds the header, the map and the foot. */
export function talk(root: ParentNode & Node): void {
  takeColor(new URL(location.href).searchParams.get("kleur"));
  if (parent === window) return;
  addEventListener("message", ({ data, source }) => {
    const said = source === parent ? heard(data) : null;
    if (said?.zichtkaart === "style") wear(said.tokens);
  });
  watchHeight(root, document.documentElement, (px) => {
    const said: Said = { zichtkaart: "height", px };
    parent.postMessage(said, "*"); // a number, and no secret
  });
}

/** `?kleur=00568b`: one color, for a frame without a script around it. */
function takeColor(hex: string | null): void {
  if (hex !== null && /^[\da-f]{6}$/i.test(hex)) wear({ [HOUSE.accent.name]: `#${hex}` });
}

function wear(tokens: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(readable(tokens, rgbOf))) document.documentElement.style.setProperty(name, value);
}

/** How high an embedded map would like to be: its header and foot as they are, and a map that suits its width. */

/** The map itself, within bounds that suit a phone and a wide page. */
const MAP_PX = { least: 280, most: 520 };
const MAP_RATIO = 0.75;

/** Tells the height now and whenever it changes. `root` holds header and foot; `around` is as wide as the map. Gives back what ends it. */
export function watchHeight(root: ParentNode & Node, around: Element, tell: (px: number) => void): () => void {
  let last = 0;
  const measure = (): void => {
    const parts = [...root.querySelectorAll<HTMLElement>("header, .foot")];
    const map = Math.min(MAP_PX.most, Math.max(MAP_PX.least, around.clientWidth * MAP_RATIO));
    const px = Math.ceil(map + parts.reduce((sum, part) => sum + part.scrollHeight, 0));
    if (px === last) return;
    last = px;
    tell(px);
  };
  const sizes = new ResizeObserver(measure);
  const watch = (): void => {
    for (const part of root.querySelectorAll("header, .foot")) sizes.observe(part);
    measure();
  };
  const parts = new MutationObserver(watch);
  sizes.observe(around);
  parts.observe(root, { childList: true, subtree: true });
  watch();
  return () => {
    sizes.disconnect();
    parts.disconnect();
  };
}

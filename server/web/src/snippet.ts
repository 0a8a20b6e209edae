/** The line that a web editor pastes. */

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An iframe of the embedded map; the title is what a screen reader says of it. */
export function embedSnippet(src: string, title: string): string {
  return `<iframe src="${escaped(src)}" title="${escaped(title)}" width="100%" height="480" loading="lazy" style="border:0"></iframe>`;
}

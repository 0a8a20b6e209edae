/** What the embedded map and the page around it say to each other. Small and without imports: `embed.js` holds it. */

/** From the map: it runs, and would like to be this high. From the page: the house style. */
export type Said = { readonly zichtkaart: "height"; readonly px: number } | { readonly zichtkaart: "style"; readonly tokens: Readonly<Record<string, string>> };

/** A message, if it is one of ours. */
export function heard(data: unknown): Said | null {
  if (typeof data !== "object" || data === null || !("zichtkaart" in data)) return null;
  const { zichtkaart } = data;
  if (zichtkaart === "height" && "px" in data && typeof data.px === "number" && Number.isFinite(data.px)) return { zichtkaart, px: data.px };
  if (zichtkaart !== "style" || !("tokens" in data) || typeof data.tokens !== "object" || data.tokens === null) return null;
  return { zichtkaart, tokens: Object.fromEntries(Object.entries(data.tokens).filter((pair): pair is [string, string] => typeof pair[1] === "string")) };
}

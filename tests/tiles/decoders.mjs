// Decoders of vector tiles that are not ours, for decoders.py: a request per line on stdin, an answer per line on stdout.
//
//     node decoders.mjs NODE_MODULES
//     {"decoder": "mlt-oldest", "tile": "<base64>"}  ->  {"wijk": {"extent": 4096, "features": [...]}}

import { register } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// Packages come from the given folder, and @maplibre/mlt leaves out the ending of its files, which bundlers add.
const HOOKS = `
let base;
export const initialize = (data) => { base = data; };
export const resolve = async (name, context, next) => {
  const parentURL = context.parentURL?.endsWith("decoders.mjs") ? base : context.parentURL;
  try { return await next(name, { ...context, parentURL }); }
  catch (error) {
    if (name.startsWith(".")) return next(name + ".js", { ...context, parentURL });
    throw error;
  }
};`;
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: pathToFileURL(`${process.argv[2]}/../`).href });

const { VectorTile } = await import("@mapbox/vector-tile");
const { PbfReader } = await import("pbf");
const decodeOldest = (await import("mlt-oldest")).decodeTile;
const decodeNewest = (await import("@maplibre/mlt")).decodeTile;

const points = (rings) => rings.map((ring) => ring.map(({ x, y }) => [x, y]));

function mvt(tile) {
  const layers = Object.values(new VectorTile(new PbfReader(tile)).layers);
  const features = (layer) => Array.from({ length: layer.length }, (_, i) => layer.feature(i));
  return layers.map((layer) => [layer.name, layer.extent, features(layer).map((feature) => ({
    id: feature.id,
    type: feature.type,
    geometry: points(feature.loadGeometry()),
    properties: feature.properties,
  }))]);
}

/** As MapLibre GL JS reads them: geometry types 0 to 2 are single, 3 to 5 the same with several parts. */
const mlt = (decode) => (tile) => decode(tile).map((table) => [table.name, table.extent, table.getFeatures().map((feature) => ({
  id: Number(feature.id),
  type: (feature.geometry.type % 3) + 1,
  geometry: points(feature.geometry.coordinates),
  properties: feature.properties,
}))]);

const DECODERS = { mvt, "mlt-oldest": mlt(decodeOldest), "mlt-newest": mlt(decodeNewest) };

for await (const line of createInterface({ input: process.stdin })) {
  const { decoder, tile } = JSON.parse(line);
  let answer;
  try {
    const layers = DECODERS[decoder](new Uint8Array(Buffer.from(tile, "base64")));
    answer = Object.fromEntries(layers.map(([name, extent, features]) => [name, { extent, features }]));
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? `${value}n` : value))}\n`);
}

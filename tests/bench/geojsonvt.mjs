// Tiles with geojson-vt and vt-pbf: all of zoom 0 to 12, gzipped, end to end in one file with an index beside it.
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import GeoJSONVT from 'geojson-vt';
import vtpbf from 'vt-pbf';

const [input, output] = process.argv.slice(2);
const features = readFileSync(input, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line.replace(/^\x1e/, '')));
const index = new GeoJSONVT(
  { type: 'FeatureCollection', features },
  { maxZoom: 12, indexMaxZoom: 12, indexMaxPoints: 0, buffer: 80, generateId: true },
);

const file = openSync(output, 'w');
const entries = [];
let at = 0;
for (const { z, x, y } of index.tileCoords) {
  const tile = index.getTile(z, x, y);
  if (!tile?.features.length) continue;
  const body = gzipSync(vtpbf.fromGeojsonVt({ regio: tile }, { version: 2 }), { level: 6 });
  writeSync(file, body);
  entries.push([z, x, y, at, at + body.length]);
  at += body.length;
}
closeSync(file);
writeFileSync(output.replace(/\.[^.]*$/, '.json'), JSON.stringify(entries));

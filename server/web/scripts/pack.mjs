// Puts x.js.br and x.js.gz beside x.js: packed once, as small as can be, for the server to send as they are.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const assets = new URL("../../static/assets/", import.meta.url);
for (const name of readdirSync(assets).filter((one) => /\.(?:js|css)$/.test(one))) {
  const content = readFileSync(new URL(name, assets));
  writeFileSync(new URL(`${name}.br`, assets), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
  writeFileSync(new URL(`${name}.gz`, assets), gzipSync(content, { level: 9 }));
}

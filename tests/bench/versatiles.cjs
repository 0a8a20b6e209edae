// node versatiles.cjs PORT NAME FILE.pmtiles [VPL]: VersaTiles' server with one source, or with a pipeline as the source
const { TileServer, TileSource } = require("@versatiles/versatiles-rs-linux-x64-gnu");

const [port, name, path, vpl] = process.argv.slice(2);

(async () => {
  const server = new TileServer({ ip: "127.0.0.1", port: Number(port), minimalRecompression: true });
  if (vpl) {
    await server.addTileSource(name, await TileSource.fromVpl(vpl, require("node:path").dirname(path)));
  } else {
    await server.addTileSourceFromPath(name, path);
  }
  await server.start();
  setInterval(() => undefined, 1 << 30);
})();

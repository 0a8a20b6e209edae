import { defineConfig } from "vite";

/** Where `zichtkaart serve` runs while one works on the viewer with `npm run dev`. */
const SERVER = "http://127.0.0.1:8080";

export default defineConfig({
  base: "./", // the atlas may live behind a prefix
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    chunkSizeWarningLimit: 1200, // the map code is one lazy chunk
  },
  server: {
    proxy: Object.fromEntries(["/atlas.json", "/regions", "/tiles", "/styles", "/sprites", "/values"].map((path) => [path, SERVER])),
  },
  worker: { format: "es" },
});

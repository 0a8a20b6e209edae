import { defineConfig } from "vite";

/** Where `zichtkaart serve` runs while one works on the viewer with `npm run dev`. */
const SERVER = "http://127.0.0.1:8080";

/** What `component.js` loads in pages of others: its name never changes. */
const PANEL = "panel";

export default defineConfig({
  base: "./", // the atlas may live behind a prefix
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false, resolveDependencies: (_, links, { hostType }) => (hostType === "html" ? links : []) }, // no links in the head of a page of others
    target: "es2023",
    chunkSizeWarningLimit: 1200, // the map code is one lazy chunk
    rollupOptions: {
      input: { index: "index.html", [PANEL]: "src/panel.ts" },
      output: { entryFileNames: ({ name }) => (name === PANEL ? "[name].js" : "assets/[name]-[hash].js") },
      preserveEntrySignatures: "strict", // `component.js` asks `panel.js` for a name
    },
  },
  server: {
    proxy: Object.fromEntries(["/atlas.json", "/regions", "/tiles", "/styles", "/sprites", "/values"].map((path) => [path, SERVER])),
  },
  worker: { format: "es" },
});

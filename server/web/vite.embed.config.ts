import { defineConfig } from "vite";

/** `embed.js`, the script of other sites: one plain file whose name never changes. It is built after the viewer, into its folder. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../static",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    lib: { entry: "src/embed-element.ts", formats: ["iife"], name: "zichtKaart", fileName: () => "embed.js" },
  },
});

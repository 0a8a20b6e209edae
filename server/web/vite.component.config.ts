import { defineConfig } from "vite";

/** `component.js`, the other script of other sites, on the same terms as `embed.js`; what it loads is built with the viewer. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../static",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    lib: { entry: "src/component.ts", formats: ["es"], fileName: () => "component.js" },
  },
});

import { expect, test } from "vitest";
import { archiveOf, fileOf } from "./static.js";

// The same cases as in tests/server/test_export.py.
test.each([
  ["values/woz", { level: "wijk", year: "2022", f: "csv" }, "values/woz.wijk.2022.csv"],
  ["values/woz", { f: "json" }, "values/woz.json"],
  ["styles/woz", { year: "2022", lang: "en" }, "styles/woz.en.2022.json"],
  ["styles/woz/legend.svg", { lang: "nl", level: "wijk" }, "styles/woz/legend.wijk.svg"],
  ["gebied/GM%2F1%20a", { lang: "en" }, "gebied/GM~2F1~20a.en.html"],
  ["products", { lang: "nl" }, "products.html"],
  ["sprites/reasons@2x.json", {}, "sprites/reasons@2x.json"],
  ["atlas.json", {}, "atlas.json"],
  ["embed", { indicator: "woz" }, "embed.html"],
  ["", {}, "index.html"],
])("the answer to %s %o lies in %s", (path, query, file) => {
  expect(fileOf(path, query)).toBe(file);
});

test("tiles as MLT and as MVT are two archives", () => {
  expect([archiveOf("gebieden-2022", "mlt"), archiveOf("gebieden-2022", null)]).toEqual(["tiles/gebieden-2022.mlt.pmtiles", "tiles/gebieden-2022.pmtiles"]);
});

import { expect, test } from "vitest";
import { REASONS } from "./figure.js";
import { LANGS, TEXTS, type Texts, inLang, langOf, mapLocale } from "./texts.js";

const keys = Object.keys(TEXTS.nl) as (keyof Texts)[];

test("both languages have the same texts, and none is empty", () => {
  expect(Object.keys(TEXTS.en).sort()).toEqual([...keys].sort());
  for (const lang of LANGS) {
    for (const key of keys) {
      const text = TEXTS[lang][key];
      expect(typeof text === "string" ? text.trim() : text, `${lang}.${key}`).not.toBe("");
    }
  }
});

test("a sentence with a gap has one in both languages", () => {
  for (const key of keys) expect(typeof TEXTS.en[key], key).toBe(typeof TEXTS.nl[key]);
});

test("the languages differ, save for what is the same in both", () => {
  const same = keys.filter((key) => TEXTS.nl[key] === TEXTS.en[key]);
  expect(same).toEqual(["downloadCsv", "downloadJson", "downloadExcel", "downloadGeoPackage", "tableFilter", "zoomIn", "scaleKilometers", "scaleMeters"]);
});

test.each(LANGS)("every reason has words in %s", (lang) => {
  for (const reason of REASONS) expect(TEXTS[lang][reason]).toMatch(/^\p{Lu}/u);
});

test("every text of MapLibre that the viewer can show is translated", () => {
  expect(Object.values(mapLocale(TEXTS.nl, "Kaart")).every((text) => text !== "")).toBe(true);
  expect(mapLocale(TEXTS.nl, "Kaart")["CooperativeGesturesHandler.MobileHelpText"]).toContain("twee vingers");
});

test("a text without a translation is shown in Dutch", () => {
  expect(inLang({ nl: "wijk" }, "en")).toBe("wijk");
  expect(inLang({ nl: "wijk", en: null }, "en")).toBe("wijk");
  expect(inLang({ nl: "wijk", en: "district" }, "en")).toBe("district");
});

test("a text knows the language it is shown in", () => {
  expect(langOf({ nl: "wijk" }, "en")).toBe("nl");
  expect(langOf({ nl: "wijk", en: null }, "en")).toBe("nl");
  expect(langOf({ nl: "wijk", en: "district" }, "en")).toBe("en");
  expect(langOf({ nl: "wijk", en: "district" }, "nl")).toBe("nl");
});

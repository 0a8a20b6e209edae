import { expect, test } from "vitest";
import { facts, koopwoningen, misdrijven } from "./fixture.js";
import { figureSource, mapSources } from "./sentences.js";

test("without a source of their own the figures are of the atlas, whose attribution is Dutch", () => {
  expect(figureSource(facts, koopwoningen, "en")).toEqual({ text: "niemand", lang: "nl" });
  expect(mapSources(facts, [koopwoningen], "en")).toEqual([{ text: "niemand", lang: "nl" }]);
});

test("a source knows its language, and the attribution comes after it", () => {
  const translated = { ...koopwoningen, source: { nl: "Register", en: "Registry" } };
  expect(mapSources(facts, [translated], "en")).toEqual([
    { text: "Registry", lang: "en" },
    { text: "niemand", lang: "nl" },
  ]);
  expect(figureSource(facts, { ...koopwoningen, source: { nl: "Register" } }, "en").lang).toBe("nl");
});

test("of two subjects each source is named once", () => {
  const [register, police] = [
    { ...koopwoningen, source: { nl: "Register" } },
    { ...misdrijven, source: { nl: "Politie" } },
  ];
  expect(mapSources(facts, [register, police], "nl").map(({ text }) => text)).toEqual(["Register", "Politie", "niemand"]);
  expect(mapSources(facts, [register, { ...police, source: { nl: "Register" } }], "nl").map(({ text }) => text)).toEqual(["Register", "niemand"]);
});

import { describe, expect, test } from "vitest";
import { facts } from "./fixture.js";
import { type View, choose, readAddress, resolve, writeAddress } from "./view.js";

const nothingMore = { table: null, beside: [], second: null, flow: null, background: false };

const view: View = { ...nothingMore, indicator: "koop-woningen", year: 2022, level: "buurt", area: "BU99010101", lang: "en", camera: { zoom: 9.25, lat: 52.1, lon: 5.25 } };

const at = (rest: string) => readAddress(new URL(`https://kaart.example/atlas/${rest}`));

describe("an address", () => {
  test("is written in a fixed order with Dutch names", () => {
    expect(writeAddress(view, facts)).toBe("?thema=vastgoed&indicator=koop-woningen&jaar=2022&niveau=buurt&gebied=BU99010101&lang=en#9.25/52.1/5.25");
  });

  test("leaves out what is not chosen", () => {
    const bare: View = { ...view, level: null, area: null, lang: "nl", camera: null };
    expect(writeAddress(bare, facts)).toBe("?thema=vastgoed&indicator=koop-woningen&jaar=2022");
  });

  test.each<Partial<View>>([{}, { level: null }, { area: null }, { lang: "nl" }, { camera: null }, { year: 2021, level: null }, { indicator: "misdrijven", year: 2021, level: null }, { table: "-cijfer" }, { background: true }, { beside: ["GM0001", "GM0002"] }, { second: { how: "swipe", indicator: "koop-woningen", year: 2021 } }])(
    "that is written and read again gives the same view: %j",
    (part) => {
      const wanted = { ...view, ...part };
      expect(resolve(at(writeAddress(wanted, facts)), facts)).toEqual({ view: wanted, notes: [] });
    },
  );

  test("without anything asks for the first indicator in its newest year", () => {
    expect(resolve(at(""), facts)).toEqual({ view: { indicator: "koop-woningen", year: 2022, level: null, area: null, lang: "nl", camera: null, ...nothingMore }, notes: [] });
  });

  test("with a theme alone asks for its first indicator", () => {
    expect(resolve(at("?thema=drugs"), facts)?.view.indicator).toBe("misdrijven");
  });

  test.each(["#1/2", "#99/52/5", "#9/91/5", "#9/52/181", "#a/b/c", "#"])("with a nonsensical place %s has no place", (hash) => {
    expect(at(hash).camera).toBeNull();
  });

  test("with what the atlas does not have gives the nearest view and says so", () => {
    const resolved = resolve(at("?indicator=nee&jaar=1999&niveau=straat"), facts);
    expect(resolved?.view).toMatchObject({ indicator: "koop-woningen", year: 2022, level: null });
    expect(resolved?.notes).toEqual([
      { kind: "indicator", asked: "nee" },
      { kind: "year", asked: 1999 },
      { kind: "level", asked: "straat" },
    ]);
  });

  test("compares with what has figures, and with nothing else", () => {
    expect(resolve(at("?schuif=misdrijven,1999"), facts)?.view.second).toEqual({ how: "swipe", indicator: "misdrijven", year: 2021 });
    expect(resolve(at("?schuif=koop-woningen,2022"), facts)?.view.second).toBeNull();
    expect(resolve(at("?kruis=misdrijven,2022"), facts)?.view.second).toBeNull();
    expect(resolve(at("?kruis=misdrijven,2021&jaar=2021"), facts)?.view.second).toEqual({ how: "cross", indicator: "misdrijven", year: 2021 });
    expect(resolve(at("?schuif=nee,2021"), facts)?.view.second).toBeNull();
  });

  test("has no more areas side by side than fit, and each once", () => {
    expect(at("?naast=A,B,A,,C,D,E").beside).toEqual(["A", "B", "C", "D"]);
  });

  test("of an indicator without figures counts as unknown", () => {
    expect(resolve(at("?indicator=leeg"), facts)?.notes).toEqual([{ kind: "indicator", asked: "leeg" }]);
  });

  test("in an atlas without figures has no view", () => {
    expect(resolve(at(""), { ...facts, indicators: [] })).toBeNull();
  });
});

describe("a choice", () => {
  test("of an indicator without the year and level takes its newest year and lets the zoom decide", () => {
    expect(choose(view, { indicator: "misdrijven" }, facts)).toMatchObject({ indicator: "misdrijven", year: 2021, level: null });
  });

  test("keeps the rest of the view", () => {
    expect(choose(view, { lang: "nl" }, facts)).toEqual({ ...view, lang: "nl" });
  });
});

import { expect, test } from "vitest";
import { componentSnippet, elementSnippet, embedSnippet, withColor } from "./snippet.js";

const SRC = "https://kaart.example/atlas/embed?thema=vastgoed&indicator=koopwoningen&jaar=2022&gebied=GM0772&lang=en#9/52/5";

test("the snippet is an iframe that loads late and has a title", () => {
  expect(embedSnippet({ src: "https://kaart.example/embed?jaar=2022&lang=en#9/52/5", title: 'Woningen "2022"', height: null })).toBe(
    '<iframe src="https://kaart.example/embed?jaar=2022&amp;lang=en#9/52/5" title="Woningen &quot;2022&quot;" width="100%" height="480" loading="lazy" style="border:0"></iframe>',
  );
});

test("the element says the same in attributes, and has a link for who does not get it", () => {
  expect(elementSnippet({ src: SRC, title: "Koopwoningen, 2022", height: 600 })).toBe(
    [
      '<script src="https://kaart.example/atlas/embed.js" defer></script>',
      '<zicht-kaart theme="vastgoed" indicator="koopwoningen" year="2022" area="GM0772" lang="en" heading="Koopwoningen, 2022" height="600">',
      '  <a href="https://kaart.example/atlas/?thema=vastgoed&amp;indicator=koopwoningen&amp;jaar=2022&amp;gebied=GM0772&amp;lang=en">Koopwoningen, 2022</a>',
      "</zicht-kaart>",
    ].join("\n"),
  );
});

test("the part of a page has the same attributes, and a module for a script", () => {
  const text = componentSnippet({ src: SRC, title: "Koopwoningen, 2022", height: null });
  expect(text).toContain('<script type="module" src="https://kaart.example/atlas/component.js"></script>');
  expect(text).toContain('<zicht-kaart-paneel theme="vastgoed" indicator="koopwoningen" year="2022" area="GM0772" lang="en" heading="Koopwoningen, 2022">');
  expect(text).toContain("</zicht-kaart-paneel>");
});

test("on a static site both are files", () => {
  const text = elementSnippet({ src: "https://www.example/kaart/embed.html?indicator=a", title: "A", height: null });
  expect(text).toContain('<script src="https://www.example/kaart/embed.js" data-page="embed.html" defer>');
  expect(text).toContain('href="https://www.example/kaart/index.html?indicator=a"');
});

test("a color stands in the address", () => {
  expect(withColor(SRC, "#9b0050")).toContain("lang=en&kleur=9b0050#9/52/5");
  expect(withColor(SRC, null)).toBe(SRC);
});

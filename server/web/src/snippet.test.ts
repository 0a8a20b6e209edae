import { expect, test } from "vitest";
import { embedSnippet } from "./snippet.js";

test("the snippet is an iframe that loads late and has a title", () => {
  expect(embedSnippet("https://kaart.example/embed?jaar=2022&lang=en#9/52/5", 'Woningen "2022"')).toBe(
    '<iframe src="https://kaart.example/embed?jaar=2022&amp;lang=en#9/52/5" title="Woningen &quot;2022&quot;" width="100%" height="480" loading="lazy" style="border:0"></iframe>',
  );
});

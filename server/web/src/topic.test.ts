import { expect, test } from "vitest";
import { facts, misdrijven, withTopics } from "./fixture.js";
import { dimensionsOf, expressionOf, measuresOf, nearest, shownTopics, topicOf } from "./topic.js";

const [topic] = shownTopics(withTopics);
if (topic === undefined) throw new Error("the fixture has a topic");

test("an indicator without a topic is one of its own", () => {
  expect(shownTopics(facts).map(({ id }) => id)).toEqual(["koop-woningen", "misdrijven", "soort"]);
  expect(measuresOf(facts, topicOf(facts, misdrijven))).toHaveLength(1);
  expect(dimensionsOf(facts, topicOf(facts, misdrijven))).toEqual([]);
});

test("only codes and measures with figures are offered", () => {
  expect(dimensionsOf(withTopics, topic).map(({ codes }) => codes.map(({ id }) => id))).toEqual([["alle", "hard"]]);
  expect(measuresOf(withTopics, topic).map(({ id }) => id)).toEqual(["per-1000", "aantal"]);
});

test("what was chosen is kept, and what has no figures with it gives way", () => {
  const wish = { measure: "per-1000", breakdown: { feit: "hard" } };
  expect(nearest(withTopics, topic, wish, "feit")?.id).toBe("delicten-hard-aantal");
  expect(nearest(withTopics, topic, wish, "measure")?.id).toBe("delicten");
});

test("an indicator knows how it is expressed", () => {
  expect(expressionOf(misdrijven)).toEqual({ measure: "", breakdown: {} });
});

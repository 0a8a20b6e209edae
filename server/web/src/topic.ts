/** Topics: one thing that is counted, in several measures and broken down by dimensions. Each combination with figures is an indicator. */
import { indicatorOf, shownIndicators } from "./atlas.js";
import type { AtlasFacts, DimensionFacts, IndicatorFacts, MeasureFacts, TopicFacts } from "./atlas-types.js";

/** What a reader can change about an indicator without leaving its topic. */
export interface Expression {
  readonly measure: string;
  /** By dimension the code. */
  readonly breakdown: Readonly<Record<string, string>>;
}

/** The topics that have figures, in the order of the catalog; in an older atlas every indicator is a topic of its own. */
export function shownTopics(facts: AtlasFacts): TopicFacts[] {
  const shown = shownIndicators(facts);
  const ids = new Set(shown.map(({ id }) => id));
  const topics = (facts.topics ?? []).map((topic) => ({ ...topic, indicators: topic.indicators.filter((id) => ids.has(id)) }));
  const held = new Set(topics.flatMap(({ indicators }) => indicators));
  return [...topics.filter(({ indicators }) => indicators.length > 0), ...shown.filter(({ id }) => !held.has(id)).map(alone)];
}

function alone({ id, theme, title, kind, unit }: IndicatorFacts): TopicFacts {
  return { id, theme, title, measures: [{ id: "", title: unit, kind, unit }], indicators: [id] };
}

export function topicOf(facts: AtlasFacts, indicator: IndicatorFacts): TopicFacts {
  return shownTopics(facts).find(({ indicators }) => indicators.includes(indicator.id)) ?? alone(indicator);
}

export function expressionOf({ measure, breakdown }: IndicatorFacts): Expression {
  return { measure: measure ?? "", breakdown: breakdown ?? {} };
}

/** The dimensions in which a topic has more than one code with figures, each with those codes. */
export function dimensionsOf(facts: AtlasFacts, topic: TopicFacts): DimensionFacts[] {
  const members = topic.indicators.map((id) => indicatorOf(facts, id));
  return (topic.dimensions ?? []).flatMap((id) => {
    const dimension = (facts.dimensions ?? []).find((one) => one.id === id);
    const codes = dimension?.codes.filter((code) => members.some(({ breakdown }) => breakdown?.[id] === code.id)) ?? [];
    return dimension !== undefined && codes.length > 1 ? [{ ...dimension, codes }] : [];
  });
}

/** The measures of a topic that have figures. */
export function measuresOf(facts: AtlasFacts, topic: TopicFacts): MeasureFacts[] {
  const members = topic.indicators.map((id) => indicatorOf(facts, id));
  return topic.measures.filter(({ id }) => members.some(({ measure }) => (measure ?? "") === id));
}

/**
 * The indicator of a topic that comes nearest to a wish. What was just chosen is kept; where the combination has no figures the
 * rest gives way, from the last dimension to the first.
 */
export function nearest(facts: AtlasFacts, topic: TopicFacts, wish: Expression, chosen: string): IndicatorFacts | undefined {
  const dimensions = topic.dimensions ?? [];
  const score = ({ measure, breakdown }: IndicatorFacts): number => {
    const same = (key: string): boolean => (key === "measure" ? (measure ?? "") === wish.measure : breakdown?.[key] === wish.breakdown[key]);
    const weights = ["measure", ...dimensions].map((key, place) => (same(key) ? 2 ** (dimensions.length - place) : 0));
    return (same(chosen) ? 1000 : 0) + weights.reduce((sum, weight) => sum + weight, 0);
  };
  const members = topic.indicators.map((id) => indicatorOf(facts, id));
  return members.toSorted((a, b) => score(b) - score(a))[0];
}

/** `<zicht-app>`: the page. It owns the view, which the address reflects, and hands every element its part. */
import { LitElement, type PropertyValues, html, nothing } from "lit";
import "./about-figures.js";
import { address, problemSentence, readAtlas, readFigures, readFlows, readPostcodes, readRegions, readTrend } from "./api.js";
import { appSheet } from "./app-sheet.js";
import type { Area, FigureState, Pointed } from "./area.js";
import "./area-card.js";
import { editionOf, indicatorOf, levelFacts, levelsOf, nationalNumber, seriesIn } from "./atlas.js";
import type { AtlasFacts, EditionFacts, FlowFacts, IndicatorFacts, LevelFacts, Reason } from "./atlas-types.js";
import { FILL_OPACITY, backgroundCredit } from "./background.js";
import type { Beside } from "./beside.js";
import "./beside.js";
import "./choices.js";
import "./compare-choice.js";
import "./cross-legend.js";
import { type Figure, formatFigure } from "./figure.js";
import type { Table } from "./figure-table.js";
import "./figure-table.js";
import "./flow-list.js";
import { type FlowLines, type Stream, flowLines, streamsOf } from "./flows.js";
import { closeIcon, outsideIcon, pictureIcon, printIcon, tableIcon, warnIcon } from "./icons.js";
import "./legend-list.js";
import { classLabelOf } from "./legend.js";
import type { Drawing, Goal, MapEvents, Padding } from "./map-events.js";
import type { ZichtMap } from "./map.js";
import { noticeBadge } from "./notice.js";
import "./page-header.js";
import { PAGE, type Place } from "./place.js";
import type { Region, Regions } from "./regions.js";
import type { Sort } from "./rows.js";
import "./search-box.js";
import { figureSource, mapSources, noteSentence } from "./sentences.js";
import { base, tokens } from "./sheet.js";
import { spoken, spokenSources } from "./spoken.js";
import { isStatic } from "./static.js";
import { TEXTS, type Lang, type Texts, inLang } from "./texts.js";
import { MOST_BESIDE, type Note, type Second, type View, choose, readAddress, resolve, writeAddress } from "./view.js";

/** Room on the map for the card of an area, where the style sheet puts it. */
const ROOM: Readonly<Record<"none" | "above" | "beside" | "below", Padding>> = {
  none: { top: 20, right: 20, bottom: 20, left: 20 },
  above: { top: 70, right: 30, bottom: 20, left: 30 },
  beside: { top: 50, right: 70, bottom: 50, left: 390 },
  below: { top: 30, right: 60, bottom: 135, left: 30 },
};

const NOTHING_YET = { level: null, drawing: null, reasons: {} } as const;

const WIDE = matchMedia("(min-width: 56rem)");

export class ZichtApp extends LitElement {
  static override properties = {
    embedded: { type: Boolean, reflect: true },
    facts: { state: true },
    view: { state: true },
    goal: { state: true },
    area: { state: true },
    pointed: { state: true },
    outlined: { state: true },
    level: { state: true },
    reasons: { state: true },
    notes: { state: true },
    problem: { state: true },
    isFatal: { state: true },
    isWide: { state: true },
    drawing: { state: true },
    zoom: { state: true },
    swipeAt: { state: true },
    secondSide: { state: true },
    secondFigure: { state: true },
    flow: { state: true },
  };

  static override styles = [tokens, base, appSheet];

  /** Only the map, for a frame in another site. */
  declare embedded: boolean;
  /** Owner of the view; to be set before the element is part of a page. */
  place: Place = PAGE;
  declare protected facts: AtlasFacts | null;
  declare protected view: View | null;
  declare protected goal: Goal | null;
  declare protected area: Area | null;
  /** The area under the pointer or the crosshair. */
  declare protected pointed: Pointed | null;
  /** The area of the row under the pointer. */
  declare protected outlined: { readonly code: string; readonly level: string } | null;
  /** The level that the map shows now. */
  declare protected level: string | null;
  /** The reasons that occur on the map, by level. */
  declare protected reasons: Readonly<Record<string, ReadonlySet<Reason>>>;
  declare protected notes: readonly Note[];
  declare protected problem: string | null;
  /** Whether the problem leaves nothing to show. */
  declare protected isFatal: boolean;
  declare protected isWide: boolean;
  /** What the map draws besides fills. */
  declare protected drawing: Drawing | null;
  /** Of the map, in steps that a circle in the legend can follow. */
  declare protected zoom: number;
  /** How much of the map is left of the slider, in percent. */
  declare protected swipeAt: number;
  /** What the map right of the slider tells. */
  declare protected secondSide: { readonly level: string | null; readonly drawing: Drawing | null; readonly reasons: Readonly<Record<string, ReadonlySet<Reason>>> };
  /** Of the selected area, in the second subject or year. */
  declare protected secondFigure: Figure | null;
  /** The flows of the selected area: those that were asked for, and null while they are read. */
  declare protected flow: { readonly key: string; readonly name: string | null; readonly streams: readonly Stream[] | null; readonly lines: FlowLines | null } | null;

  /** Whether the last choice was of a year and nothing else. */
  #wasYearAlone = false;

  readonly #back = () => {
    this.#wasYearAlone = false;
    this.#readAddress();
  };
  readonly #resize = () => (this.isWide = WIDE.matches);

  constructor() {
    super();
    this.embedded = /\/embed(\/|\.html)?$/.test(location.pathname);
    this.facts = null;
    this.view = null;
    this.goal = null;
    this.area = null;
    this.pointed = null;
    this.outlined = null;
    this.level = null;
    this.reasons = {};
    this.notes = [];
    this.problem = null;
    this.isFatal = false;
    this.isWide = WIDE.matches;
    this.drawing = null;
    this.zoom = 0;
    this.swipeAt = 50;
    this.secondSide = NOTHING_YET;
    this.secondFigure = null;
    this.flow = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.place.isPage) addEventListener("popstate", this.#back);
    WIDE.addEventListener("change", this.#resize);
    void this.#start();
    if (this.embedded && this.place.isPage) void import("./framed.js").then(({ talk }) => talk(this.renderRoot));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("popstate", this.#back);
    WIDE.removeEventListener("change", this.#resize);
  }

  async #start(): Promise<void> {
    try {
      const map = import("./map.js"); // the legend need not wait for it
      map.catch(() => (this.problem = this.#texts.problemMap));
      const facts = await readAtlas();
      if ((facts.format ?? 1) !== 1) throw new Error(this.#texts.problemFormat);
      this.facts = facts;
      this.#readAddress();
    } catch (problem) {
      this.isFatal = true;
      this.problem = `${this.#texts.problemAtlas} ${problemSentence(problem, this.#texts)}`;
    }
  }

  /** From the address to the view: at the start, and when the reader goes back or forth. */
  #readAddress(): void {
    if (this.facts === null) return;
    const resolved = resolve(readAddress(this.place.url), this.facts);
    if (resolved === null) {
      this.isFatal = true;
      this.problem = this.#texts.problemEmpty;
      return;
    }
    this.view = resolved.view;
    this.notes = resolved.notes;
    this.goal = this.#goalOf(resolved.view);
    void this.#findArea(this.view.camera === null ? "jump" : "stay");
  }

  #goalOf({ camera }: View): Goal {
    return camera === null ? { kind: "bounds", bounds: this.#edition.bounds, padding: ROOM.none, jump: true, maxZoom: Infinity } : { kind: "camera", camera };
  }

  /** A choice of the reader: a new view, and a new entry in the history. */
  #choose(choice: Partial<View>): void {
    if (this.facts === null || this.view === null) return;
    const view = choose(this.view, choice, this.facts);
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    const isYearAlone = JSON.stringify({ ...view, year: 0 }) === JSON.stringify({ ...this.view, year: 0 });
    this.view = view;
    this.notes = [];
    this.problem = null;
    // A film of ten years is one step back, not ten.
    if (isYearAlone && this.#wasYearAlone) this.place.replace(writeAddress(view, this.facts));
    else this.place.push(writeAddress(view, this.facts));
    this.#wasYearAlone = isYearAlone;
  }

  #chooseMap(choice: Partial<View>): void {
    this.#choose(choice);
    void this.#findArea("stay");
    const level = choice.level == null ? undefined : this.#levels.find((one) => one.id === choice.level);
    if (level !== undefined) this.#zoomTo(level);
  }

  #zoomTo(level: LevelFacts): void {
    this.goal = { kind: "closer", zoom: level.minzoom };
  }

  #moved(camera: MapEvents["camera"]): void {
    if (this.facts === null || this.view === null) return;
    this.view = { ...this.view, camera };
    this.place.replace(writeAddress(this.view, this.facts));
  }

  #meet({ level, reason }: MapEvents["reason"]): void {
    if (this.reasons[level]?.has(reason) === true) return;
    this.reasons = { ...this.reasons, [level]: new Set([...(this.reasons[level] ?? []), reason]) };
  }

  /** The map moves: the map right of the slider goes along, and so do circles in the legend. */
  #move(camera: MapEvents["moving"]): void {
    const zoom = Math.round(camera.zoom * 10) / 10;
    if (zoom !== this.zoom) this.zoom = zoom;
    this.renderRoot.querySelector<ZichtMap>("zicht-map[bare]")?.follow(camera);
  }

  /** The map right of the slider is there: it begins where the first one is. */
  #follow(): void {
    const [first, second] = this.renderRoot.querySelectorAll<ZichtMap>("zicht-map");
    const camera = first?.camera ?? null;
    if (camera !== null) second?.follow(camera);
  }

  #meetSecond({ level, reason }: MapEvents["reason"]): void {
    const { reasons } = this.secondSide;
    if (reasons[level]?.has(reason) === true) return;
    this.secondSide = { ...this.secondSide, reasons: { ...reasons, [level]: new Set([...(reasons[level] ?? []), reason]) } };
  }

  #secondKey = "";

  /** The figure of the selected area in the second subject. */
  async #findSecond(view: View): Promise<void> {
    const code = this.area?.code ?? null;
    const key = JSON.stringify([view.second, code]);
    if (key === this.#secondKey) return;
    this.#secondKey = key;
    this.secondFigure = null;
    if (view.second === null || this.area === null) return;
    const { indicator, year } = view.second;
    const { level } = this.area;
    if (!seriesIn(indicatorOf(this.#shown.facts, indicator), year).some((series) => series.level === level)) return;
    try {
      const figures = await readFigures({ indicator, level, year });
      if (key === this.#secondKey) this.secondFigure = figures.get(code ?? "") ?? null;
    } catch (problem) {
      if (key === this.#secondKey) this.problem = `${this.#texts.problemValues} ${problemSentence(problem, this.#texts)}`;
    }
  }

  /** The flows of the selected area, or of the area of their level around it. */
  #findFlows(view: View): void {
    const facts = this.#flowFacts;
    const key = JSON.stringify([view.flow, view.year, view.area, this.area?.code ?? null]);
    if (facts === null) {
      if (this.flow !== null) this.flow = null;
      return;
    }
    if (this.flow?.key === key) return;
    this.flow = { key, name: view.area === null ? "" : null, streams: null, lines: null };
    void this.#readFlow(facts, view.year, key);
  }

  async #readFlow(facts: FlowFacts, year: number, key: string): Promise<void> {
    const edition = facts.editions[facts.years.indexOf(year)];
    if (edition === undefined || this.area === null) return;
    const { code } = this.area;
    try {
      const [rows, regions] = await Promise.all([readFlows(facts.id), readRegions(edition)]);
      const here = regions.upTo(code, facts.level);
      if (this.flow?.key !== key) return;
      if (here === undefined) {
        this.flow = { key, name: "", streams: null, lines: null };
        return;
      }
      const streams = streamsOf(rows, here.code, year);
      this.flow = { key, name: here.name, streams, lines: flowLines(streams, here, (other) => regions.get(other)) };
    } catch (problem) {
      if (this.flow?.key === key) this.problem = `${this.#texts.problemValues} ${problemSentence(problem, this.#texts)}`;
    }
  }

  get #flowFacts(): FlowFacts | null {
    return (this.facts?.flows ?? []).find(({ id }) => id === this.view?.flow) ?? null;
  }

  /** Saves what is shown as one picture. */
  async #savePicture(): Promise<void> {
    const { facts, view } = this.#shown;
    const t = this.#texts;
    const copies = [...this.renderRoot.querySelectorAll<ZichtMap>("zicht-map")].map((map) => map.copy());
    const [first] = copies;
    if (first == null) return;
    const level = this.#legendLevel;
    const sides = this.#sides(facts, view);
    const parts = view.second?.how === "swipe" ? [sides.join(" | ")] : [view.second === null ? "" : sides.join(" / "), inLang(this.#indicator.unit, view.lang)];
    const { second } = view;
    const legend = (indicator: IndicatorFacts, on: LevelFacts | undefined, other: string | null): string => {
      const isSized = indicator.drawn === "symbols" && !isStatic(); // a static site has each legend once
      return address(`styles/${indicator.id}/legend.svg`, { level: on?.id ?? null, lang: view.lang, with: other, zoom: isSized ? String(this.zoom) : null });
    };
    try {
      const { pictureOf, save } = await import("./picture.js");
      const blob = await pictureOf(
        {
          title: `${inLang(facts.title, view.lang)}: ${this.#heading}`,
          subtitle: [...parts, level === undefined ? "" : t.per(inLang(level.title, view.lang)), this.area?.name ?? ""].filter((part) => part !== "").join(", "),
          maps: copies.flatMap((copy, row) => (copy === null ? [] : [{ canvas: copy.canvas, from: row === 0 ? 0 : this.swipeAt / 100 }])),
          legends: [
            legend(this.#indicator, level, second?.how === "cross" ? second.indicator : null),
            ...(second?.how === "swipe" && second.indicator !== view.indicator
              ? [legend(indicatorOf(facts, second.indicator), this.#secondLevel(facts, second), null)]
              : []),
          ],
          lines: [
            `${t.source}: ${mapSources(facts, this.#indicators, view.lang).map(({ text }) => text).join(" | ")}${this.#backgroundLine}`,
            ...(facts.notice == null ? [] : [inLang(facts.notice, view.lang)]),
          ],
        },
        first.ratio,
      );
      save(blob, `${view.indicator}-${view.year}.png`);
    } catch (problem) {
      this.problem = `${t.problemPicture} ${problemSentence(problem, t)}`;
    }
  }

  /** The areas that stand side by side. */
  async #readBeside(codes: readonly string[]): Promise<readonly Beside[]> {
    const indicator = this.#indicator;
    const regions = await this.#regions();
    const known = codes.flatMap((code) => regions.get(code) ?? []);
    return Promise.all(known.map(async (region) => ({ region, around: regions.around(region), trend: await readTrend(indicator, region) })));
  }

  /** Sets the selected area beside those that are there; the table makes room. */
  #compareArea(): void {
    const { view } = this.#shown;
    if (this.area !== null) this.#choose({ beside: [...view.beside, this.area.code].slice(0, MOST_BESIDE), table: null });
  }

  /** The area that was clicked; the map tells its figure at once, unless it still draws an earlier choice. */
  #pick(pointed: Pointed | null): void {
    this.#choose({ area: pointed?.code ?? null });
    if (pointed === null) {
      this.area = null;
      return;
    }
    const figure: FigureState = pointed.figure === null ? { kind: "loading" } : { kind: "known", figure: pointed.figure };
    this.area = { ...pointed, around: [], figure };
    void (pointed.figure === null ? this.#findArea("stay") : this.#findAround(pointed.code));
  }

  #found(region: Region): void {
    // A fixed level that is coarser than what was found would hide it.
    const fixed = this.view?.level ?? null;
    const ranks = this.#levels.map(({ id }) => id);
    const level = ranks.indexOf(region.level) > ranks.indexOf(fixed ?? "") ? null : fixed;
    this.#choose({ area: region.code, level });
    this.#fly(region, false);
    void this.#findArea("stay");
  }

  #fly({ bounds }: Region, jump: boolean, maxZoom = Infinity): void {
    this.goal = { kind: "bounds", bounds, padding: this.embedded ? ROOM.above : this.isWide ? ROOM.beside : ROOM.below, jump, maxZoom };
  }

  async #findAround(code: string): Promise<void> {
    const regions = await this.#regions().catch(() => null); // the names around an area are an extra
    const region = regions?.get(code);
    if (region !== undefined && this.area?.code === code) this.area = { ...this.area, name: region.name, around: regions?.around(region) ?? [] };
  }

  /** The selected area of the view, by its code alone. */
  async #findArea(move: "jump" | "stay"): Promise<void> {
    const { view } = this;
    if (view?.area == null) {
      this.area = null;
      return;
    }
    if (this.area?.code === view.area) this.area = { ...this.area, figure: { kind: "loading" } };
    const stillAsked = () => this.view?.area === view.area && this.view.indicator === view.indicator && this.view.year === view.year;
    try {
      const regions = await this.#regions();
      const region = regions.get(view.area);
      if (!stillAsked()) return;
      if (region === undefined) {
        this.area = null;
        const { facts, view: now } = this.#shown; // the map may have moved since
        this.view = { ...now, area: null };
        this.place.replace(writeAddress(this.view, facts));
        this.notes = [...this.notes, { kind: "area", asked: view.area, borders: this.#edition.year }];
        return;
      }
      if (move === "jump") this.#fly(region, true);
      this.area = { ...region, around: regions.around(region), figure: { kind: "loading" } };
      const figure = await this.#figure(view, region);
      if (stillAsked() && this.area !== null) this.area = { ...this.area, figure };
    } catch (problem) {
      if (!stillAsked()) return;
      const sentence = `${this.#texts.problemRegions} ${problemSentence(problem, this.#texts)}`;
      this.problem = sentence;
      if (this.area !== null) this.area = { ...this.area, figure: { kind: "failed", sentence } };
    }
  }

  async #figure({ indicator, year }: View, { level, code }: Region): Promise<FigureState> {
    if (!seriesIn(this.#indicator, year).some((series) => series.level === level)) return { kind: "absent" };
    try {
      const figure = (await readFigures({ indicator, level, year })).get(code);
      return figure === undefined ? { kind: "absent" } : { kind: "known", figure };
    } catch (problem) {
      return { kind: "failed", sentence: `${this.#texts.problemValues} ${problemSentence(problem, this.#texts)}` };
    }
  }

  #regions(): Promise<Regions> {
    return readRegions(this.#edition.year);
  }

  get #lang(): Lang {
    return this.view?.lang ?? readAddress(this.place.url).lang;
  }

  get #texts(): Texts {
    return TEXTS[this.#lang];
  }

  get #shown(): { facts: AtlasFacts; view: View } {
    if (this.facts === null || this.view === null) throw new Error("nothing is shown yet");
    return { facts: this.facts, view: this.view };
  }

  get #indicator(): IndicatorFacts {
    const { facts, view } = this.#shown;
    return indicatorOf(facts, view.indicator);
  }

  /** Those on the map: one, or two where another is shown with it. */
  get #indicators(): IndicatorFacts[] {
    const { facts, view } = this.#shown;
    return [...new Set([view.indicator, view.second?.indicator ?? view.indicator])].map((id) => indicatorOf(facts, id));
  }

  get #edition(): EditionFacts {
    const { facts, view } = this.#shown;
    return editionOf(facts, this.#indicator, view.year, view.level);
  }

  get #levels(): LevelFacts[] {
    const { facts, view } = this.#shown;
    return levelsOf(facts, this.#indicator, view.year);
  }

  /** The view to pass on, without an area that is not known to exist. */
  get #sound(): View {
    const { view } = this.#shown;
    return { ...view, area: this.area?.code === view.area ? view.area : null };
  }

  /** The level that was chosen, when the map is too far out to show it. */
  get #tooFar(): LevelFacts | null {
    const { view } = this.#shown;
    const fixed = view.level === null ? undefined : this.#levels.find((level) => level.id === view.level);
    if (fixed === undefined) return null;
    const isCoarser = this.level !== null && this.level !== fixed.id;
    return isCoarser || (view.camera !== null && view.camera.zoom < fixed.minzoom) ? fixed : null;
  }

  /** The level of the legend: what the map shows, or will. */
  get #legendLevel(): LevelFacts | undefined {
    const { view } = this.#shown;
    return this.#levels.find((one) => one.id === (this.level ?? view.level)) ?? this.#levels[0];
  }

  /** The level of the legend of the map right of the slider. */
  #secondLevel(facts: AtlasFacts, { indicator, year }: Second): LevelFacts | undefined {
    const levels = levelsOf(facts, indicatorOf(facts, indicator), year);
    return levels.find(({ id }) => id === this.secondSide.level) ?? levels[0];
  }

  override willUpdate(changed: PropertyValues): void {
    const before: unknown = changed.get("view");
    if (isView(before) && this.view !== null && JSON.stringify(before.second) !== JSON.stringify(this.view.second)) this.secondSide = NOTHING_YET;
    if (this.view !== null) {
      this.#findFlows(this.view);
      void this.#findSecond(this.view);
    }
    if (isView(before) && this.view !== null && drawnKey(before) !== drawnKey(this.view)) {
      this.reasons = {};
      this.drawing = null;
    }
  }

  override updated(changed: PropertyValues): void {
    // Colors of the legend are as pale as those on the map.
    if (this.#backgroundLine === "") this.style.removeProperty("--fill-opacity");
    else this.style.setProperty("--fill-opacity", String(FILL_OPACITY));
    if (!this.place.isPage) {
      this.#tell(changed);
      return;
    }
    document.documentElement.lang = this.#lang;
    if (this.facts !== null && this.view !== null) document.title = `${this.#heading} | ${inLang(this.facts.title, this.#lang)}`;
  }

  /** What a part of a page of others says to what holds it: that there is a map or none, and which area is chosen. */
  #tell(changed: PropertyValues): void {
    if (this.isFatal) this.dispatchEvent(new Event("failed"));
    if (this.view === null) return;
    if (changed.has("view") && changed.get("view") === null) this.dispatchEvent(new Event("shown"));
    const { indicator, year } = this.view;
    if (changed.has("area") && this.area?.figure.kind !== "loading") this.dispatchEvent(new CustomEvent("area", { detail: { area: this.area, indicator, year } }));
  }

  /** Whose background map is shown, if one is; behind the sources of the figures. */
  get #backgroundLine(): string {
    const credit = this.view?.background === true ? backgroundCredit() : null;
    return credit === null ? "" : ` | ${credit}`;
  }

  get #heading(): string {
    const { view } = this.#shown;
    return `${inLang(this.#indicator.title, view.lang)}, ${view.year}`;
  }

  override render() {
    if (this.isFatal) return html`<main class="fatal">${this.#alert()}</main>`;
    if (this.facts === null || this.view === null) return html`<main class="wait" aria-busy="true"><p class="quiet">${this.#texts.mapLoading}</p></main>`;
    return this.embedded ? this.#embedPage(this.facts, this.view) : this.#fullPage(this.facts, this.view);
  }

  #fullPage(facts: AtlasFacts, view: View) {
    const t = this.#texts;
    const tooFar = this.#tooFar;
    const choices = html`<zicht-choices
      .facts=${facts}
      .view=${view}
      .tooFar=${tooFar}
      @choose=${(event: CustomEvent<Partial<View>>) => this.#chooseMap(event.detail)}
      @closer=${() => tooFar !== null && this.#zoomTo(tooFar)}
    ></zicht-choices>
      <zicht-compare .facts=${facts} .view=${view} @choose=${(event: CustomEvent<Partial<View>>) => this.#chooseMap(event.detail)}></zicht-compare>`;
    return html`
      <zicht-header
        .facts=${facts}
        .view=${this.#sound}
        .heading=${this.#heading}
        @choose=${(event: CustomEvent<Partial<View>>) => this.#choose(event.detail)}
        @skip=${() => this.#focusMap()}
      ></zicht-header>
      <main>
        <div class="choose">
          <zicht-search
            .lang=${view.lang}
            .load=${() => this.#regions()}
            .levelTitle=${(level: string) => this.#levelTitle(level)}
            .loadPostcodes=${(facts.postcodes ?? []).length === 0 ? null : readPostcodes}
            .isShown=${(level: string) => this.#levels.some(({ id }) => id === level)}
            @found=${(event: CustomEvent<Region>) => this.#found(event.detail)}
          ></zicht-search>
          ${this.isWide
            ? choices
            : html`<details>
                <summary><span>${this.#heading}</span><span class="change">${t.controls}</span></summary>
                <div class="within">${choices}</div>
              </details>`}
        </div>
        ${this.#stage(facts, view)}
        <div class="explain">
          ${this.#legends(facts, view, false)} ${this.#flowList(facts, view)}
          <p class="acts">
            <button class="button" type="button" aria-pressed=${view.table !== null} @click=${() => this.#choose({ table: view.table === null ? "naam" : null })}>
              ${tableIcon} ${t.tableShow}
            </button>
            <button class="button" type="button" @click=${() => void this.#savePicture()}>${pictureIcon} ${t.picture}</button>
            <button class="button" type="button" @click=${() => window.print()}>${printIcon} ${t.print}</button>
          </p>
          <zicht-about
            .facts=${facts}
            .query=${{ indicator: view.indicator, level: view.level ?? this.#legendLevel?.id ?? null, year: view.year }}
            .lang=${view.lang}
          ></zicht-about>
        </div>
      </main>
      ${this.#announcement()}
    `;
  }

  #embedPage(facts: AtlasFacts, view: View) {
    const t = this.#texts;
    const level = this.#legendLevel;
    const unit = inLang(this.#indicator.unit, view.lang);
    const parts = [unit, level === undefined ? "" : t.per(inLang(level.title, view.lang)), String(view.year)].filter((part) => part !== "");
    const title = html`${spoken(this.#indicator.title, view.lang)} <span class="quiet">${parts.join(", ")}</span>`;
    const content = html`${this.#stage(facts, view)}
      <div class=${this.area === null ? "foot" : "foot chosen"}>
        ${this.#legends(facts, view, true)}
        <p class="source">
          <span>${t.source}: ${spokenSources(facts, this.#indicators, view.lang)}${this.#backgroundLine}</span>
          <a href=${address(writeAddress(this.#sound, facts))} target="_blank" rel="noopener">${t.fullPage} ${outsideIcon}</a>
        </p>
      </div>`;
    // A page of others has a first heading and a main part of its own.
    const { isPage } = this.place;
    return html`
      <header>${isPage ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`} ${noticeBadge(facts, view.lang)}</header>
      ${isPage ? html`<main>${content}</main>` : html`<div class="main">${content}</div>`} ${this.#announcement()}
    `;
  }

  #stage(facts: AtlasFacts, view: View) {
    const t = this.#texts;
    const tooFar = this.#tooFar;
    return html`<section class="stage" aria-label=${this.place.isPage ? t.map : nothing}>
      <div class="ground">
        <zicht-map
          .facts=${facts}
          .view=${view}
          .goal=${this.goal}
          .selected=${this.area}
          .outlined=${this.outlined}
          .embedded=${this.embedded}
          .flows=${this.flow?.lines ?? null}
          .load=${() => this.#regions()}
          @moving=${(event: CustomEvent<MapEvents["moving"]>) => this.#move(event.detail)}
          @drawing=${(event: CustomEvent<MapEvents["drawing"]>) => (this.drawing = event.detail)}
          @camera=${(event: CustomEvent<MapEvents["camera"]>) => this.#moved(event.detail)}
          @level=${(event: CustomEvent<MapEvents["level"]>) => (this.level = event.detail)}
          @reason=${(event: CustomEvent<MapEvents["reason"]>) => this.#meet(event.detail)}
          @pointed=${(event: CustomEvent<MapEvents["pointed"]>) => (this.pointed = event.detail)}
          @pick=${(event: CustomEvent<MapEvents["pick"]>) => this.#pick(event.detail)}
          @background=${(event: CustomEvent<MapEvents["background"]>) => this.#choose({ background: event.detail })}
          @map-problem=${(event: CustomEvent<string>) => (this.problem = event.detail)}
        ></zicht-map>
        ${view.second?.how === "swipe" ? this.#swipe(facts, view, view.second) : nothing}
        <div class="over">
          ${this.problem === null ? nothing : this.#alert()} ${this.notes.length === 0 ? nothing : this.#noteList()}
          ${tooFar === null
            ? nothing
            : html`<p class="hint">
                ${t.zoomInFor(inLang(tooFar.plural, view.lang))}
                <button class="button" type="button" @click=${() => this.#zoomTo(tooFar)}>${t.zoomIn}</button>
              </p>`}
        </div>
        ${this.area === null
          ? nothing
          : html`<zicht-area
              .area=${this.area}
              .indicator=${this.#indicator}
              .level=${levelFacts(facts, this.area.level)}
              .year=${view.year}
              .source=${figureSource(facts, this.#indicator, view.lang)}
              .lang=${view.lang}
              .compact=${!this.isWide}
              .flat=${this.embedded}
              .beside=${view.beside.includes(this.area.code) ? "in" : view.beside.length >= MOST_BESIDE ? "full" : "out"}
              .other=${this.#otherWords(facts, view)}
              .isCrossed=${view.second?.how === "cross"}
              @compare=${() => this.#compareArea()}
              @let-go=${() => this.#letGo()}
              @zoom-to=${() => void this.#zoomToArea()}
            ></zicht-area>`}
      </div>
      ${this.embedded ? nothing : view.table !== null ? this.#table(view, view.table) : this.#beside(view)}
      ${this.embedded ? nothing : html`<p class="credit">${t.source}: ${spokenSources(facts, this.#indicators, view.lang)}${this.#backgroundLine}</p>`}
    </section>`;
  }

  /** A second map, over the first and right of a slider; it goes where the first goes. */
  #swipe(facts: AtlasFacts, view: View, { indicator, year }: Second) {
    const t = this.#texts;
    const at = this.swipeAt;
    const [left, right] = this.#sides(facts, view);
    return html`<zicht-map
        bare
        .style=${`clip-path: inset(0 0 0 ${at}%)`}
        aria-hidden="true"
        .facts=${facts}
        .view=${{ ...view, indicator, year, second: null, flow: null }}
        .goal=${this.goal}
        .selected=${this.area}
        .outlined=${this.outlined}
        @moving=${() => this.#follow()}
        @level=${(event: CustomEvent<MapEvents["level"]>) => (this.secondSide = { ...this.secondSide, level: event.detail })}
        @drawing=${(event: CustomEvent<MapEvents["drawing"]>) => (this.secondSide = { ...this.secondSide, drawing: event.detail })}
        @reason=${(event: CustomEvent<MapEvents["reason"]>) => this.#meetSecond(event.detail)}
        @map-problem=${(event: CustomEvent<string>) => (this.problem = event.detail)}
      ></zicht-map>
      <div class="divider" .style=${`left: ${at}%`}></div>
      <input
        class="slide"
        type="range"
        min="0"
        max="100"
        aria-label=${t.swipe(left, right)}
        aria-valuetext=${t.swipeValue(at)}
        .value=${String(at)}
        @input=${(event: Event) => event.target instanceof HTMLInputElement && (this.swipeAt = Number(event.target.value))}
      />
      <p class="side left" aria-hidden="true">${left}</p>
      <p class="side right" aria-hidden="true">${right}</p>`;
  }

  /** What the two maps, or the two subjects, are called: by year where that alone differs. */
  #sides(facts: AtlasFacts, view: View): [string, string] {
    const { second, lang } = view;
    const own = inLang(this.#indicator.title, lang);
    if (second === null) return [own, ""];
    if (second.indicator === view.indicator) return [String(view.year), String(second.year)];
    const years = second.year === view.year ? ["", ""] : [`, ${view.year}`, `, ${second.year}`];
    return [`${own}${years[0]}`, `${inLang(indicatorOf(facts, second.indicator).title, lang)}${years[1]}`];
  }

  #otherWords(facts: AtlasFacts, view: View): { title: string; words: string } | null {
    const { second } = view;
    if (second === null || this.secondFigure === null) return null;
    return { title: this.#sides(facts, view)[1], words: formatFigure(this.secondFigure, indicatorOf(facts, second.indicator), view.lang) };
  }

  #beside(view: View) {
    if (view.beside.length === 0) return nothing;
    return html`<zicht-beside
      .codes=${view.beside}
      .indicator=${this.#indicator}
      .year=${view.year}
      .lang=${view.lang}
      .load=${(codes: readonly string[]) => this.#readBeside(codes)}
      .levelTitle=${(level: string) => this.#levelTitle(level)}
      @beside=${(event: CustomEvent<readonly string[]>) => this.#choose({ beside: event.detail })}
    ></zicht-beside>`;
  }

  #flowList(facts: AtlasFacts, view: View) {
    const flow = this.#flowFacts;
    if (flow === null) return nothing;
    const level = levelFacts(facts, flow.level);
    return html`<zicht-flows
      .flow=${flow}
      .year=${view.year}
      .lang=${view.lang}
      .level=${level === undefined ? flow.level : inLang(level.title, view.lang)}
      .name=${this.flow === null ? "" : this.flow.name}
      .streams=${this.flow?.streams ?? null}
    ></zicht-flows>`;
  }

  /** A level that was chosen is in the table, also where the map is too far out for it. */
  #table(view: View, sort: Sort) {
    const level = this.#levels.find(({ id }) => id === view.level) ?? this.#legendLevel;
    if (level === undefined) return nothing;
    return html`<zicht-table
      .indicator=${this.#indicator}
      .level=${level}
      .year=${view.year}
      .lang=${view.lang}
      .sort=${sort}
      .selected=${this.area?.code ?? null}
      .pointed=${this.pointed?.code ?? null}
      .load=${() => this.#readTable(view, level.id)}
      @sort=${(event: CustomEvent<Sort>) => this.#choose({ table: event.detail })}
      @take=${(event: CustomEvent<string>) => void this.#take(event.detail)}
      @point=${(event: CustomEvent<string | null>) => this.#pointOut(event.detail, level.id)}
      @close-table=${() => this.#choose({ table: null })}
    ></zicht-table>`;
  }

  async #readTable({ indicator, year }: View, level: string): Promise<Table> {
    const [regions, figures] = await Promise.all([this.#regions(), readFigures({ indicator, level, year })]);
    return { regions, figures };
  }

  /** The area of a row: selected, and in view. */
  async #take(code: string): Promise<void> {
    const region = (await this.#regions().catch(() => null))?.get(code);
    if (region === undefined) return;
    this.#choose({ area: code });
    // No closer than its level is shown, or the table would change under the reader's hand.
    const finer = this.#levels.slice(this.#levels.findIndex(({ id }) => id === region.level) + 1);
    this.#fly(region, false, this.view?.level === null ? Math.min(...finer.map(({ minzoom }) => minzoom)) - 0.01 : Infinity);
    await this.#findArea("stay");
  }

  #pointOut(code: string | null, level: string): void {
    this.outlined = code === null ? null : { code, level };
  }

  #letGo(): void {
    this.#pick(null);
    this.#focusMap(); // the button that had the focus is gone
  }

  #focusMap(): void {
    this.renderRoot.querySelector<HTMLElement>("zicht-map")?.focus();
  }

  async #zoomToArea(): Promise<void> {
    const regions = await this.#regions().catch(() => null);
    const region = this.area === null ? undefined : regions?.get(this.area.code);
    if (region !== undefined) this.#fly(region, false);
  }

  /** One legend, one of two subjects that are crossed, or two where a slider parts two subjects. */
  #legends(facts: AtlasFacts, view: View, compact: boolean) {
    const { second } = view;
    if (second?.how === "cross") return this.#crossLegend(facts, view, second, compact);
    if (second === null || second.indicator === view.indicator) return this.#legend(view, compact);
    const other = indicatorOf(facts, second.indicator);
    const level = this.#secondLevel(facts, second);
    if (level === undefined) return this.#legend(view, compact);
    return html`${this.#legend(view, compact)}
      <zicht-legend
        .indicator=${other}
        .level=${level}
        .year=${second.year}
        .lang=${view.lang}
        .reasons=${this.secondSide.reasons[level.id] ?? new Set()}
        .marked=${this.area?.level === level.id ? this.secondFigure : null}
        .markedName=${this.area?.name ?? ""}
        .circles=${this.secondSide.drawing?.circles[level.id] ?? null}
        .zoom=${this.zoom}
        .compact=${compact}
      ></zicht-legend>`;
  }

  #crossLegend(facts: AtlasFacts, view: View, second: Second, compact: boolean) {
    const level = this.#legendLevel;
    const colors = level === undefined ? undefined : this.drawing?.crossed?.colors[level.id];
    if (level === undefined || colors === undefined) return nothing;
    return html`<zicht-cross-legend
      .first=${this.#indicator}
      .second=${indicatorOf(facts, second.indicator)}
      .levelTitle=${inLang(level.title, view.lang)}
      .year=${view.year}
      .lang=${view.lang}
      .colors=${colors}
      .reasons=${this.reasons[level.id] ?? new Set()}
      .compact=${compact}
    ></zicht-cross-legend>`;
  }

  #legend(view: View, compact: boolean) {
    const level = this.#legendLevel;
    if (level === undefined) return nothing;
    const { area } = this;
    const marked = area !== null && area.level === level.id && area.figure.kind === "known" ? area.figure.figure : null;
    return html`<zicht-legend
      .indicator=${this.#indicator}
      .level=${level}
      .year=${view.year}
      .lang=${view.lang}
      .reasons=${this.reasons[level.id] ?? new Set()}
      .marked=${marked}
      .pointed=${this.pointed?.level === level.id ? this.pointed.figure : null}
      .national=${nationalNumber(this.#indicator, view.year)}
      .markedName=${area?.name ?? ""}
      .circles=${this.drawing?.circles[level.id] ?? null}
      .zoom=${this.zoom}
      .compact=${compact}
    ></zicht-legend>`;
  }

  #alert() {
    const t = this.#texts;
    return html`<div class="alert" role="alert">
      ${warnIcon}
      <p><strong>${t.problemTitle}.</strong> ${this.problem}</p>
      <button class="button" type="button" @click=${() => this.#retry()}>${t.retry}</button>
    </div>`;
  }

  #retry(): void {
    if (this.place.isPage) {
      location.reload();
      return;
    }
    this.problem = null;
    void this.#start();
  }

  #noteList() {
    const t = this.#texts;
    return html`<div class="hint" role="status">
      <div>${this.notes.map((note) => html`<p>${noteSentence(note, t)}</p>`)}</div>
      <button class="button plain square" type="button" aria-label=${t.close} @click=${() => (this.notes = [])}>${closeIcon}</button>
    </div>`;
  }

  /** Tells a screen reader what was selected. */
  #announcement() {
    const { area } = this;
    const figure = area?.figure.kind === "known" ? area.figure.figure : null;
    const sentence =
      area !== null && figure !== null
        ? this.#texts.announceArea(
            area.name,
            this.#levelTitle(area.level),
            formatFigure(figure, this.#indicator, this.#lang),
            classLabelOf(figure, this.#indicator, area.level, this.#lang),
          )
        : "";
    return html`<p class="unseen" role="status" id="announcement">${sentence}</p>`;
  }

  #levelTitle(level: string): string {
    const known = levelFacts(this.#shown.facts, level);
    return known === undefined ? level : inLang(known.title, this.#lang);
  }
}

/** What the map draws; with another, what it told of the last no longer holds. */
function drawnKey({ indicator, year, second }: View): string {
  return JSON.stringify([indicator, year, second]);
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && "indicator" in value;
}

customElements.define("zicht-app", ZichtApp);

/** `<zicht-map>`: the map itself. Loaded lazily, for it brings MapLibre. It draws a view and tells what readers point at. */
import { LitElement, type PropertyValues, html, nothing, unsafeCSS } from "lit";
import { addProtocol, type FeatureIdentifier, Map as MapLibre, type MapGeoJSONFeature, NavigationControl, type PointLike, ScaleControl, type StyleSpecification, setWorkerUrl } from "maplibre-gl";
import mapLibreSheet from "maplibre-gl/dist/maplibre-gl.css?inline";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { problemSentence, readFigures, readStyle, tilesAddress } from "./api.js";
import type { Pointed } from "./area.js";
import { editionOf, fieldOf, indicatorOf, seriesIn } from "./atlas.js";
import type { AtlasFacts, Reason } from "./atlas-types.js";
import { BACKGROUND, backgroundCredit, withBackground } from "./background.js";
import { type Figure, figureInTile, formatFigure } from "./figure.js";
import { withFlows } from "./flow-layers.js";
import type { FlowLines } from "./flows.js";
import { SOURCE, joinedStyle, stateOf } from "./join.js";
import { classLabelOf } from "./legend.js";
import { MapButton, behind, wholeMap } from "./map-button.js";
import type { Goal, MapEvents, Padding } from "./map-events.js";
import { mapSheet } from "./map-sheet.js";
import { type Direction, nextArea } from "./neighbours.js";
import type { Region, Regions } from "./regions.js";
import { base, tokens } from "./sheet.js";
import { isStatic } from "./static.js";
import { type Mark, areaLayers, drawingOf, forViewer, levelAt, markedSource } from "./style.js";
import { TEXTS, type Texts, inLang, mapLocale } from "./texts.js";
import type { Camera, View } from "./view.js";

setWorkerUrl(workerUrl);

if (isStatic()) {
  const { Protocol } = await import("pmtiles"); // only here are tiles parts of an archive
  addProtocol("pmtiles", new Protocol().tile);
}

/** Closer than this a search result says nothing about its surroundings. */
const CLOSEST_FIT_ZOOM = 14;

/** Around the whole atlas. */
const EVEN: Padding = { top: 20, right: 20, bottom: 20, left: 20 };

/** Not on a touch screen, where a tap would leave a hint behind. */
const HOVERS = matchMedia("(hover: hover)");

const ARROWS: Readonly<Record<string, { readonly direction: Direction; readonly pan: [number, number] }>> = {
  ArrowUp: { direction: "north", pan: [0, -100] },
  ArrowRight: { direction: "east", pan: [100, 0] },
  ArrowDown: { direction: "south", pan: [0, 100] },
  ArrowLeft: { direction: "west", pan: [-100, 0] },
};

/** A style that was read, and the view it is of. */
interface Read {
  readonly style: StyleSpecification;
  readonly isJoined: boolean;
  readonly view: View;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

export class ZichtMap extends LitElement {
  static override properties = {
    facts: { attribute: false },
    view: { attribute: false },
    goal: { attribute: false },
    selected: { attribute: false },
    outlined: { attribute: false },
    embedded: { type: Boolean },
    bare: { type: Boolean, reflect: true },
    flows: { attribute: false },
    load: { attribute: false },
    state: { reflect: true },
    pointed: { state: true },
    crosshair: { state: true },
    isAtEdge: { state: true },
  };

  static override styles = [unsafeCSS(mapLibreSheet), tokens, base, mapSheet];

  declare facts: AtlasFacts;
  declare view: View;
  /** Where to go; a new object moves the map. */
  declare goal: Goal;
  declare selected: { readonly code: string; readonly level: string } | null;
  /** An area that is pointed at elsewhere, such as in the table. */
  declare outlined: { readonly code: string; readonly level: string } | null;
  declare embedded: boolean;
  /** A second map over the first: it has no buttons and no keyboard of its own. */
  declare bare: boolean;
  /** Curves to draw over the areas. */
  declare flows: FlowLines | null;
  /** Reads the areas that one steps through by keyboard. */
  declare load: () => Promise<Regions>;
  /** `loading` or `idle`; an attribute too. */
  declare state: "loading" | "idle";
  declare protected pointed: Pointed | null;
  declare protected crosshair: boolean;
  /** Whether no area lies further in the direction that was asked for. */
  declare protected isAtEdge: boolean;

  #map: MapLibre | null = null;
  #backgroundButton: MapButton | null = null;
  #style: StyleSpecification | null = null;
  /** Whether the figures come as states instead of in the tiles. */
  #isJoined = false;
  /** By level: which figures its areas are painted with. */
  readonly #painted = new Map<string, { readonly key: string; readonly figures: ReadonlyMap<string, Figure>; readonly reasons: ReadonlySet<Reason> }>();
  /** Of the view whose style is drawn: that of the reader comes later. */
  #drawn = "";
  /** Reasons that any figure shown so far has had: layers are added, never taken away, so that a switch leaves the style as it is. */
  #reasons: ReadonlySet<Reason> = new Set();
  /** When the reader chose what is being drawn. */
  #chosenAt: number | null = null;
  #asked = 0;
  #spot: Spot = { x: 0, y: 0 };
  #marked = new Map<Mark, FeatureIdentifier>();
  #level: string | null = null;
  /** The figures of the second subject, where a slider uncovers it. */
  #others: { readonly level: string; readonly key: string; readonly figures: ReadonlyMap<string, Figure> } | null = null;
  /** Whether the map is where the page sent it. */
  #isAtGoal = true;
  #isRefitting = false;
  #isFollowing = false;
  /** The area that the map is on its way to, by keyboard. */
  #steppedTo: Region | null = null;
  /** Ids of the reason layers that have been seen to draw something. */
  readonly #told = new Set<string>();
  readonly #print = () => this.#showPrint();

  constructor() {
    super();
    this.selected = null;
    this.outlined = null;
    this.embedded = false;
    this.bare = false;
    this.flows = null;
    this.state = "loading";
    this.pointed = null;
    this.crosshair = false;
    this.isAtEdge = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeprint", this.#print);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeprint", this.#print);
    this.#map?.remove();
    this.#map = null;
  }

  override render() {
    const t = this.#texts;
    return html`
      <div class="map"></div>
      <img class="print" alt="" />
      <p class="unseen" id="keys">${t.mapKeys}</p>
      <p class="unseen" role="status">${this.crosshair ? this.#spoken() : ""}</p>
      ${this.crosshair
        ? html`<svg class="crosshair" viewBox="-22 -22 44 44" aria-hidden="true">
              <path d="M-20 0H-6M6 0H20M0-20V-6M0 6V20" stroke="#fff" stroke-width="6" />
              <path d="M-20 0H-6M6 0H20M0-20V-6M0 6V20" stroke="#10222f" stroke-width="2.5" />
            </svg>
            <p class="keys" aria-hidden="true">${t.mapKeysShort}</p>`
        : nothing}
      ${this.pointed === null ? nothing : this.#tip(this.pointed)}
    `;
  }

  #tip(pointed: Pointed) {
    const [name, ...figures] = this.#words(pointed);
    return html`<div class="tip" aria-hidden="true"><strong>${name}</strong>${figures.map((figure) => html`<div>${figure}</div>`)}</div>`;
  }

  /** Name and, where there is one, figure; two figures, each after its subject or year, where there are two. */
  #words({ name, figure, other }: Pointed): string[] {
    const { facts, view } = this;
    const { second, lang } = view;
    const own = indicatorOf(facts, view.indicator);
    const first = figure === null ? null : formatFigure(figure, own, lang);
    if (second === null) return first === null ? [name] : [name, first];
    const also = indicatorOf(facts, second.indicator);
    const isYear = also.id === own.id;
    const titled = (title: string, words: string | null): string[] => (words === null ? [] : [`${title}: ${words}`]);
    return [
      name,
      ...titled(isYear ? String(view.year) : inLang(own.title, lang), first),
      ...titled(isYear ? String(second.year) : inLang(also.title, lang), other == null ? null : formatFigure(other, also, lang)),
    ];
  }

  /** What a screen reader hears of the area at the crosshair: also its class. */
  #spoken(): string {
    const { pointed, view, facts } = this;
    const edge = this.isAtEdge ? this.#texts.noAreaThere : "";
    if (pointed === null) return edge;
    const label = pointed.figure === null || view.second !== null ? null : classLabelOf(pointed.figure, indicatorOf(facts, view.indicator), pointed.level, view.lang);
    return `${edge} ${[...this.#words(pointed), ...(label === null ? [] : [this.#texts.class(label)])].join(", ")}`.trim();
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get("view");
    if (this.#map === null || (before !== undefined && before.lang !== this.view.lang)) void this.#build();
    else if ((before !== undefined && styleKey(before) !== styleKey(this.view)) || (changed.has("flows") && changed.get("flows") !== undefined)) void this.#restyle(this.#map);
    if (this.#map !== null && !this.bare && changed.has("goal") && changed.get("goal") !== undefined) this.#go(this.goal);
    if (changed.has("selected")) this.#mark("selected", this.selected);
    if (changed.has("outlined")) this.#mark("hover", this.outlined);
    this.#backgroundButton?.show(this.view.background);
    this.#placeTip();
  }

  /** Goes where another map goes. */
  follow({ zoom, lat, lon }: Camera): void {
    const map = this.#map;
    if (map === null) return;
    this.#isFollowing = true;
    map.jumpTo({ center: [lon, lat], zoom });
    this.#isFollowing = false;
  }

  /** Where the map is. */
  get camera(): Camera | null {
    const map = this.#map;
    if (map === null) return null;
    const { lng, lat } = map.getCenter();
    return { zoom: map.getZoom(), lat, lon: lng };
  }

  /** What is drawn now, copied at once, for the browser forgets it after the frame. */
  copy(): { canvas: HTMLCanvasElement; ratio: number } | null {
    const map = this.#map;
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    if (map === null || pen === null) return null;
    map.redraw();
    const drawn = map.getCanvas();
    [canvas.width, canvas.height] = [drawn.width, drawn.height];
    pen.drawImage(drawn, 0, 0);
    return { canvas, ratio: map.getPixelRatio() };
  }

  /** Gives the map the keyboard. */
  override focus(): void {
    this.#map?.getCanvas().focus();
  }

  get #texts(): Texts {
    return TEXTS[this.view.lang];
  }

  get #title(): string {
    return this.#texts.mapLabel(inLang(indicatorOf(this.facts, this.view.indicator).title, this.view.lang), this.view.year);
  }

  /** A new map: at the start, and when the language changes, for MapLibre takes its words only then. */
  async #build(): Promise<void> {
    const read = await this.#readStyle();
    if (read === null) return;
    const { style } = read;
    const camera = this.#map === null ? null : { center: this.#map.getCenter(), zoom: this.#map.getZoom() };
    this.#map?.remove();
    this.#marked.clear();
    this.#painted.clear();
    try {
      this.#map = this.#create(style, camera ?? this.#start());
    } catch {
      this.#send("map-problem", this.#texts.problemWebgl);
      return;
    }
    this.#listen(this.#map);
    this.#adopt(this.#map, read);
    const { camera: made } = this;
    if (made !== null) this.#send("moving", made);
  }

  #create(style: StyleSpecification, start: Partial<ConstructorParameters<typeof MapLibre>[0]>): MapLibre {
    const container = this.renderRoot.querySelector<HTMLElement>(".map");
    if (container === null) throw new Error("the map has no place");
    const map = new MapLibre({
      container,
      style: structuredClone(style), // MapLibre keeps what it is given
      ...start,
      attributionControl: false, // the page names the sources itself, always in full
      cooperativeGestures: this.embedded,
      dragRotate: false,
      locale: mapLocale(this.#texts, this.#title),
      maplibreLogo: false,
      maxPitch: 0,
      maxZoom: 16,
      pitchWithRotate: false,
      renderWorldCopies: false,
      touchPitch: false,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    if (this.bare) {
      map.getCanvas().tabIndex = -1;
      map.keyboard.disable();
      return map;
    }
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new MapButton(this.#texts.wholeMap, wholeMap, () => (this.goal = this.#whole())), "top-right");
    if (backgroundCredit() !== null) {
      this.#backgroundButton = new MapButton(this.#texts.background, behind, () => this.#send("background", !this.view.background), this.view.background);
      map.addControl(this.#backgroundButton, "top-right");
    }
    map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-left");
    return map;
  }

  #start(): Partial<ConstructorParameters<typeof MapLibre>[0]> {
    switch (this.goal.kind) {
      case "camera":
        return { center: [this.goal.camera.lon, this.goal.camera.lat], zoom: this.goal.camera.zoom };
      case "bounds":
        return { bounds: [...this.goal.bounds], fitBoundsOptions: { padding: this.#room(this.goal.padding), maxZoom: Math.min(CLOSEST_FIT_ZOOM, this.goal.maxZoom) } };
      case "closer":
        return { zoom: this.goal.zoom };
      default:
        return this.goal satisfies never;
    }
  }

  /** The padding, if that leaves enough of the map. */
  #room(padding: Padding): Padding {
    const fits = padding.left + padding.right < this.clientWidth * 0.7 && padding.top + padding.bottom < this.clientHeight * 0.7;
    return fits ? padding : EVEN;
  }

  /** In a window of another size what was wholly in view stays so; that is no move of the reader. */
  #refit(): void {
    if (this.bare || this.#map?.getContainer().clientWidth === 0) return; // out of sight, as on paper
    this.#isRefitting = true;
    if (this.#isAtGoal && this.goal.kind === "bounds") this.#go({ ...this.goal, jump: true });
    queueMicrotask(() => (this.#isRefitting = false)); // MapLibre ends its move right after this
  }

  #whole(): Goal {
    const { view, facts } = this;
    return { kind: "bounds", bounds: editionOf(facts, indicatorOf(facts, view.indicator), view.year, view.level).bounds, padding: EVEN, jump: false, maxZoom: Infinity };
  }

  #go(goal: Goal): void {
    const map = this.#map;
    if (map === null) return;
    this.#isAtGoal = true;
    // MapLibre jumps by itself where the reader prefers reduced motion.
    switch (goal.kind) {
      case "camera":
        map.jumpTo({ center: [goal.camera.lon, goal.camera.lat], zoom: goal.camera.zoom });
        break;
      case "bounds":
        map.fitBounds([...goal.bounds], { padding: this.#room(goal.padding), maxZoom: Math.min(CLOSEST_FIT_ZOOM, goal.maxZoom), animate: !goal.jump, duration: 900 });
        break;
      case "closer":
        if (map.getZoom() < goal.zoom) map.easeTo({ zoom: goal.zoom });
        break;
      default:
        goal satisfies never;
    }
  }

  async #restyle(map: MapLibre): Promise<void> {
    this.#chosenAt = performance.now();
    const read = await this.#readStyle();
    if (read === null || map !== this.#map) return;
    const { style } = read;
    const sourceOf = (one: StyleSpecification | null): string => JSON.stringify(one?.sources);
    if (sourceOf(style) !== sourceOf(this.#style)) this.#painted.clear(); // a new source knows no states
    if (JSON.stringify(style) !== JSON.stringify(this.#style)) {
      map.setStyle(structuredClone(style), { diff: true }); // tiles of a source that stays are not asked for again
    }
    map.triggerRepaint(); // so that it also comes to rest after a style that differs in nothing
    map.getCanvas().setAttribute("aria-label", this.#title);
    this.#point(null);
    this.#adopt(map, read);
  }

  /** The style of the view; null when it could not be read, or when a later view has overtaken it. */
  async #readStyle(): Promise<Read | null> {
    const asked = ++this.#asked;
    this.state = "loading";
    const { view, facts } = this;
    const indicator = indicatorOf(facts, view.indicator);
    const edition = editionOf(facts, indicator, view.year, view.level);
    try {
      const [served, figures] = await Promise.all([
        readStyle(view.indicator, view.year, view.level, view.lang, view.second?.how === "cross" ? view.second.indicator : null),
        // Those of the level in view are read before the old ones go, so that the map is never empty between them.
        this.#level === null || !this.#hasFigures(this.#level) ? null : readFigures({ indicator: view.indicator, level: this.#level, year: view.year }),
      ]);
      if (asked !== this.#asked || !this.isConnected) return null;
      if (figures !== null) this.#reasons = new Set([...this.#reasons, ...reasonsIn(figures)]);
      const isCrossed = view.second?.how === "cross";
      const joined = isCrossed ? null : joinedStyle(served, fieldOf(indicator), this.#tilesOf(edition.year, served), this.#reasons);
      this.#send("drawing", joined === null ? drawingOf(served) : null);
      const areas = forViewer(joined ?? served);
      return { style: withFlows(view.background && backgroundCredit() !== null ? withBackground(areas) : areas, this.flows), isJoined: joined !== null, view };
    } catch (problem) {
      if (asked === this.#asked) this.#send("map-problem", `${this.#texts.problemMap} ${problemSentence(problem, this.#texts)}`);
      return null;
    }
  }

  #tilesOf(edition: number, { sources }: StyleSpecification): string {
    const source = sources[SOURCE];
    return tilesAddress(`gebieden-${edition}`, source?.type === "vector" ? (source.encoding ?? null) : null);
  }

  #hasFigures(level: string): boolean {
    return seriesIn(indicatorOf(this.facts, this.view.indicator), this.view.year).some((series) => series.level === level);
  }

  #adopt(map: MapLibre, { style, isJoined, view }: Read): void {
    this.#style = style;
    this.#isJoined = isJoined;
    this.#drawn = styleKey(view);
    // The level in view keeps its colors until the new ones are there; others would show theirs when the reader zooms to them.
    const inView = levelAt(style, map.getZoom());
    for (const [level, { key }] of this.#painted) {
      if (level === inView || key === figuresKey(view)) continue;
      if (map.getSource(SOURCE) !== undefined) map.removeFeatureState({ source: SOURCE, sourceLayer: level });
      this.#painted.delete(level);
    }
    this.#level = null;
    this.#told.clear();
    this.#tellLevel();
    this.#mark("selected", this.selected);
  }

  /** Paints the areas of a level with their figures, where these do not come with the tiles. */
  async #paint(level: string): Promise<void> {
    const { view, facts } = this;
    if (!this.#isJoined || !this.#hasFigures(level)) return;
    const indicator = indicatorOf(facts, view.indicator);
    const key = figuresKey(view);
    const painted = this.#painted.get(level);
    if (painted?.key === key) {
      for (const reason of painted.reasons) this.#send("reason", { level, reason }); // the page may have seen another subject since
      return;
    }
    try {
      const figures = await readFigures({ indicator: view.indicator, level, year: view.year });
      const map = this.#map;
      if (map === null || styleKey(view) !== styleKey(this.view) || !this.#isJoined || map.getSource(SOURCE) === undefined) return;
      for (const [code, figure] of figures) map.setFeatureState({ source: SOURCE, sourceLayer: level, id: code }, stateOf(figure, indicator, level));
      const reasons = reasonsIn(figures);
      this.#painted.set(level, { key, figures, reasons });
      this.#measure(map);
      for (const reason of reasons) this.#send("reason", { level, reason });
      if (![...reasons].every((reason) => this.#reasons.has(reason))) {
        this.#reasons = new Set([...this.#reasons, ...reasons]);
        await this.#restyle(map);
      }
    } catch (problem) {
      if (styleKey(view) === styleKey(this.view)) this.#send("map-problem", `${this.#texts.problemMap} ${problemSentence(problem, this.#texts)}`);
    }
  }

  /** What the tiles do not tell: reasons among circles, and the figures of a map that a slider uncovers. */
  async #readBeside(level: string): Promise<void> {
    const { view } = this;
    const { second } = view;
    if (!this.#isJoined && this.#hasFigures(level)) {
      const figures = await readFigures({ indicator: view.indicator, level, year: view.year }).catch(() => null); // the map says it too
      if (figures !== null && styleKey(view) === styleKey(this.view)) for (const reason of reasonsIn(figures)) this.#send("reason", { level, reason });
    }
    if (second?.how !== "swipe") return;
    const { indicator, year } = second;
    const figures = await readFigures({ indicator, level, year }).catch(() => new Map<string, Figure>());
    if (level === this.#level && styleKey(view) === styleKey(this.view)) this.#others = { level, key: figuresKey(second), figures };
  }

  /** Notes how long a switch took, from the choice to the frame that shows it, for whoever looks at the timeline of the browser. */
  #measure(map: MapLibre): void {
    const start = this.#chosenAt;
    this.#chosenAt = null;
    if (start !== null) map.once("render", () => performance.measure("zichtkaart:switch", { start }));
  }

  #listen(map: MapLibre): void {
    const canvas = map.getCanvas();
    canvas.setAttribute("aria-describedby", "keys");
    map.on("idle", () => {
      this.state = "idle";
      this.#steppedTo = null;
      this.#tellReasons(map);
      if (this.crosshair) this.#pointAt(this.#middle());
    });
    map.on("dataloading", () => (this.state = "loading"));
    map.on("movestart", () => (this.state = "loading"));
    map.on("styledata", () => {
      this.#mark("selected", this.selected);
      if (this.#level !== null) void this.#paint(this.#level); // the first style comes later than its figures may
    });
    map.on("zoom", () => this.#tellLevel());
    map.on("movestart", ({ originalEvent }) => {
      if (originalEvent !== undefined) this.#isAtGoal = false; // the reader took over
    });
    map.on("resize", () => this.#refit());
    map.on("move", () => {
      const { lng, lat } = map.getCenter();
      if (!this.#isFollowing) this.#send("moving", { zoom: map.getZoom(), lat, lon: lng });
    });
    map.on("moveend", () => {
      if (this.#isRefitting || this.#isFollowing) return;
      const { lng, lat } = map.getCenter();
      this.#send("camera", { zoom: map.getZoom(), lat, lon: lng });
    });
    map.on("error", (event) => {
      const { error } = event;
      if ("sourceId" in event && event.sourceId === BACKGROUND) return; // the figures are there without it
      if (!(error instanceof Error && error.name === "AbortError")) this.#send("map-problem", this.#texts.problemTiles);
    });
    map.on("mousemove", ({ point }) => HOVERS.matches && this.#pointAt(point));
    map.on("mouseout", () => this.#point(null));
    map.on("click", ({ point }) => this.#send("pick", this.#at(point)));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => {
      this.crosshair = canvas.matches(":focus-visible");
      if (this.crosshair) this.#pointAt(this.#middle());
    });
    canvas.addEventListener("blur", () => {
      this.crosshair = false;
      this.#point(null);
    });
  }

  #key(event: KeyboardEvent): void {
    this.crosshair = true;
    if (event.key === "Enter") this.#send("pick", this.#at(this.#middle()));
    if (event.key === "Escape") this.#send("pick", null);
    const way = ARROWS[event.key];
    if (way === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // MapLibre would move the map as well
    this.#isAtGoal = false;
    if (event.shiftKey) this.#map?.panBy(way.pan);
    else void this.#step(way.direction);
  }

  /** To the next area in a direction, from the point of the one at the crosshair. */
  async #step(direction: Direction): Promise<void> {
    const [map, level] = [this.#map, this.#level];
    const regions = await this.load().catch(() => null); // the page tells of it
    if (map === null || map !== this.#map || level === null || regions === null) return;
    const { lng, lat } = map.getCenter();
    const here = this.#steppedTo ?? (this.pointed === null ? undefined : regions.get(this.pointed.code));
    const next = nextArea(regions.all, level, here ?? { lon: lng, lat }, direction);
    this.isAtEdge = next === null;
    this.#steppedTo = next;
    if (next !== null) map.easeTo({ center: [next.lon, next.lat], duration: 300 });
  }

  #middle(): Spot {
    const canvas = this.#map?.getCanvas();
    return { x: (canvas?.clientWidth ?? 0) / 2, y: (canvas?.clientHeight ?? 0) / 2 };
  }

  #at(spot: Spot): Pointed | null {
    const map = this.#map;
    if (map === null || this.#style === null) return null;
    const layers = areaLayers(this.#style).flatMap(({ id }) => (map.getLayer(id) === undefined ? [] : [id]));
    const point: PointLike = [spot.x, spot.y];
    const [feature] = map.queryRenderedFeatures(point, { layers });
    return feature === undefined ? null : this.#read(feature);
  }

  #read({ properties, sourceLayer }: MapGeoJSONFeature): Pointed | null {
    const code: unknown = properties["code"];
    const name: unknown = properties["name"];
    if (typeof code !== "string" || sourceLayer === undefined) return null;
    const area = { code, name: typeof name === "string" ? name : code, level: sourceLayer };
    const { facts, view } = this;
    if (styleKey(view) !== this.#drawn) return { ...area, figure: null, other: null }; // what is drawn is of an earlier choice
    const { second } = view;
    const painted = this.#painted.get(sourceLayer);
    const joined = painted?.key === figuresKey(view) ? painted.figures.get(code) : undefined;
    const figure = this.#isJoined ? (joined ?? null) : figureInTile(properties, indicatorOf(facts, view.indicator));
    if (second === null) return { ...area, figure, other: null };
    const others = this.#others;
    const swiped = others?.level === sourceLayer && others.key === figuresKey(second) ? others.figures.get(code) : undefined;
    return { ...area, figure, other: second.how === "cross" ? figureInTile(properties, indicatorOf(facts, second.indicator)) : (swiped ?? null) };
  }

  #pointAt(spot: Spot): void {
    this.#spot = spot;
    this.#point(this.#at(spot));
    this.#placeTip();
  }

  #point(pointed: Pointed | null): void {
    const map = this.#map;
    if (map !== null) map.getCanvas().style.cursor = pointed === null ? "" : "pointer";
    if (JSON.stringify(pointed) === JSON.stringify(this.pointed)) return; // its figure may come later than its name
    this.pointed = pointed;
    this.#send("pointed", pointed);
    this.#mark("hover", pointed);
  }

  /** Beside the pointer, and within the map. */
  #placeTip(): void {
    const tip = this.renderRoot.querySelector<HTMLElement>(".tip");
    if (tip === null) return;
    const gap = 14;
    const { x, y } = this.#spot;
    const left = x + gap + tip.offsetWidth > this.clientWidth ? x - gap - tip.offsetWidth : x + gap;
    const top = y + gap + tip.offsetHeight > this.clientHeight ? y - gap - tip.offsetHeight : y + gap;
    tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  /** Outlines one area, and no other. */
  #mark(mark: Mark, area: { readonly code: string; readonly level: string } | null): void {
    const map = this.#map;
    if (map === null || this.#style === null) return;
    const before = this.#marked.get(mark);
    if (before !== undefined && map.getSource(before.source) !== undefined) map.removeFeatureState(before, mark);
    this.#marked.delete(mark);
    const source = area === null ? null : markedSource(this.#style, mark, area.level);
    if (area === null || source === null || map.getSource(source) === undefined) return;
    const feature: FeatureIdentifier = { source, sourceLayer: area.level, id: area.code };
    map.setFeatureState(feature, { [mark]: true });
    this.#marked.set(mark, feature);
  }

  #tellLevel(): void {
    const map = this.#map;
    if (map === null || this.#style === null) return;
    const level = levelAt(this.#style, map.getZoom());
    // The next level is read while the reader comes closer.
    for (const near of new Set([level, levelAt(this.#style, map.getZoom() + 0.7)])) if (near !== null) void this.#paint(near);
    if (level === this.#level) return;
    this.#level = level;
    if (level !== null) void this.#readBeside(level);
    this.#send("level", level);
  }

  /** Looks only for reasons that were not found before, so that there is little to look through. */
  #tellReasons(map: MapLibre): void {
    if (this.#style === null || this.#isJoined) return;
    for (const { id, role, level } of areaLayers(this.#style)) {
      if (role !== "reason" || this.#told.has(id) || map.getLayer(id) === undefined) continue;
      const [feature] = map.queryRenderedFeatures({ layers: [id] });
      if (feature === undefined) continue;
      this.#told.add(id);
      const figure = this.#read(feature)?.figure;
      if (figure?.kind === "reason") this.#send("reason", { level, reason: figure.reason });
    }
  }

  /** Browsers print a WebGL canvas empty; a picture of it they print well. */
  #showPrint(): void {
    const picture = this.renderRoot.querySelector<HTMLImageElement>(".print");
    if (this.#map === null || picture === null) return;
    this.#map.redraw();
    picture.src = this.#map.getCanvas().toDataURL();
  }

  #send<Name extends keyof MapEvents>(name: Name, detail: MapEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function reasonsIn(figures: ReadonlyMap<string, Figure>): Set<Reason> {
  return new Set([...figures.values()].flatMap((figure) => (figure.kind === "reason" ? [figure.reason] : [])));
}

function figuresKey({ indicator, year }: { readonly indicator: string; readonly year: number }): string {
  return JSON.stringify([indicator, year]);
}

function styleKey({ indicator, year, level, second, background }: View): string {
  return JSON.stringify([indicator, year, level, second, background]);
}

customElements.define("zicht-map", ZichtMap);

/** The map as it is shown, as one picture for a document: under its title, with legend and sources. */

export interface Picture {
  readonly title: string;
  readonly subtitle: string;
  /** Each from so far right on, in parts of the width: one map, or two on either side of a slider. */
  readonly maps: readonly { readonly canvas: HTMLCanvasElement; readonly from: number }[];
  /** Addresses of drawings. */
  readonly legends: readonly string[];
  /** Lines below: sources, and what must be said of the figures. */
  readonly lines: readonly string[];
}

const PAD = 20;
const INK = "#17242f";

/** As PNG. */
export async function pictureOf({ title, subtitle, maps, legends, lines }: Picture, ratio: number): Promise<Blob> {
  const drawings = await Promise.all(legends.map(drawing));
  const [first] = maps;
  if (first === undefined) throw new Error("there is no map to draw");
  const [mapWidth, mapHeight] = [first.canvas.width / ratio, first.canvas.height / ratio];
  const aside = Math.max(0, ...drawings.map(({ naturalWidth }) => naturalWidth));
  const isBeside = mapWidth >= 1.4 * aside;
  const legendHeight = drawings.reduce((sum, { naturalHeight }) => sum + naturalHeight + PAD, 0);
  const width = 2 * PAD + (isBeside ? mapWidth + PAD + aside : Math.max(mapWidth, aside));
  const paper = document.createElement("canvas");
  const pen = paper.getContext("2d");
  if (pen === null) throw new Error("this browser cannot draw a picture");
  const font = getComputedStyle(document.body).fontFamily;
  const text: { words: string; style: string; step: number }[] = [
    ...wrapped(pen, title, `700 22px ${font}`, width - 2 * PAD, 30),
    ...wrapped(pen, subtitle, `400 15px ${font}`, width - 2 * PAD, 22),
  ];
  const below = lines.flatMap((line) => wrapped(pen, line, `400 13px ${font}`, width - 2 * PAD, 19));
  const top = PAD + text.reduce((sum, { step }) => sum + step, 0) + 8;
  const bottom = top + (isBeside ? Math.max(mapHeight, legendHeight) : mapHeight + PAD + legendHeight) + 12;
  paper.width = width * ratio;
  paper.height = (bottom + below.reduce((sum, { step }) => sum + step, 0) + PAD) * ratio;
  pen.scale(ratio, ratio);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, paper.height);
  write(pen, text, PAD);
  for (const { canvas, from } of maps) {
    const cut = Math.round(from * canvas.width);
    if (cut < canvas.width) pen.drawImage(canvas, cut, 0, canvas.width - cut, canvas.height, PAD + cut / ratio, top, mapWidth - cut / ratio, mapHeight);
    if (from > 0) line(pen, PAD + cut / ratio, top, mapHeight);
  }
  pen.strokeStyle = "#6d7f8d";
  pen.strokeRect(PAD, top, mapWidth, mapHeight);
  let y = isBeside ? top : top + mapHeight + PAD;
  for (const image of drawings) {
    pen.drawImage(image, isBeside ? PAD + mapWidth + PAD : PAD, y);
    y += image.naturalHeight + PAD;
  }
  write(pen, below, bottom);
  return new Promise((done, fail) => paper.toBlob((blob) => (blob === null ? fail(new Error("no picture")) : done(blob)), "image/png"));
}

async function drawing(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

interface Written {
  words: string;
  style: string;
  step: number;
}

function wrapped(pen: CanvasRenderingContext2D, text: string, style: string, width: number, step: number): Written[] {
  pen.font = style;
  const rows: string[] = [];
  for (const word of text.split(" ")) {
    const longer = rows.length === 0 ? word : `${rows.at(-1)} ${word}`;
    if (rows.length === 0 || pen.measureText(longer).width > width) rows.push(word);
    else rows[rows.length - 1] = longer;
  }
  return rows.map((words) => ({ words, style, step }));
}

function write(pen: CanvasRenderingContext2D, text: readonly Written[], from: number): void {
  pen.fillStyle = INK;
  pen.textBaseline = "top";
  let y = from;
  for (const { words, style, step } of text) {
    pen.font = style;
    pen.fillText(words, PAD, y);
    y += step;
  }
}

/** Where the slider is. */
function line(pen: CanvasRenderingContext2D, x: number, y: number, height: number): void {
  pen.fillStyle = INK;
  pen.fillRect(x - 2.5, y, 5, height);
  pen.fillStyle = "#ffffff";
  pen.fillRect(x - 1.5, y, 3, height);
}

/** Hands a file to the reader. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

import type { Stats } from "../protocol/protocol.gen";
import type { Meter } from "./meter";
import type { Series } from "./series";

interface Row {
  series: Series;
  floor: number; // the plot's scale is at least this
  text: (value: number | undefined) => string;
  value: HTMLElement;
  plot: HTMLCanvasElement;
}

const digits = (value: number | undefined, decimals: number, unit: string) =>
  value === undefined ? "–" : `${value.toFixed(decimals)} ${unit}`;

/** The statistics panel: five figures with a plot of the last minute, and what the node says. */
export class Panel {
  readonly #element: HTMLElement;
  readonly #rows: Row[];
  readonly #node: HTMLElement;

  constructor(element: HTMLElement, meter: Meter) {
    this.#element = element;
    const s = meter.series;
    this.#rows = [
      this.#row("views", "Views", s.views, 30, (v) => digits(v, 1, "a second")),
      this.#row("latency", "Capture to display", s.latency, 100, (v) => digits(v, 0, "ms")),
      this.#row("bitrate", "Received", s.bitrate, 2e6, (v) =>
        digits(v === undefined ? v : v / 1e6, 2, "Mbit/s"),
      ),
      this.#row("loss", "Packets lost", s.loss, 0.05, (v) => digits(v === undefined ? v : v * 100, 1, "%")),
      this.#row("round-trip", "Round trip", s.roundTrip, 20, (v) => digits(v, 1, "ms")),
    ];
    this.#node = document.createElement("p");
    this.#node.className = "node";
    element.append(this.#node);
  }

  /** Draws the last second, where the panel is open. */
  draw(): void {
    if (this.#element.hidden) return;
    for (const row of this.#rows) {
      row.value.textContent = row.text(row.series.last);
      plot(row.plot, row.series, row.floor);
    }
  }

  /** What the node tells of itself. */
  tell(stats: Stats): void {
    const stages = Object.entries(stats.stages ?? {})
      .filter(([, ms]) => ms >= 0.05)
      .map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
    const viewers = stats.viewers === 1 ? "1 viewer" : `${stats.viewers} viewers`;
    this.#node.textContent =
      `Node: ${stats.viewsPerSecond.toFixed(1)} views a second to ${viewers}, ${(stats.bitrate / 1e6).toFixed(2)} Mbit/s` +
      (stages.length > 0 ? `; ms a stage: ${stages.join(", ")}` : "");
  }

  #row(name: string, title: string, series: Series, floor: number, format: Row["text"]): Row {
    const line = document.createElement("div");
    line.className = "figure";
    line.dataset.figure = name;
    const label = document.createElement("span");
    label.textContent = title;
    const value = document.createElement("output");
    value.textContent = format(undefined);
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    line.append(label, value, canvas);
    this.#element.append(line);
    return { series, floor, text: format, value, plot: canvas };
  }
}

function plot(canvas: HTMLCanvasElement, series: Series, floor: number): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const g = canvas.getContext("2d");
  if (!g) return;
  const style = getComputedStyle(canvas);
  const top = series.max(floor);
  const x = (i: number) => width - ((series.values.length - 1 - i) / 59) * (width - ratio) - ratio;
  const y = (v: number) => height - ratio - (v / top) * (height - 3 * ratio);
  g.clearRect(0, 0, width, height);
  g.strokeStyle = style.color;
  g.lineWidth = 1.5 * ratio;
  g.lineJoin = "round";
  g.beginPath();
  let drawing = false;
  series.values.forEach((v, i) => {
    if (v === undefined) drawing = false;
    else if (drawing) g.lineTo(x(i), y(v));
    else {
      g.moveTo(x(i), y(v));
      drawing = true;
    }
  });
  g.stroke();
}

/** A bust made of ellipsoids, ray by ray: what a node would send of it. Metres in the cube. */
import { depthRect, frameHeight, type Layout, matteRect } from "../../src/pack/layout";
import { depthCode, drawStrip, encodeStrip, type Strip } from "../../src/pack/strip";
import type { Vector, WindowMessage } from "../../src/protocol/protocol.gen";

interface Ball {
  center: Vector;
  radius: Vector;
  colour: Vector;
}

/** Discs whose place on the picture is measured; 3 cm, facing the front. */
export const markers: { name: string; position: Vector; colour: Vector }[] = [
  { name: "forehead", position: [0, 0.05, 0.14], colour: [255, 0, 0] },
  { name: "chest", position: [0.1, -0.35, 0.16], colour: [0, 255, 0] },
  { name: "shoulder", position: [-0.18, -0.25, 0.075], colour: [0, 0, 255] },
  { name: "hand", position: [0.22, -0.32, 0.38], colour: [255, 0, 255] },
  { name: "ear", position: [-0.05, -0.04, 0.15], colour: [0, 255, 255] },
];

const balls: Ball[] = [
  { center: [0, 0, 0], radius: [0.085, 0.12, 0.1], colour: [226, 178, 148] },
  { center: [0, 0.045, -0.02], radius: [0.092, 0.1, 0.1], colour: [62, 42, 30] },
  { center: [0, -0.02, 0.1], radius: [0.013, 0.022, 0.02], colour: [220, 165, 136] },
  { center: [-0.034, 0.008, 0.085], radius: [0.014, 0.009, 0.012], colour: [245, 245, 245] },
  { center: [0.034, 0.008, 0.085], radius: [0.014, 0.009, 0.012], colour: [245, 245, 245] },
  { center: [-0.034, 0.008, 0.092], radius: [0.006, 0.006, 0.007], colour: [50, 40, 30] },
  { center: [0.034, 0.008, 0.092], radius: [0.006, 0.006, 0.007], colour: [50, 40, 30] },
  { center: [0, -0.065, 0.083], radius: [0.024, 0.006, 0.012], colour: [176, 84, 78] },
  { center: [0, -0.15, -0.02], radius: [0.055, 0.1, 0.055], colour: [212, 162, 132] },
  { center: [0, -0.42, -0.02], radius: [0.19, 0.25, 0.13], colour: [62, 98, 134] },
  { center: [-0.19, -0.28, -0.02], radius: [0.075, 0.085, 0.08], colour: [62, 98, 134] },
  { center: [0.19, -0.28, -0.02], radius: [0.075, 0.085, 0.08], colour: [62, 98, 134] },
  { center: [0.23, -0.45, 0.12], radius: [0.055, 0.17, 0.06], colour: [58, 92, 126] },
  { center: [-0.23, -0.45, 0.06], radius: [0.055, 0.2, 0.06], colour: [58, 92, 126] },
  { center: [0.22, -0.32, 0.33], radius: [0.045, 0.06, 0.035], colour: [226, 178, 148] },
];

export const framing: WindowMessage = {
  type: "window",
  id: 7,
  center: [0.01, -0.22, 0.02],
  right: [1, 0, 0],
  up: [0, 1, 0],
  halfWidth: 0.46,
  halfHeight: 0.46,
};

/**
 * What an eye truly sees of the bust through the points at(x, y) of a picture:
 * RGBA, alpha 0 where nothing is.
 */
export function drawTruth(eye: Vector, width: number, height: number, at: (x: number, y: number) => Vector) {
  const picture = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const hit = cast(eye, at((i % width) + 0.5, Math.floor(i / width) + 0.5));
    if (hit) picture.set([...hit.colour, 255], 4 * i);
  }
  return picture;
}

/** Makes a vector of three from what f says of each axis. */
function each(f: (axis: 0 | 1 | 2) => number): Vector {
  return [f(0), f(1), f(2)];
}

interface Hit {
  z: number; // along the window's normal, from the eye
  colour: Vector;
}

function cast(eye: Vector, through: Vector): Hit | undefined {
  const d = each((i) => through[i] - eye[i]);
  let best: { t: number; colour: Vector } | undefined;
  for (const b of balls) {
    const o = each((i) => (eye[i] - b.center[i]) / b.radius[i]);
    const r = each((i) => d[i] / b.radius[i]);
    const [a, h, c] = [dot(r, r), dot(o, r), dot(o, o) - 1];
    const root = h * h - a * c;
    if (root < 0) continue;
    const t = (-h - Math.sqrt(root)) / a;
    if (best && t >= best.t) continue;
    const at = each((i) => eye[i] + t * d[i]);
    const n = each((i) => (at[i] - b.center[i]) / b.radius[i] ** 2);
    const light = 0.45 + 0.55 * Math.max(0, dot(n, [0.3, 0.7, 0.65]) / Math.hypot(...n));
    const stripe = b.center[1] < -0.2 && b.radius[0] > 0.06 && Math.sin(at[1] * 160) > 0.6 ? 1.25 : 1;
    best = { t, colour: b.colour.map((v) => Math.min(255, v * light * stripe)) as Vector };
  }
  for (const m of markers) {
    const t = (m.position[2] - eye[2]) / d[2];
    const at = each((i) => eye[i] + t * d[i]);
    if (Math.hypot(at[0] - m.position[0], at[1] - m.position[1]) > 0.015) continue;
    if (!best || t < best.t) best = { t, colour: m.colour };
  }
  // The window faces +z here, so depth along its normal is depth along z.
  return best && { z: -best.t * d[2], colour: best.colour };
}

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Draws the packed view of the bust from an eye into a canvas. */
export function drawView(canvas: HTMLCanvasElement, layout: Layout, strip: Strip): void {
  const { width, height } = layout;
  canvas.width = width;
  canvas.height = frameHeight(layout);
  const hits: (Hit | undefined)[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      hits.push(cast(strip.eye, pointOf((x + 0.5) / width, (y + 0.5) / height)));
  }
  const luma = new Uint8Array(width * canvas.height);
  drawStrip(luma, width, layout, encodeStrip(strip));
  drawTiles(luma, layout, strip, hits);
  const g = canvas.getContext("2d", { willReadFrequently: true });
  if (!g) throw new Error("no 2D canvas");
  const picture = g.createImageData(width, canvas.height);
  for (let i = 0; i < luma.length; i++) {
    const grey = (((luma[i] as number) - 16) * 255) / 219;
    picture.data.set([grey, grey, grey, 255], 4 * i);
    if (i < width * height) picture.data.set(hits[i]?.colour ?? extended(hits, i, width), 4 * i);
  }
  g.putImageData(picture, 0, 0);
}

function pointOf(s: number, t: number): Vector {
  const { center, halfWidth, halfHeight } = framing;
  return [center[0] + (2 * s - 1) * halfWidth, center[1] + (1 - 2 * t) * halfHeight, center[2]];
}

/** Colour reaches a little beyond the silhouette, as the node's does. */
function extended(hits: (Hit | undefined)[], i: number, width: number): Vector {
  for (let reach = 1; reach <= 8; reach++) {
    for (const step of [-reach, reach, -reach * width, reach * width]) {
      const near = hits[i + step];
      if (near) return near.colour;
    }
  }
  return [126, 126, 126];
}

function drawTiles(luma: Uint8Array, layout: Layout, strip: Strip, hits: (Hit | undefined)[]): void {
  const d = depthRect(layout);
  const m = matteRect(layout);
  for (let y = 0; y < d.height; y++) {
    let last = strip.far;
    for (let x = 0; x < d.width; x++) {
      const four = [0, 1, layout.width, layout.width + 1].map((o) => hits[2 * y * layout.width + 2 * x + o]);
      const known = four.filter((h) => h !== undefined);
      if (known.length > 0) last = Math.min(...known.map((h) => h.z));
      luma[(d.y + y) * layout.width + x] = depthCode(last, strip.near, strip.far);
      luma[(m.y + y) * layout.width + m.x + x] = 16 + Math.round((219 * known.length) / 4);
    }
    // Beyond the silhouette on the left, too, depth goes on.
    for (let x = d.width - 1, next = -1; x >= 0; x--) {
      const at = (d.y + y) * layout.width + x;
      if ((luma[(m.y + y) * layout.width + m.x + x] as number) > 16) next = luma[at] as number;
      else if (luma[at] === depthCode(strip.far, strip.near, strip.far) && next >= 0) luma[at] = next;
    }
  }
}

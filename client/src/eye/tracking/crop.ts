/**
 * Where the networks look: which square of a picture, and turned how. Pixels
 * from the picture's upper left corner, radians clockwise in it.
 */
import type { Pixel } from "./pose";

/** A square of a picture. */
export interface Square {
  centre: Pixel;
  side: number;
  angle: number;
}

/** What the detector found. */
export interface Found {
  square: Square;
  score: number; // 0 to 1
}

export const detectorSide = 256; // pixels
export const meshSide = 192;
const margin = 1.5; // the mesh network was trained with half a face of margin

/** BlazeFace's anchors for 256 pixels: two in every 16, then six in every 32. */
const anchors: Pixel[] = [
  [16, 2],
  [32, 6],
].flatMap(([stride = 1, times = 1]) => {
  const cells = detectorSide / stride;
  return Array.from({ length: cells * cells * times }, (_, n): Pixel => {
    const cell = Math.floor(n / times);
    return [((cell % cells) + 0.5) * stride, (Math.floor(cell / cells) + 0.5) * stride];
  });
});

/** How a picture is fitted into the detector's square: scale first, then offset. */
export function letterbox(width: number, height: number) {
  const scale = detectorSide / Math.max(width, height);
  return { scale, x: (detectorSide - width * scale) / 2, y: (detectorSide - height * scale) / 2 };
}

/**
 * The likeliest face among the detector's answers for a picture of this size:
 * scores (logits) and, an anchor each, middle, size and six points, of which
 * the first two are the eyes. Undefined below the least score.
 */
export function likeliest(
  scores: ArrayLike<number>,
  boxes: ArrayLike<number>,
  width: number,
  height: number,
  least = 0.6,
): Found | undefined {
  let best = 0;
  for (let n = 1; n < anchors.length; n++) if ((scores[n] ?? 0) > (scores[best] ?? 0)) best = n;
  const score = 1 / (1 + Math.exp(-(scores[best] ?? 0)));
  const anchor = anchors[best];
  if (!(score >= least) || !anchor) return undefined;
  const box = letterbox(width, height);
  const at = (k: number): Pixel => [
    ((boxes[16 * best + k] ?? 0) + anchor[0] - box.x) / box.scale,
    ((boxes[16 * best + k + 1] ?? 0) + anchor[1] - box.y) / box.scale,
  ];
  const size = Math.max(boxes[16 * best + 2] ?? 0, boxes[16 * best + 3] ?? 0) / box.scale;
  const square = { centre: at(0), side: size * margin, angle: slope(at(4), at(6)) };
  return size > 0 ? { square, score } : undefined;
}

/** The square round a face whose points are known, for the next picture of it. */
export function around(points: readonly Pixel[], leftEye: Pixel, rightEye: Pixel): Square {
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return {
    centre: [(left + right) / 2, (top + bottom) / 2],
    side: Math.max(right - left, bottom - top) * margin,
    angle: slope(leftEye, rightEye),
  };
}

const slope = (from: Pixel, to: Pixel) => Math.atan2(to[1] - from[1], to[0] - from[0]);

/** The matrix (a, b, c, d, e, f of a canvas) that draws the square over one of so many pixels. */
export function drawing(s: Square, side: number): [number, number, number, number, number, number] {
  const k = side / s.side;
  const [sin, cos] = [Math.sin(s.angle) * k, Math.cos(s.angle) * k];
  const [x, y] = s.centre;
  return [cos, -sin, sin, cos, side / 2 - cos * x - sin * y, side / 2 + sin * x - cos * y];
}

/** Where a place in the drawn square is in the picture. */
export function inPicture(s: Square, side: number, [x, y]: Pixel): Pixel {
  const k = s.side / side;
  const [u, v] = [(x - side / 2) * k, (y - side / 2) * k];
  const [sin, cos] = [Math.sin(s.angle), Math.cos(s.angle)];
  return [s.centre[0] + cos * u - sin * v, s.centre[1] + sin * u + cos * v];
}

/**
 * The tiles of a packed view (render/pack). Pixels, row 0 at the top.
 */
import { blockSize, maxSide, sizeMultiple, stripBits } from "./layout.gen";

const stripRows = 16; // the strip's height is a multiple of it

export interface Layout {
  readonly width: number;
  readonly height: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Height of the strip under a colour tile of this width. */
export function stripHeight(width: number): number {
  const rows = blockSize * Math.ceil(stripBits / (width / blockSize));
  return Math.ceil(rows / stripRows) * stripRows;
}

export function frameHeight(l: Layout): number {
  return l.height + l.height / 2 + stripHeight(l.width);
}

export const depthRect = (l: Layout): Rect => ({
  x: 0,
  y: l.height,
  width: l.width / 2,
  height: l.height / 2,
});

export const matteRect = (l: Layout): Rect => ({ ...depthRect(l), x: l.width / 2 });

export const stripRect = (l: Layout): Rect => ({
  x: 0,
  y: l.height + l.height / 2,
  width: l.width,
  height: stripHeight(l.width),
});

/**
 * The layout of a video of this size, or undefined where no packed view has
 * it. The video alone says it, so that a rung of another size needs no message.
 */
export function layoutOfVideo(videoWidth: number, videoHeight: number): Layout | undefined {
  if (!sideFits(videoWidth)) return undefined;
  const height = ((videoHeight - stripHeight(videoWidth)) * 2) / 3;
  return sideFits(height) ? { width: videoWidth, height } : undefined;
}

function sideFits(side: number): boolean {
  return side >= sizeMultiple && side <= maxSide && side % sizeMultiple === 0;
}

import type { Point } from "./eye/projection";
import type { HeadHook } from "./head";

/**
 * window.virtualcube: for tests, and for pages that embed this one. Lengths
 * are metres in the cube, times milliseconds.
 */
export interface Hooks {
  /** What the page is doing. */
  state(): State;
  /** The figures of the last second, as the panel shows them. */
  stats(): Record<string, number | undefined>;
  /** Where a point of the cube is drawn, in canvas pixels from the upper left corner. */
  project(p: Point): [number, number];
  /** Moves the viewer's eye there at once, within its limits. */
  setEye(p: Point): void;
  /** Keeps the node from hearing of the eye, or no longer. */
  freeze(on: boolean): void;
  /** Capture to display of the last views, up to 600, oldest first. */
  /** Head tracking. */
  head(): HeadHook;
  latencySamples(): number[];
}

export interface State {
  phase: string;
  cube: string | undefined;
  eye: Point;
  frozen: boolean;
  views: number; // shown since the page was loaded
  held: number; // frames not used for a bad strip
  contextLost: boolean;
  software: boolean; // WebGL runs on the processor
  video: [number, number]; // pixels
  /** The strip of the last view. */
  view: { sequence: number; window: number; eye: Point; near: number; far: number } | undefined;
}

declare global {
  interface Window {
    virtualcube?: Hooks;
  }
}

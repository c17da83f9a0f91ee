import type { Point, Screen } from "./eye/projection";
import type { HeadHook } from "./head";
import type { Done, Figures, Filter, FilterLink, Source } from "./protocol/room.gen";
import type { Request, RoomState, Stage } from "./session/session";
import type { Timing } from "./voice/lips";
import type { Ears } from "./voice/voice";

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

/** window.virtualcube.room: the same for a room. Points are metres in somebody's cube. */
export interface RoomHooks {
  /** The room as the node told it. */
  state(): RoomState;
  /** Where the page stands with the room, and its media's transport. */
  stage(): { stage: Stage; media: string; resumed: boolean; nonsense: number };
  /** Where a point of a participant's cube is drawn, in canvas pixels; undefined where they are not on a seat. */
  project(person: string, point: Point): [number, number] | undefined;
  /** Moves the viewer's eye there in the own cube, within its limits. */
  setEye(p: Point): void;
  /** Where the viewer's eye is, in the own cube. */
  eye(): Point;
  /** Says where the viewer looks, in the own cube, whatever hands and tracking say; undefined: no longer. */
  setLook(look: { direction: Point; confidence: number } | undefined): void;
  /** Asks the node, as the controls do. */
  ask(request: Request): Promise<Done>;
  /** The page's own filters, by source; those of everybody are in state(). */
  filters(): Partial<Record<Source, Filter[]>>;
  /** Sets the page's own filters on a source. */
  setFilters(source: Source, links: FilterLink[]): Promise<Done>;
  /** What reaches each ear now, by participant, 0 to 1. */
  ears(): Record<string, Ears>;
  /** Head tracking, once it is there. */
  head(): HeadHook | undefined;
  /** What is shown of whom; of cubes views, their latency, what of the strip was bad; the node's own. */
  figures(): RoomFigures;
  /** What arrives: of whom, what, and whether its track lives. */
  streams(): { mid: string; person: string; source: string; cube: string; murmur: boolean; live: boolean }[];
  /** The screen that the canvas is, in the own cube. */
  screen(): Screen;
}

export interface RoomFigures {
  people: Record<string, { kind: "view" | "camera" | "bust"; visible: boolean; cube: string | undefined }>;
  views: Record<string, { shown: number; held: number; latency: number | undefined }>;
  /** How long voices and views take, by participant. */
  lips: Record<string, Timing>;
  node: Figures | undefined;
  contextLost: boolean;
  software: boolean; // WebGL runs on the processor
}

declare global {
  interface Window {
    virtualcube?: Partial<Hooks> & { room?: RoomHooks };
  }
}

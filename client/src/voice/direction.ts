/**
 * The ears in the viewer's cube: y up, +z towards the front screen, metres
 * (the page's session.Vector). Right of somebody who looks along +z is -x,
 * since the frame is right-handed; WebAudio's listener looks along -z unless
 * it is turned.
 */
import type { Vector } from "../protocol/protocol.gen";

export const forward: Vector = [0, 0, 1];
export const up: Vector = [0, 1, 0];

interface Places {
  readonly positionX?: AudioParam;
  readonly positionY?: AudioParam;
  readonly positionZ?: AudioParam;
  setPosition?(x: number, y: number, z: number): void;
}

interface Turns {
  readonly forwardX?: AudioParam;
  readonly forwardY?: AudioParam;
  readonly forwardZ?: AudioParam;
  readonly upX?: AudioParam;
  readonly upY?: AudioParam;
  readonly upZ?: AudioParam;
  setOrientation?(fx: number, fy: number, fz: number, ux: number, uy: number, uz: number): void;
}

/** Seconds over which a place glides, so that no step is heard. */
const glide = 0.05;

/** Puts a source or the listener somewhere; Firefox's listener has functions, not parameters. */
export function put(node: Places, at: Vector, now: number): void {
  const { positionX: x, positionY: y, positionZ: z } = node;
  if (!x || !y || !z) {
    node.setPosition?.(...at);
    return;
  }
  [x, y, z].forEach((param, axis) => {
    set(param, at[axis] ?? 0, now);
  });
}

/** Turns the listener to the screen. */
export function face(listener: Turns): void {
  const { forwardX, forwardY, forwardZ, upX, upY, upZ } = listener;
  if (!forwardX || !forwardY || !forwardZ || !upX || !upY || !upZ) {
    listener.setOrientation?.(...forward, ...up);
    return;
  }
  [forwardX, forwardY, forwardZ, upX, upY, upZ].forEach((param, i) => {
    param.value = [...forward, ...up][i] ?? 0;
  });
}

/** Moves a parameter to a value without a click; at once before anything runs. */
export function set(param: AudioParam, value: number, now: number): void {
  if (now === 0) param.value = value;
  else param.setTargetAtTime(value, now, glide / 3);
}

/** How somebody's place is heard: HRTF, with a gentle fall over distance. */
export function pannerAt(context: BaseAudioContext, at: Vector): PannerNode {
  return new PannerNode(context, {
    panningModel: "HRTF",
    distanceModel: "inverse",
    refDistance: 1,
    rolloffFactor: 0.5,
    maxDistance: 50,
    positionX: at[0],
    positionY: at[1],
    positionZ: at[2],
  });
}

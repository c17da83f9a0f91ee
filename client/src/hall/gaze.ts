import type { Point } from "../eye/projection";
import type { Session } from "../session/session";

const every = 33; // ms between looks while something moves
const repeat = 200; // ms between looks that say the same, as each may be lost
const guess = 0.3; // confidence that one looks where the pointer rests

/** Where the eye is and looks, in the viewer's own cube. A direction of zeros is not known. */
export interface Gaze {
  eye: Point;
  direction: Point;
  confidence: number; // 0 to 1, of the direction
}

/** What head tracking found. */
export interface Tracked {
  point: Point; // between the eyes, metres in the viewer's cube
  direction: Point; // of the gaze
  confidence: number;
}

/**
 * Tells the node where the viewer looks: what tracking found, else from the
 * eye through the mouse pointer, if it is over the picture; that is a guess and
 * says so.
 */
export class Looks {
  /** What tests say instead. */
  override: Pick<Gaze, "direction" | "confidence"> | undefined;
  tracked: Tracked | undefined;
  /** The point of the screen under the pointer, in the viewer's cube. */
  pointer: Point | undefined;
  readonly #session: Session;
  #said = "";
  #saidAt = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  at(eye: Point): Gaze {
    if (this.override) return { eye, ...this.override };
    const { tracked, pointer } = this;
    if (tracked && tracked.confidence > 0) {
      return { eye, direction: unit(tracked.direction), confidence: Math.min(1, tracked.confidence) };
    }
    if (!pointer) return { eye, direction: [0, 0, 0], confidence: 0 };
    return {
      eye,
      direction: unit([pointer[0] - eye[0], pointer[1] - eye[1], pointer[2] - eye[2]]),
      confidence: guess,
    };
  }

  /** To be called some 30 times a second. */
  tell(eye: Point, now: number): void {
    const gaze = this.at(eye);
    const said = JSON.stringify(gaze);
    if (now - this.#saidAt < (said === this.#said ? repeat : every) - 4) return;
    this.#said = said;
    this.#saidAt = now;
    this.#session.look(gaze);
  }
}

function unit([x, y, z]: Point): Point {
  const length = Math.hypot(x, y, z);
  return length > 1e-9 ? [x / length, y / length, z / length] : [0, 0, 0];
}

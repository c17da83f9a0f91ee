import type { Landmarks } from "./head";

/** One of the webcam's pictures, for the worker; it closes the picture. */
export interface Picture {
  bitmap: ImageBitmap;
  at: number; // performance.now() of the page when it was taken, milliseconds
}

/** What the worker says: it is ready, it cannot, or what it saw in a picture. */
export type Answer =
  | { type: "ready" }
  | { type: "failed"; reason: string }
  | { type: "seen"; at: number; milliseconds: number; detected: boolean; face: Landmarks | undefined };

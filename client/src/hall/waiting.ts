const longest = 8; // frames; beyond it the oldest is given up

/** A frame and when it came. */
export interface Kept {
  readonly frame: VideoFrame;
  readonly received: number;
}

/**
 * Frames that wait for their voice. A frame is the browser's own copy, which has
 * to be closed.
 */
export class Waiting {
  readonly #frames: (Kept & { due: number })[] = [];

  /** Keeps a frame until due; times are of performance.now(). */
  put(frame: VideoFrame, due: number, received: number): void {
    this.#frames.push({ frame, due, received });
    if (this.#frames.length > longest) this.#frames.shift()?.frame.close();
  }

  /** The newest frame that is due, which is the caller's to close; older ones are given up. */
  take(now: number): Kept | undefined {
    let newest: Kept | undefined;
    while (this.#frames[0] && this.#frames[0].due <= now) {
      newest?.frame.close();
      newest = this.#frames.shift();
    }
    return newest;
  }

  clear(): void {
    for (const { frame } of this.#frames) frame.close();
    this.#frames.length = 0;
  }
}

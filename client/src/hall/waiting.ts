const longest = 8; // frames; beyond it the oldest is given up

/**
 * Frames of a view that wait for its voice. A frame is the browser's own copy,
 * which has to be closed.
 */
export class Waiting {
  readonly #frames: { frame: VideoFrame; due: number }[] = [];

  /** Keeps a frame until due; times are of performance.now(). */
  put(frame: VideoFrame, due: number): void {
    this.#frames.push({ frame, due });
    if (this.#frames.length > longest) this.#frames.shift()?.frame.close();
  }

  /** The newest frame that is due, which is the caller's to close; older ones are given up. */
  take(now: number): VideoFrame | undefined {
    let newest: VideoFrame | undefined;
    while (this.#frames[0] && this.#frames[0].due <= now) {
      newest?.close();
      newest = this.#frames.shift()?.frame;
    }
    return newest;
  }

  clear(): void {
    for (const { frame } of this.#frames) frame.close();
    this.#frames.length = 0;
  }
}

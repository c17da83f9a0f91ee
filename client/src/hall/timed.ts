import { median } from "../stats/series";
import { Feed } from "./feed";
import { Waiting } from "./waiting";

/** What is to be shown now: the element, or a copy of what it showed before, which is the caller's to free. */
export interface Due {
  readonly source: HTMLVideoElement | VideoFrame;
  readonly width: number; // pixels
  readonly height: number;
  free(): void;
}

/** A feed whose frames wait, so long that they are seen when their voice is heard. */
export class Timed {
  /** How long, ms. */
  wait = 0;
  readonly #feed: Feed;
  readonly #waiting = new Waiting();
  readonly #latencies: number[] = []; // ms, since they were asked for
  #received: number | undefined; // of the element's frame

  /** visible: whether anybody sees it, else nothing is kept; due: there is a frame to show. */
  constructor(track: MediaStreamTrack, visible: () => boolean, due: () => void) {
    this.#feed = new Feed(track, (video, { receiveTime }) => {
      this.#received = receiveTime;
      if (this.wait < 1 || !visible() || typeof VideoFrame === "undefined") {
        this.#waiting.clear(); // they are older
        due();
        return;
      }
      const now = performance.now();
      this.#waiting.put(new VideoFrame(video, { timestamp: 0 }), now + this.wait, receiveTime ?? now);
      window.setTimeout(due, this.wait);
    });
  }

  get track(): MediaStreamTrack {
    return this.#feed.track;
  }

  /** The newest frame that is due; undefined: it was shown with another. */
  take(): Due | undefined {
    const now = performance.now();
    const kept = this.#waiting.take(now);
    if (kept) {
      const { frame, received } = kept;
      this.#note(now - received);
      return {
        source: frame,
        width: frame.displayWidth,
        height: frame.displayHeight,
        free: () => frame.close(),
      };
    }
    if (this.wait >= 1) return undefined;
    const { video } = this.#feed;
    if (this.#received !== undefined) this.#note(now - this.#received);
    return { source: video, width: video.videoWidth, height: video.videoHeight, free: () => {} };
  }

  /** From the network to here, with the wait, the middle since the last call, ms; undefined: nothing was shown. */
  latency(): number | undefined {
    const middle = median(this.#latencies);
    this.#latencies.length = 0;
    return middle;
  }

  stop(): void {
    this.#feed.stop();
    this.#waiting.clear();
  }

  #note(latency: number): void {
    if (this.#latencies.length < 120) this.#latencies.push(latency);
  }
}

import type { Landmarks } from "./head";
import type { Answer, Picture } from "./messages";

/** Why there is no tracking. */
export type Refusal = "denied" | "camera" | "busy" | "insecure" | "browser" | "failed";

export type State =
  | { name: "off" | "asking" | "loading" | "tracking" | "lost" }
  | { name: "refused"; why: Refusal };

/** What the tracker tells. All of it comes on the page's own thread. */
export interface Listener {
  state(state: State): void;
  /** A face, or none, in the picture that was taken at this instant of performance.now(). */
  seen(face: Landmarks | undefined, takenAt: number): void;
}

/** How the tracker fares, for a test or a statistics panel. */
export interface Figures {
  pictures: number; // looked at since it began
  milliseconds: number; // that the last one took in the worker
  detections: number; // of them that looked for the face in the whole picture
  latency: number; // from the last picture's instant to its answer, milliseconds
}

const size = { width: 640, height: 480 };
const least = 1000 / 31; // milliseconds between pictures: 30 a second
const looking = 100; // the same while the face is looked for, which takes longer and more of the processor
const lostAfter = 400; // milliseconds without a face

/**
 * Looks at the participant's own webcam. Nothing starts before start is
 * called, which must be by the participant's own wish: it asks for the camera
 * (or takes a clone of a track that is already published) and only then loads
 * the networks. Pictures go from the camera to a worker of this page and
 * nowhere else; neither they nor the landmarks are sent or kept.
 *
 * Each picture is taken from the video by the page: a stream of the track's
 * frames in the worker would pass a busy page by, but is Chromium's alone, and
 * drawing its frames there took three times as long without a GPU.
 */
export class Tracker {
  readonly figures: Figures = { pictures: 0, milliseconds: 0, detections: 0, latency: 0 };
  readonly #listener: Listener;
  readonly #video: HTMLVideoElement;
  #state: State = { name: "off" };
  #attempt = 0; // counts starts and stops, so that what was asked before is dropped
  #track: MediaStreamTrack | undefined;
  #worker: Worker | undefined;
  #pending = 0; // pictures at the worker; newer ones wait in the video, the newest wins
  #takenAt = 0;
  #faceAt = 0;
  #facing = false; // the last picture had a face

  /** The video must be in the page; it shows the camera's picture while tracking. */
  constructor(video: HTMLVideoElement, listener: Listener) {
    this.#video = video;
    this.#listener = listener;
    video.muted = true;
    video.playsInline = true;
  }

  get state(): State {
    return this.#state;
  }

  /** Begins; takes a clone of the given track, or asks for the camera. */
  async start(published?: MediaStreamTrack): Promise<void> {
    this.stop();
    const attempt = ++this.#attempt;
    this.#tell({ name: "asking" });
    try {
      const track = published?.clone() ?? (await camera());
      if (attempt !== this.#attempt) {
        track.stop();
        return;
      }
      this.#take(track);
      this.#tell({ name: "loading" });
      this.#load();
      await this.#video.play();
    } catch (cause) {
      if (attempt === this.#attempt) this.#refuse(refusalOf(cause));
    }
  }

  stop(): void {
    this.#end();
    this.#tell({ name: "off" });
  }

  #refuse(why: Refusal): void {
    this.#end();
    this.#tell({ name: "refused", why });
  }

  #end(): void {
    this.#attempt++;
    this.#track?.stop();
    this.#track = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#video.srcObject = null;
  }

  #take(track: MediaStreamTrack): void {
    this.#track = track;
    track.addEventListener("ended", () => {
      if (track === this.#track) this.#refuse("camera");
    });
    this.#video.srcObject = new MediaStream([track]);
  }

  #load(): void {
    if (!("OffscreenCanvas" in window) || !("WebAssembly" in window)) throw new Unable("browser");
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (worker === this.#worker) this.#hear(data);
    };
    worker.onerror = () => {
      if (worker === this.#worker) this.#refuse("failed");
    };
  }

  #hear(answer: Answer): void {
    switch (answer.type) {
      case "failed":
        console.warn(`head tracking: ${answer.reason}`);
        this.#refuse("failed");
        break;
      case "ready":
        this.#pending = 0;
        this.#facing = false;
        this.#faceAt = performance.now();
        this.#watch(this.#attempt);
        break;
      case "seen":
        this.#pending--;
        this.#see(answer);
        break;
    }
  }

  #see({ at, milliseconds, detected, face }: Extract<Answer, { type: "seen" }>): void {
    const now = performance.now();
    const { figures } = this;
    figures.pictures++;
    figures.detections += detected ? 1 : 0;
    figures.milliseconds = milliseconds;
    figures.latency = now - at;
    this.#listener.seen(face, at);
    this.#facing = face !== undefined;
    if (face) this.#faceAt = now;
    if (face && this.#state.name !== "tracking") this.#tell({ name: "tracking" });
    if (!face && this.#state.name !== "lost" && now - this.#faceAt > lostAfter) this.#tell({ name: "lost" });
  }

  /** Sends each new picture that the worker has time for. */
  #watch(attempt: number): void {
    this.#video.requestVideoFrameCallback((now, { captureTime }) => {
      if (attempt !== this.#attempt) return;
      this.#watch(attempt);
      // Some cameras' clocks are not the page's.
      const sane = captureTime !== undefined && captureTime <= now && captureTime > now - 500;
      void this.#send(attempt, sane ? captureTime : now);
    });
  }

  async #send(attempt: number, at: number): Promise<void> {
    // A fast worker may have the next one on its way, since a busy page hears of the last one late.
    const most = this.figures.milliseconds < least ? 2 : 1;
    if (this.#pending >= most || at - this.#takenAt < (this.#facing ? least : looking) - 4) return;
    this.#pending++;
    this.#takenAt = at;
    try {
      const picture: Picture = { bitmap: await createImageBitmap(this.#video), at };
      if (attempt === this.#attempt) this.#worker?.postMessage(picture, [picture.bitmap]);
      else picture.bitmap.close();
    } catch {
      this.#pending--; // the video had no picture after all
    }
  }

  #tell(state: State): void {
    if (state.name === "off" && this.#state.name === "off") return;
    this.#state = state;
    this.#listener.state(state);
  }
}

class Unable extends Error {
  readonly why: Refusal;

  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

async function camera(): Promise<MediaStreamTrack> {
  // Browsers hide the camera from pages that did not come over TLS.
  if (!navigator.mediaDevices) throw new Unable(window.isSecureContext ? "browser" : "insecure");
  const stream = await navigator.mediaDevices.getUserMedia({
    video: {
      width: { ideal: size.width },
      height: { ideal: size.height },
      frameRate: { ideal: 30 },
      facingMode: "user",
    },
  });
  const [track] = stream.getVideoTracks();
  if (!track) throw new Unable("camera");
  return track;
}

/** The names are those of getUserMedia (Media Capture and Streams, section 10.3). */
function refusalOf(cause: unknown): Refusal {
  if (cause instanceof Unable) return cause.why;
  switch (cause instanceof DOMException ? cause.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "camera";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

import { listen } from "./eye/controls";
import { Eye } from "./eye/eye";
import type { Framing, Point } from "./eye/projection";
import { followHead, type HeadHook } from "./head";
import type { Hooks } from "./hooks";
import { Backoff } from "./net/backoff";
import { Connection, type Listener, type Phase } from "./net/connection";
import { findCube } from "./net/node";
import { JoinError, text } from "./net/whep";
import type { Options } from "./options";
import { layoutOfVideo } from "./pack/layout";
import type { Hello, NodeMessage, WindowMessage } from "./protocol/protocol.gen";
import { PROTOCOL_VERSION } from "./protocol/protocol.gen";
import { seatOf } from "./room/room";
import { type Figures, Meter } from "./stats/meter";
import { Panel } from "./stats/panel";
import { element, loadAgain, type NoticeBoard } from "./ui/notice";
import { Toolbar } from "./ui/toolbar";
import { status } from "./view/glsl";
import type { Seen } from "./view/readback";
import { Stage } from "./view/stage";

const eyeEvery = 33; // ms between eyes sent while it moves
const eyeRepeat = 1000; // ms between eyes sent while it stands, as each may be lost
const stalledAfter = 3000; // ms without a new view
const home: Point = [0, 0.02, 1.25]; // metres

/** The page: connects, shows, and says what is going on. */
export class App {
  readonly #options: Options;
  readonly #board: NoticeBoard;
  readonly #video = element("video") as HTMLVideoElement;
  readonly #eye: Eye;
  readonly #stage: Stage;
  readonly #backoff = new Backoff();
  #connection: Connection | undefined;
  #meter: Meter | undefined;
  #panel: Panel | undefined;
  #figures: Partial<Figures> = {};
  #cube: string | undefined;
  #frozen: boolean;
  #framed = false;
  #last: Seen | undefined;
  #lastViewAt = 0;
  #liveSince = 0;
  #eyeSentAt = 0;
  #contextTimer: number | undefined;
  readonly #head: () => HeadHook;

  constructor(options: Options, board: NoticeBoard) {
    this.#options = options;
    this.#board = board;
    this.#frozen = options.frozen;
    this.#eye = new Eye(home);
    if (options.eye) this.#eye.set(options.eye);
    const canvas = element("canvas") as HTMLCanvasElement;
    this.#stage = new Stage(canvas, this.#eye, this.#stageListener(), options.plain);
    listen(canvas, this.#eye);
    this.#head = followHead(this.#eye, element("tools"));
    canvas.focus({ preventScroll: true });
  }

  start(): void {
    window.virtualcube = this.#hooks();
    new Toolbar({
      reset: () => this.#eye.reset(),
      panel: () => this.#panel?.draw(),
    });
    this.#board.onKey = (key) => this.#connection?.open(key);
    window.addEventListener("pagehide", () => this.#connection?.close());
    window.addEventListener("pageshow", (e) => {
      if (e.persisted) this.#connection?.open();
    });
    window.addEventListener("online", () => {
      if (this.#connection?.phase === "reconnecting") this.#connection.open();
    });
    this.#video.requestVideoFrameCallback(() => this.#videoFrame());
    window.setInterval(() => void this.#second(), 1000);
    this.#board.status("Looking for the node…", "busy");
    void this.#find();
  }

  async #find(): Promise<void> {
    try {
      const cube = await findCube(this.#options.cube, AbortSignal.timeout(10_000));
      this.#cube = cube.name;
      element("cube").textContent = cube.name;
      this.#connect(new URL(cube.whep.replace(/^\//, ""), document.baseURI).href);
    } catch (cause) {
      const error = cause instanceof JoinError ? cause : new JoinError(text(cause), "The page keeps trying.");
      const pause = this.#backoff.next();
      this.#explain("reconnecting", error, error.retry ? pause : undefined);
      if (error.retry) window.setTimeout(() => void this.#find(), pause);
    }
  }

  #connect(endpoint: string): void {
    const connection = new Connection(endpoint, this.#options.key, this.#netListener());
    this.#connection = connection;
    this.#meter = new Meter(connection.clock);
    this.#panel = new Panel(element("panel"), this.#meter);
    connection.open();
  }

  #netListener(): Listener {
    return {
      phase: (phase, error, retryIn) => {
        if (phase === "live") {
          this.#liveSince = performance.now();
          this.#eyeSentAt = 0;
        } else {
          this.#last = undefined;
          this.#stage.clearWindows();
        }
        this.#explain(phase, error, retryIn);
      },
      stream: (stream) => {
        this.#video.srcObject = stream;
        // Muted video may play without a gesture everywhere; where it may not, the first press starts it.
        const play = () =>
          void this.#video.play().catch(() => addEventListener("pointerdown", play, { once: true }));
        play();
      },
      message: (message) => this.#take(message),
    };
  }

  #take(message: NodeMessage): void {
    switch (message.type) {
      case "hello":
        this.#greet(message);
        break;
      case "window":
        this.#stage.addWindow(message);
        if (!this.#framed) this.#frameOn(message);
        break;
      case "stats":
        this.#panel?.tell(message);
        break;
      case "error":
        this.#board.show({
          title: "The node says",
          text: message.message,
          action: this.#again("Try again now"),
        });
        break;
    }
  }

  #greet(hello: Hello): void {
    if (hello.protocol !== PROTOCOL_VERSION) {
      this.#outdated(`It speaks protocol ${hello.protocol}, this page ${PROTOCOL_VERSION}.`);
    }
    const { min, max } = hello.volume;
    this.#stage.furnish(seatOf(min[1]));
    // The node lets nobody nearer than 0.4 m to the middle of the volume.
    const closest = Math.max((min[2] + max[2]) / 2 + 0.45, 0.55);
    this.#eye.limits = {
      ...this.#eye.limits,
      min: [this.#eye.limits.min[0], this.#eye.limits.min[1], closest],
    };
  }

  /** Fits the screen round the person as the node first framed them; it stays so. */
  #frameOn(w: WindowMessage): void {
    this.#framed = true;
    const top = w.center[1] + w.halfHeight * 1.04;
    // Where the capture ends is no pretty sight; the person alone is shown whole.
    const bottom = w.center[1] - w.halfHeight * (this.#options.plain ? 1.04 : 0.9);
    const framing: Framing = {
      // The head is in the middle, whatever the hands do at the moment.
      center: [0, (top + bottom) / 2, 0],
      halfWidth: Math.abs(w.center[0]) + w.halfWidth * 0.95,
      halfHeight: (top - bottom) / 2,
    };
    this.#stage.frame(framing);
    this.#eye.home = [framing.center[0], home[1], Math.min(Math.max(framing.halfHeight * 2.6, 1.15), 2.4)];
    if (!this.#options.eye) this.#eye.reset();
  }

  #stageListener() {
    return {
      seen: (seen: Seen, now: number) => this.#see(seen, now),
      moved: () => this.#sendEye(eyeEvery),
      contextLost: () => {
        this.#board.status("Graphics lost", "bad");
        this.#contextTimer = window.setTimeout(() => {
          this.#board.show({
            title: "The graphics card was taken away",
            text: "The browser lost its 3D graphics and did not get them back. Close other pages that use much of the graphics card, then load this one again.",
            action: loadAgain,
          });
        }, 5000);
      },
      contextRestored: () => {
        window.clearTimeout(this.#contextTimer);
        this.#board.hide();
        this.#board.status("Live", "good");
      },
    };
  }

  #videoFrame(): void {
    this.#video.requestVideoFrameCallback(() => this.#videoFrame());
    const { videoWidth, videoHeight } = this.#video;
    const layout = layoutOfVideo(videoWidth, videoHeight);
    if (layout) this.#stage.show(this.#video, layout);
    else this.#outdated(`Its video of ${videoWidth} x ${videoHeight} is no packed view of this version.`);
  }

  #see(seen: Seen, now: number): void {
    this.#meter?.see(seen, now);
    if (seen.status === status.version) this.#outdated("Its views have another layout version.");
    if (seen.status !== status.good) return;
    this.#last = seen;
    this.#lastViewAt = now;
    if (this.#connection?.phase === "live" && !this.#stage.lost) {
      this.#board.hide();
      this.#board.status("Live", "good");
    }
  }

  async #second(): Promise<void> {
    this.#sendEye(eyeRepeat);
    const report = await this.#connection?.report();
    const now = performance.now();
    if (this.#meter) this.#figures = this.#meter.tick(now, report);
    this.#panel?.draw();
    const quiet = now - Math.max(this.#lastViewAt, this.#liveSince);
    if (this.#connection?.phase !== "live" || this.#stage.lost || quiet < stalledAfter || document.hidden)
      return;
    this.#board.status(`No new picture for ${Math.round(quiet / 1000)} s`, "busy");
    if (this.#last || quiet < 2 * stalledAfter) return;
    this.#board.show({
      title: "Connected, but nobody to see yet",
      text: "The node sends no view. Somebody must sit in the rig's volume and a camera must run; the node's log and `virtualcube doctor` say more.",
      action: this.#again("Connect again"),
    });
  }

  #sendEye(every: number): void {
    const now = performance.now();
    if (this.#frozen || now - this.#eyeSentAt < every - 2) return;
    this.#eyeSentAt = now;
    this.#connection?.sendEye(this.#eye.position);
  }

  #explain(phase: Phase, error: JoinError | undefined, retryIn: number | undefined): void {
    if (phase === "live") {
      this.#board.status("Waiting for the picture…", "busy");
      this.#board.hide();
      return;
    }
    if (phase === "connecting" || (phase === "reconnecting" && !error)) {
      this.#board.status(phase === "connecting" ? "Connecting…" : "Reconnecting…", "busy");
      return;
    }
    if (!error) return;
    const wait =
      retryIn === undefined ? "" : ` Next attempt in ${Math.max(1, Math.round(retryIn / 1000))} s.`;
    this.#board.status(
      phase === "refused" ? "Not connected" : "Reconnecting…",
      phase === "refused" ? "bad" : "busy",
    );
    this.#board.show({
      title: error.message,
      text: error.remedy + wait,
      ...(error.needsKey ? { key: true } : { action: this.#again("Try again now") }),
    });
  }

  #again(label: string) {
    return { label, run: () => (this.#connection ? this.#connection.open() : location.reload()) };
  }

  #outdated(why: string): void {
    this.#board.show({
      title: "Page and node do not fit together",
      text: `${why} Load the page again; if that does not help, update the node.`,
      action: loadAgain,
    });
  }

  #hooks(): Hooks {
    return {
      state: () => ({
        phase: this.#connection?.phase ?? "finding",
        cube: this.#cube,
        eye: this.#eye.position,
        frozen: this.#frozen,
        views: this.#meter?.shown ?? 0,
        held: this.#meter?.held ?? 0,
        contextLost: this.#stage.lost,
        software: this.#stage.software,
        video: [this.#video.videoWidth, this.#video.videoHeight],
        view: this.#last && {
          sequence: this.#last.sequence,
          window: this.#last.window,
          eye: this.#last.eye,
          near: this.#last.near,
          far: this.#last.far,
        },
      }),
      stats: () => ({ ...this.#figures }),
      project: (p) => this.#stage.project(p),
      setEye: (p) => {
        this.#eye.set(p);
        this.#stage.redraw();
        this.#sendEye(0);
      },
      freeze: (on) => {
        this.#frozen = on;
        if (!on) this.#sendEye(0);
      },
      head: () => this.#head(),
      latencySamples: () => [...(this.#meter?.samples ?? [])],
    };
  }
}

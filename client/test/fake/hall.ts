/**
 * The hall without a node: a session of the test's own, views of a made-up
 * bust, a webcam and a shared screen from canvases. window.fake drives it.
 */
import { between } from "../../src/assembly/pose";
import { type Point, project } from "../../src/eye/projection";
import { Hall } from "../../src/hall/hall";
import { optionsOf } from "../../src/options";
import type { Spot, Stream } from "../../src/protocol/room.gen";
import type { Arriving } from "../../src/session/session";
import type { Seen } from "../../src/view/readback";
import { drawView, framing, markers } from "./bust";
import { FakeSession, info, item, person, roundTable, sideBySide } from "./hallsession";

const session = new FakeSession();
const canvas = document.getElementById("canvas") as HTMLCanvasElement;
const seen: Record<string, Seen> = {};
const hall = new Hall(canvas, session, optionsOf(new URL(location.href)), {
  seen: (cube, s) => {
    seen[cube] = s;
  },
  contextLost() {},
  contextRestored() {},
});

/** A track of a canvas that is painted again and again. */
function trackOf(painted: HTMLCanvasElement, rate: number, paint: (g: CanvasRenderingContext2D) => void) {
  const g = painted.getContext("2d") as CanvasRenderingContext2D;
  const track = painted.captureStream(rate).getVideoTracks()[0] as MediaStreamTrack;
  setInterval(() => paint(g), 1000 / rate);
  return track;
}

/** The view of a cube from an eye, sent over and over as a node would. */
function viewTrack(eye: Point, size: number, rate: number): MediaStreamTrack {
  const once = document.createElement("canvas");
  const away = eye[2]; // along the window's normal
  const strip = { sequence: 1, milliseconds: 1000, eye, near: away - 0.45, far: away + 0.35, window: 7 };
  drawView(once, { width: size, height: size }, strip);
  const canvas = document.createElement("canvas");
  canvas.width = once.width;
  canvas.height = once.height;
  return trackOf(canvas, rate, (g) => g.drawImage(once, 0, 0));
}

function webcamTrack(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  let n = 0;
  return trackOf(canvas, 10, (g) => {
    n++;
    const wall = g.createLinearGradient(0, 0, 640, 0);
    wall.addColorStop(0, "#7a8b99");
    wall.addColorStop(1, "#c9b79c");
    g.fillStyle = wall;
    g.fillRect(0, 0, 640, 360);
    g.fillStyle = "#3f5d4a";
    g.beginPath();
    g.ellipse(320, 390, 170, 130, 0, 0, 7);
    g.fill();
    g.fillStyle = "#d9a98a";
    g.fillRect(290, 215, 60, 60);
    g.beginPath();
    g.ellipse(320 + 3 * Math.sin(n / 5), 155, 66, 88, 0, 0, 7);
    g.fill();
    g.fillStyle = "#2d2320";
    g.beginPath();
    g.ellipse(320, 95, 70, 42, 0, Math.PI, 0);
    g.fill();
    for (const x of [296, 344]) g.fillRect(x - 5, 145, 10, 7);
  });
}

function screenTrack(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  return trackOf(canvas, 2, (g) => {
    g.fillStyle = "#fdfdfb";
    g.fillRect(0, 0, 1280, 720);
    g.fillStyle = "#26343d";
    g.font = "600 64px sans-serif";
    g.fillText("Quarterly plan", 80, 130);
    ["#5b8db8", "#d98e5b", "#6aa37a", "#a06f9c"].forEach((colour, i) => {
      g.fillStyle = colour;
      g.fillRect(120 + 270 * i, 640 - 90 * (i + 1), 180, 90 * (i + 1));
    });
  });
}

function arriving(mid: string, track: MediaStreamTrack, stream: Partial<Stream>): Arriving {
  const whole: Stream = { mid, person: "", source: "view", cube: "", murmur: false, ...stream };
  return { stream: whole, track, receiver: { track } as RTCRtpReceiver };
}

const table = roundTable(4);
const boards: Spot[] = [{ pose: item("", "").pose, width: 0.7, height: 0.4, sides: "each" }];

const people = [
  person("p1", "Me", 0, { role: "host" }),
  person("p2", "Ada Lovelace", 1, {
    cube: "a",
    speaking: true,
    looks: { shared: true, at: "p1", degrees: 1, since: 1 },
  }),
  person("p3", "王小明", 2, { cube: "b", hand: 5 }),
  person("p4", "Grace", 3, { camera: "on", microphone: "off" }),
];

const fake = {
  hall,
  session,
  seen,
  markers,
  /** Three others: two views and a webcam; and a shared screen with a pointer. */
  enter(size = 256, rate = 12) {
    for (const cube of ["a", "b"]) session.each((l) => l.window?.(cube, framing));
    const mine = table[0] as (typeof table)[0];
    const eyeIn = (seat: number) => between(table[seat] as typeof mine, mine).position;
    session.set({
      you: "p1",
      room: info("round-table", table, boards),
      people: new Map(people.map((p) => [p.id, p])),
      items: new Map([
        ["i1", item("i1", "p2", { ...boards[0], pointers: [{ person: "p3", x: 0.7, y: 0.6 }] })],
      ]),
    });
    session.arrive([
      arriving("3", viewTrack(eyeIn(1), size, rate), { person: "p2", cube: "a" }),
      arriving("4", viewTrack(eyeIn(2), size, rate), { person: "p3", cube: "b" }),
      arriving("5", webcamTrack(), { person: "p4", source: "camera" }),
      arriving("6", screenTrack(), { person: "p2", source: "screen" }),
    ]);
  },
  /** Where the middle of an item is drawn, in CSS pixels. */
  itemAt(id: string) {
    const [me] = table;
    const corners = me ? hall.items.corners(me, id) : [];
    const middle = [0, 1, 2].map((i) => corners.reduce((sum, c) => sum + (c[i] ?? 0) / 4, 0)) as Point;
    const [x, y] = project(hall.screen, hall.eye.position, middle, canvas.clientWidth, canvas.clientHeight);
    return { x, y };
  },
  /** Somebody changes. */
  change(id: string, more: object) {
    const now = new Map(session.state.people);
    now.set(id, { ...(now.get(id) as (typeof people)[0]), ...more });
    session.set({ people: now });
  },
  /** A picture of the page as a work item, so that it is of the same origin. */
  place(id: string, more: object) {
    session.set({ items: new Map([...session.state.items, [id, item(id, "p1", more)]]) });
  },
  arrange(layout: "round-table" | "side-by-side", n: number) {
    session.set({ room: info(layout, layout === "side-by-side" ? sideBySide() : roundTable(n), boards) });
  },
  loseContext() {
    const lose = canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context");
    lose?.loseContext();
    return new Promise<void>((resolve) => {
      canvas.addEventListener("webglcontextrestored", () => resolve(), { once: true });
      setTimeout(() => lose?.restoreContext(), 100);
    });
  },
  /** Milliseconds that a picture takes with the eye moving. */
  async time(count: number) {
    const gl = canvas.getContext("webgl2") as WebGL2RenderingContext;
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      hall.eye.set([0.05 * Math.sin(i), 0, 0]);
      hall.redraw();
      await new Promise(requestAnimationFrame);
      gl.finish();
    }
    hall.eye.set([0, 0, 0]);
    return (performance.now() - start) / count;
  },
};
export type FakeHall = typeof fake;
Object.assign(window, { fake });

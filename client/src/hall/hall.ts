import { Color, type Group, Quaternion, Scene } from "three";
import { anglesOf, virtualDistance } from "../assembly/extent";
import { Glide } from "../assembly/glide";
import type { Monitor } from "../assembly/monitor";
import { apply, between, blend, identity, matrixOf, same } from "../assembly/pose";
import { listen } from "../eye/controls";
import { Eye } from "../eye/eye";
import { cameraOf, type Point, project, type Screen } from "../eye/projection";
import type { WindowMessage } from "../protocol/protocol.gen";
import type { Person, Pose } from "../protocol/room.gen";
import { buildCommons } from "../room/commons";
import type { Arriving, RoomState, Session, Source } from "../session/session";
import { Easel, free, type Painter } from "../view/easel";
import { windowSlots } from "../view/glsl";
import { maxCells } from "../view/person";
import type { Seen } from "../view/readback";
import { Board } from "./board";
import { Figure, type Surroundings } from "./figure";
import { Looks, type Tracked } from "./gaze";
import { Hands } from "./hands";
import { Items } from "./items";
import { onScreen, outline, Sight } from "./sight";

const lookEvery = 33; // ms

export interface HallOptions {
  monitor: Monitor | undefined; // the virtual screen where there is none
  plain: boolean; // without the room's furniture
  eye: Point | undefined; // where it starts, in the viewer's cube
  /** What the viewer publishes of a source; undefined: nothing. */
  own?: (source: Source) => MediaStreamTrack | undefined;
}

export interface HallListener {
  seen(cube: string, seen: Seen, now: number): void;
  contextLost(): void;
  contextRestored(): void;
}

/** What is shown of somebody. */
export interface Shown {
  kind: "view" | "camera" | "bust";
  visible: boolean;
  cube: string | undefined;
}

/**
 * The stage of a room: everybody on their seats and the work items, in one
 * world, seen from the viewer's own seat by the viewer's eye through the
 * screen. It draws only when something changed.
 */
export class Hall implements Painter, Surroundings {
  readonly eye = new Eye([0, 0, 0]);
  readonly looks: Looks;
  /** Work items: where they are, and how they are moved. */
  readonly items: Items;
  readonly plain: boolean;
  readonly #session: Session;
  readonly #listener: HallListener;

  readonly #easel: Easel;
  readonly #scene = new Scene();
  readonly #sight: Sight;
  readonly #me = new Glide<Pose>(identity, blend);
  readonly #figures = new Map<string, Figure>();
  readonly #windows = new Map<string, Map<number, WindowMessage>>();
  #pointer: [number, number] | undefined; // CSS pixels
  #entered = false;
  #room: Group | undefined;
  #roomOf = "";

  constructor(canvas: HTMLCanvasElement, session: Session, options: HallOptions, listener: HallListener) {
    this.#session = session;
    this.#listener = listener;
    this.plain = options.plain;
    this.#easel = new Easel(canvas);
    this.#sight = new Sight(canvas, options.monitor);
    this.looks = new Looks(session);
    this.items = new Items(session, {
      make: (item) => new Board(item, this.renderer, this.software, () => this.redraw()),
      scene: this.#scene,
      view: (now) => this.#view(now),
      own: (source) => options.own?.(source),
      redraw: () => this.redraw(),
    });
    this.#limitEye(options.monitor);
    this.eye.home = [0, 0, 0];
    this.eye.set(options.eye ?? [0, 0, 0]);
    this.#scene.background = new Color(options.plain ? "#000000" : "#20262b");
    new Hands(canvas, {
      ...this.items.hands(),
      rest: (at) => {
        this.#pointer = at;
      },
    });
    listen(canvas, {
      move: (right, up, back) => this.#move(right, up, back),
      reset: () => this.eye.reset(),
    });
    session.listen({
      state: () => this.#sync(),
      streams: () => this.#sync(),
      window: (cube, w) => this.#addWindow(cube, w),
    });
    this.#sync();
    this.#easel.start(this);
    window.setInterval(() => {
      this.looks.pointer = this.#pointer && this.items.pointOfScreen(...this.#pointer);
      this.looks.tell(this.eye.position, performance.now());
    }, lookEvery);
  }

  get renderer() {
    return this.#easel.renderer;
  }

  get software(): boolean {
    return this.#easel.software;
  }

  get lost(): boolean {
    return this.#easel.lost;
  }

  /** The screen that the canvas is at the moment, in the viewer's cube. */
  get screen(): Screen {
    return this.#sight.screen(performance.now());
  }

  /** Takes a monitor that the viewer declares; undefined: the virtual screen. */
  declare(monitor: Monitor | undefined): void {
    this.#sight.monitor = monitor;
    this.#limitEye(monitor);
    this.redraw();
  }

  /** Shows a participant or a work item: turns the virtual screen to it, and lights an item's frame. */
  focus(id: string): void {
    const figure = this.#figures.get(id);
    const me = this.#me.goal;
    const points = figure ? outline(between(me, figure.place.goal).position) : this.items.corners(me, id);
    if (points.length > 0) this.#sight.turn(points, performance.now());
    this.items.focus(id);
  }

  /** What head tracking found; undefined: it does not track any more. */
  track(found: Tracked | undefined): void {
    this.looks.tracked = found;
    if (found) this.eye.set(found.point);
    this.redraw();
  }

  /** Where a point of somebody's cube is drawn, in canvas pixels from the upper left corner. */
  project(person: string, point: Point): [number, number] | undefined {
    const figure = this.#figures.get(person);
    if (!figure) return undefined;
    const { canvas } = this.#easel;
    const { screen, pose, now } = this.#view();
    const at = apply(between(pose, figure.place.at(now)), point);
    return project(screen, this.eye.position, at, canvas.width, canvas.height);
  }

  /** Lets what is shown of a participant wait for their voice, ms. */
  wait(person: string, ms: number): void {
    this.#figures.get(person)?.delay(ms);
  }

  /** How long a webcam's pictures took from the network to the screen since the last call, ms. */
  latency(person: string): number | undefined {
    return this.#figures.get(person)?.latency();
  }

  /** What is shown, by participant. */
  shown(): Record<string, Shown> {
    const entries = [...this.#figures].map(([id, { kind, visible, cube }]) => [id, { kind, visible, cube }]);
    return Object.fromEntries(entries);
  }

  redraw(): void {
    this.#easel.redraw();
  }

  windows(cube: string): Iterable<WindowMessage> {
    return this.#windows.get(cube)?.values() ?? [];
  }

  seen(cube: string, seen: Seen): void {
    this.#listener.seen(cube, seen, performance.now());
  }

  resized(width: number, height: number): void {
    this.#sight.aspect = width / height;
  }

  step(seconds: number, now: number): boolean {
    const moved = this.eye.step(seconds);
    const gliding =
      this.#me.moving(now) ||
      this.#sight.moving(now) ||
      this.items.moving(now) ||
      [...this.#figures.values()].some((f) => f.place.moving(now));
    if (gliding) this.redraw(); // once more when it has come to rest
    return moved || gliding;
  }

  paint(now: number): void {
    const eye = this.eye.position;
    const { screen, pose } = this.#view(now);
    const views = [...this.#figures.values()].filter((f) => f.cube !== undefined).length;
    const parallel = new Quaternion().setFromRotationMatrix(cameraOf(screen, eye));
    const cells = views > 2 ? 64 : views > 1 ? 96 : maxCells;
    for (const figure of this.#figures.values()) {
      const place = figure.place.at(now);
      const theirs = between(place, pose);
      const mine = between(pose, place);
      figure.visible = onScreen(screen, eye, outline(mine.position));
      figure.paint(now, {
        eye: apply(theirs, eye),
        facing: new Quaternion(...theirs.rotation).multiply(parallel),
        cells,
        pixel: (at) => this.items.pixel(apply(mine, at)),
      });
    }
    this.items.paint(now);
    this.#easel.draw(this.#scene, screen, eye, matrixOf(pose));
    for (const figure of this.#figures.values()) figure.drawn();
  }

  /** All that had GL objects goes with the context: they cannot be given back to another. */
  contextLost(): void {
    for (const figure of this.#figures.values()) figure.dispose();
    this.#figures.clear();
    this.items.clear();
    this.#unfurnish();
    this.#listener.contextLost();
  }

  contextRestored(): void {
    this.#sync();
    this.#listener.contextRestored();
  }

  #view(now = performance.now()) {
    const { clientWidth: width, clientHeight: height } = this.#easel.canvas;
    return {
      now,
      screen: this.#sight.screen(now),
      pose: this.#me.at(now),
      eye: this.eye.position,
      width,
      height,
    };
  }

  #limitEye(monitor: Monitor | undefined): void {
    const nearest = (monitor?.distance ?? virtualDistance) - 0.2;
    this.eye.limits = { min: [-0.45, -0.35, -0.7], max: [0.45, 0.35, Math.max(nearest, 0)] };
  }

  #addWindow(cube: string, w: WindowMessage): void {
    const known = this.#windows.get(cube) ?? new Map<number, WindowMessage>();
    this.#windows.set(cube, known);
    known.delete(w.id);
    known.set(w.id, w);
    for (const id of known.keys()) {
      if (known.size <= windowSlots) break;
      known.delete(id);
    }
    for (const figure of this.#figures.values()) if (figure.cube === cube) figure.addWindow(w);
  }

  /** Makes the scene what the room and the streams say. */
  #sync(): void {
    if (this.lost) return;
    const now = performance.now();
    const { state, streams } = this.#session;
    const seats = state.room?.seats ?? [];
    const own = seats[state.people.get(state.you)?.seat ?? -1] ?? state.room?.gallery ?? identity;
    if (!this.#entered) this.#me.jump(own);
    else if (!same(own, this.#me.goal)) this.#me.to(own, now);
    this.#entered = state.people.has(state.you);
    this.#seat(state, streams, now);
    this.items.sync(state, streams, now);
    this.#furnish(state);
    this.#sight.fit(this.#points(), now);
    this.#attend(state, now);
    this.redraw();
  }

  #seat(state: RoomState, streams: readonly Arriving[], now: number): void {
    const seated = new Set<string>();
    for (const person of state.people.values()) {
      const pose = state.room?.seats[person.seat];
      if (!pose || person.id === state.you) continue;
      seated.add(person.id);
      const known = this.#figures.get(person.id);
      const figure = known ?? new Figure(person, pose, this);
      if (!known) {
        this.#figures.set(person.id, figure);
        this.#scene.add(figure.group);
      } else if (!same(figure.place.goal, pose)) figure.place.to(pose, now);
      figure.tell(person, state.you);
      figure.watch(viewOf(person, streams), webcamOf(person, streams));
    }
    for (const [id, figure] of this.#figures) {
      if (seated.has(id)) continue;
      figure.dispose();
      this.#figures.delete(id);
    }
  }

  #furnish({ room }: RoomState): void {
    if (this.plain || !room?.seats.length) return;
    const of = JSON.stringify([room.seats, room.boards]);
    if (of === this.#roomOf) return;
    this.#unfurnish();
    this.#roomOf = of;
    this.#room = buildCommons(room.seats, room.boards);
    this.#scene.add(this.#room);
  }

  /** Where not everybody fits, who speaks is shown, and somebody always is. */
  #attend({ people }: RoomState, now: number): void {
    if (!this.#sight.narrow) return;
    const me = this.#me.goal;
    const heads = [...this.#figures].map(([id, { place }]) => ({
      points: outline(between(me, place.goal).position),
      speaks: people.get(id)?.speaking ?? false,
    }));
    const ahead = (points: readonly Point[]) => Math.max(...anglesOf(points).map(Math.abs));
    heads.sort((a, b) => ahead(a.points) - ahead(b.points));
    const speaker = heads.find((h) => h.speaks);
    if (speaker) this.#sight.attend(speaker.points, now);
    else if (heads[0] && !heads.some((h) => this.#sight.holds(h.points))) {
      this.#sight.attend(heads[0].points, now);
    }
  }

  #move(right: number, up: number, back: number): void {
    if (!this.#sight.narrow) {
      // The viewer looks along +z and has +x on the left.
      this.eye.move(-right, up, -back);
      return;
    }
    this.eye.move(0, up, -back);
    this.#sight.pan(right, performance.now());
    this.redraw();
  }

  #unfurnish(): void {
    this.#roomOf = "";
    if (!this.#room) return;
    this.#room.removeFromParent();
    free(this.#room);
    this.#room = undefined;
  }

  /** What must be on the screen, in the viewer's cube, where all goes to. */
  #points(): Point[] {
    const me = this.#me.goal;
    return [
      ...[...this.#figures.values()].flatMap((f) => outline(between(me, f.place.goal).position)),
      ...this.items.corners(me),
    ];
  }
}

function viewOf(person: Person, streams: readonly Arriving[]): Arriving | undefined {
  return streams.find(
    ({ stream }) =>
      stream.source === "view" &&
      (stream.person === person.id ||
        (stream.person === "" && person.cube !== "" && stream.cube === person.cube)),
  );
}

function webcamOf(person: Person, streams: readonly Arriving[]): Arriving | undefined {
  if (person.camera !== "on") return undefined;
  return streams.find(({ stream }) => stream.source === "camera" && stream.person === person.id);
}

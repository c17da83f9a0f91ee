import { Color, Group, Scene } from "three";
import type { Eye } from "../eye/eye";
import { type Framing, type Point, project, type Screen, screenOf } from "../eye/projection";
import type { Layout } from "../pack/layout";
import type { WindowMessage } from "../protocol/protocol.gen";
import { buildRoom, defaultSeat, type Seat } from "../room/room";
import { Easel, free, type Painter } from "./easel";
import { Person } from "./person";
import type { Seen } from "./readback";

export interface StageListener {
  seen(seen: Seen, now: number): void;
  /** Called before each display frame that is drawn. */
  moved(eye: Point): void;
  contextLost(): void;
  contextRestored(): void;
}

/**
 * The canvas: the person in the room, seen through the screen by the eye. It
 * draws only when something changed. It outlives a lost WebGL context.
 */
export class Stage implements Painter {
  framing: Framing = { center: [0, -0.2, 0], halfWidth: 0.46, halfHeight: 0.5 };
  readonly #easel: Easel;
  readonly #eye: Eye;
  readonly #listener: StageListener;
  readonly #scene = new Scene();
  readonly #people = new Group();
  readonly #windows = new Map<number, WindowMessage>();
  readonly #plain: boolean;
  #seat: Seat = defaultSeat;
  #room: Group | undefined;
  #person: Person;
  #next: { source: TexImageSource; layout: Layout } | undefined;
  #screen: Screen = screenOf(this.framing, 16 / 9);

  constructor(canvas: HTMLCanvasElement, eye: Eye, listener: StageListener, plain: boolean) {
    this.#eye = eye;
    this.#listener = listener;
    this.#easel = new Easel(canvas);
    this.#scene.background = new Color(plain ? "#000000" : "#20262b");
    this.#plain = plain;
    this.furnish(defaultSeat);
    this.#scene.add(this.#people);
    this.#person = this.#makePerson();
    this.#easel.start(this);
  }

  get lost(): boolean {
    return this.#easel.lost;
  }

  get software(): boolean {
    return this.#easel.software;
  }

  /** Shows a packed video frame with the next picture; a newer one takes its place. */
  show(source: TexImageSource, layout: Layout): void {
    this.#next = { source, layout };
  }

  addWindow(w: WindowMessage): void {
    this.#windows.delete(w.id);
    this.#windows.set(w.id, w);
    this.#person.addWindow(w);
  }

  clearWindows(): void {
    this.#windows.clear();
    this.#person.clearWindows();
  }

  /** Fits the room to where the person is. */
  furnish(seat: Seat): void {
    if (
      this.#plain ||
      (this.#room && seat.floor === this.#seat.floor && seat.standing === this.#seat.standing)
    )
      return;
    this.#seat = seat;
    if (this.#room) {
      this.#room.removeFromParent();
      free(this.#room);
    }
    this.#room = buildRoom(seat);
    this.#scene.add(this.#room);
    this.redraw();
  }

  /** Sets what of the cube the canvas shows. */
  frame(framing: Framing): void {
    this.framing = framing;
    this.#easel.resize();
  }

  /** Where a point of the cube is drawn, in canvas pixels from the upper left corner. */
  project(p: Point): [number, number] {
    const { width, height } = this.#easel.canvas;
    return project(this.#screen, this.#eye.position, p, width, height);
  }

  /** Draws with the next display frame even if nothing moved. */
  redraw(): void {
    this.#easel.redraw();
  }

  resized(width: number, height: number): void {
    this.#screen = screenOf(this.framing, width / height);
  }

  step(seconds: number): boolean {
    const moved = this.#eye.step(seconds);
    if (moved) this.#listener.moved(this.#eye.position);
    return moved || this.#next !== undefined;
  }

  paint(): void {
    if (this.#next) this.#person.show(this.#next.source, this.#next.layout);
    this.#next = undefined;
    const eye = this.#eye.position;
    this.#person.setEye(eye);
    this.#easel.draw(this.#scene, this.#screen, eye);
    this.#person.drawn();
  }

  contextLost(): void {
    this.#person.abandon();
    this.#people.clear();
    this.#listener.contextLost();
  }

  contextRestored(): void {
    this.#person = this.#makePerson();
    this.#listener.contextRestored();
  }

  #makePerson(): Person {
    const person = new Person(this.#easel.renderer, (mesh) => this.#people.add(mesh));
    person.onSeen = (seen) => this.#listener.seen(seen, performance.now());
    person.onChange = () => this.redraw();
    for (const w of this.#windows.values()) person.addWindow(w);
    return person;
  }
}

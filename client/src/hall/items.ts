import type { Scene } from "three";
import { apply, between, compose, inverse, turn, upright } from "../assembly/pose";
import { across, normalOf, type Point, pointAt, type Screen } from "../eye/projection";
import type { Item, Pose } from "../protocol/room.gen";
import type { Arriving, RoomState, Session, Source } from "../session/session";
import type { Board, Hit } from "./board";
import type { Reachable } from "./hands";
import { Mover } from "./mover";

const narrowest = 0.08; // metres
const widest = 6;
const quiet = 600; // ms after a move in which the node's word on that item is old

/** The viewer at a moment: pose of the own cube, and in it eye and screen; CSS pixels. */
export interface View {
  now: number;
  screen: Screen;
  pose: Pose;
  eye: Point;
  width: number;
  height: number;
}

export interface Around {
  make(item: Item): Board;
  scene: Scene;
  view(now?: number): View;
  own(source: Source): MediaStreamTrack | undefined;
  redraw(): void;
}

/** The work items of a hall: shown, pointed on, moved. */
export class Items {
  readonly #session: Session;
  readonly #hall: Around;
  readonly #boards = new Map<string, Board>();
  readonly #movedAt = new Map<string, number>();
  readonly #mover: Mover;
  #focus = "";

  constructor(session: Session, hall: Around) {
    this.#session = session;
    this.#hall = hall;
    this.#mover = new Mover((item, pose, width) => {
      session.ask({ type: "move", item, pose, width }).catch(() => {
        // Refused: back to where the room has it.
        this.#movedAt.delete(item);
        this.sync(session.state, session.streams, performance.now());
        hall.redraw();
      });
    });
  }

  /** Makes the boards what the room says. */
  sync(state: RoomState, streams: readonly Arriving[], now: number): void {
    for (const item of state.items.values()) {
      const known = this.#boards.get(item.id);
      const board = known ?? this.#hall.make(item);
      if (!known) {
        this.#boards.set(item.id, board);
        this.#hall.scene.add(board.group);
      }
      const moved = now - (this.#movedAt.get(item.id) ?? Number.NEGATIVE_INFINITY) < quiet;
      const { pose, width, height } = board.place.goal;
      board.tell(moved ? { ...item, pose, width, height } : item, state, now);
      board.focus(item.id === this.#focus);
      board.watch(item.kind === "screen" ? this.#screenOf(item.owner, state, streams) : undefined);
    }
    for (const [id, board] of this.#boards) {
      if (state.items.has(id)) continue;
      board.dispose();
      this.#boards.delete(id);
      this.#movedAt.delete(id);
    }
  }

  paint(now: number): void {
    const { pose, eye } = this.#hall.view(now);
    const from = apply(pose, eye);
    const back = inverse(pose);
    for (const board of this.#boards.values()) board.paint(now, from, (at) => this.pixel(apply(back, at)));
  }

  moving(now: number): boolean {
    return [...this.#boards.values()].some((b) => b.place.moving(now));
  }

  /** Metres of a CSS pixel at a point of the viewer's cube. */
  pixel(at: Point): number {
    const { screen, eye, height } = this.#hall.view();
    const depth = -across(screen, at, eye)[2];
    const plane = -across(screen, screen.center, eye)[2];
    return ((2 * screen.halfHeight) / Math.max(height, 1)) * Math.max(depth / plane, 0);
  }

  /** The corners of all items, or of one, where they go to, in the cube of a pose. */
  corners(me: Pose, item?: string): Point[] {
    const boards = [...this.#boards.values()].filter((b) => item === undefined || b.item.id === item);
    return boards.flatMap(({ place: { goal } }) =>
      [-0.5, 0.5].flatMap((u) =>
        [-0.5, 0.5].map((v) => apply(between(me, goal.pose), [u * goal.width, v * goal.height, 0])),
      ),
    );
  }

  /** Lights an item, as one has it in hand; an empty id: none. */
  focus(item: string): void {
    this.#focus = item;
    for (const [id, board] of this.#boards) board.focus(id === item);
    this.#hall.redraw();
  }

  /**
   * Moves an item a little: metres to the viewer's right and up, its size by a
   * factor, and turned by radians. False where the viewer may not.
   */
  nudge(item: string, dx: number, dy: number, dscale = 1, turned = 0): boolean {
    const board = this.#boards.get(item);
    if (!board || !this.mayMove(board)) return false;
    const { screen, pose: me } = this.#hall.view();
    const { pose, width } = board.place.goal;
    const [right, up] = [turn(me, screen.right), turn(me, screen.up)];
    const at = (i: 0 | 1 | 2) => pose.position[i] + dx * right[i] + dy * up[i];
    this.#place(board, { ...pose, position: [at(0), at(1), at(2)] }, width);
    if (dscale !== 1 || turned !== 0) this.#scale(board, dscale, turned);
    return true;
  }

  mayMove(board: Board): boolean {
    const { state } = this.#session;
    return board.item.owner === state.you || state.people.get(state.you)?.role === "host";
  }

  /** The point of the screen at a CSS pixel of the canvas, in the viewer's cube. */
  pointOfScreen(x: number, y: number): Point {
    const { screen, width, height } = this.#hall.view();
    return pointAt(screen, x, y, width, height);
  }

  /** What hands do with items. */
  hands(): Omit<Reachable, "rest"> {
    return {
      boardAt: (x, y) => this.#boardAt(x, y),
      mayMove: (board) => this.mayMove(board),
      drag: (x, y, through) => this.#drag(x, y, through),
      grip: (x, y, hit) => {
        const { from, direction } = this.#ray(x, y);
        return along(from, direction, hit.distance);
      },
      place: (board, pose, width) => this.#place(board, pose, width),
      scale: (board, factor, turned) => this.#scale(board, factor, turned),
      point: (item, x, y) => this.#session.point(item, x, y),
    };
  }

  /** Takes all away; sync brings them again. */
  clear(): void {
    for (const board of this.#boards.values()) board.dispose();
    this.#boards.clear();
  }

  /** The screen that somebody shares; one's own does not come back from the node. */
  #screenOf(owner: string, { you }: RoomState, streams: readonly Arriving[]): MediaStreamTrack | undefined {
    if (owner === you) return this.#hall.own("screen");
    return streams.find(({ stream }) => stream.source === "screen" && stream.person === owner)?.track;
  }

  #place(board: Board, pose: Pose, width: number): void {
    this.#movedAt.set(board.item.id, performance.now());
    board.hold(pose, width);
    this.#mover.move(board.item.id, pose, width);
    this.#hall.redraw();
  }

  #scale(board: Board, factor: number, turned: number): void {
    const { pose, width } = board.place.goal;
    const wide = Math.min(Math.max(width * factor, narrowest), widest);
    this.#place(board, turned === 0 ? pose : compose(pose, upright([0, 0, 0], turned)), wide);
  }

  /** The ray of the world from the eye through a pixel; its direction is of unit length. */
  #ray(x: number, y: number): { from: Point; direction: Point } {
    const { pose, eye } = this.#hall.view();
    const [px, py, pz] = this.pointOfScreen(x, y);
    const d: Point = [px - eye[0], py - eye[1], pz - eye[2]];
    const length = Math.hypot(...d);
    return { from: apply(pose, eye), direction: turn(pose, [d[0] / length, d[1] / length, d[2] / length]) };
  }

  #boardAt(x: number, y: number): { board: Board; hit: Hit } | undefined {
    const { from, direction } = this.#ray(x, y);
    let nearest: { board: Board; hit: Hit } | undefined;
    for (const board of this.#boards.values()) {
      const hit = board.hit(from, direction);
      if (hit && (!nearest || hit.distance < nearest.hit.distance)) nearest = { board, hit };
    }
    return nearest;
  }

  #drag(x: number, y: number, through: Point): Point | undefined {
    const { screen, pose } = this.#hall.view();
    const { from, direction } = this.#ray(x, y);
    // Along the plane that is parallel to the screen.
    const normal = turn(pose, normalOf(screen));
    const towards = dot(direction, normal);
    const away = dot([through[0] - from[0], through[1] - from[1], through[2] - from[2]], normal);
    const t = away / towards;
    return t > 0 && t < 50 ? along(from, direction, t) : undefined;
  }
}

function along(from: Point, direction: Point, distance: number): Point {
  const at = (i: 0 | 1 | 2) => from[i] + direction[i] * distance;
  return [at(0), at(1), at(2)];
}

const dot = (a: Point, b: Point) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

import type { Point } from "../eye/projection";
import type { Pose } from "../protocol/room.gen";
import type { Board, Hit } from "./board";

const pointEvery = 50; // ms between what others see of the pointer
const wheelScale = 0.001; // of an item's size a pixel of wheel
const wheelTurn = 0.003; // radians a pixel

/** What hands need of the hall. Pixels are of CSS, from the canvas's upper left corner. */
export interface Reachable {
  boardAt(x: number, y: number): { board: Board; hit: Hit } | undefined;
  mayMove(board: Board): boolean;
  /** The point of the world under a pixel in the upright plane through a point that faces the viewer. */
  drag(x: number, y: number, through: Point): Point | undefined;
  /** The point of the world at a hit. */
  grip(x: number, y: number, hit: Hit): Point;
  place(board: Board, pose: Pose, width: number): void;
  scale(board: Board, factor: number, turn: number): void;
  point(item: string, x: number, y: number): void;
  /** The pointer rests there, or left. */
  rest(at: [number, number] | undefined): void;
}

interface Dragging {
  board: Board;
  pointer: number;
  grip: Point;
  pose: Pose;
  width: number;
}

/**
 * The pointer in the hall: it points on work items, and moves those that the
 * viewer may move: drag, wheel for size, wheel with shift to turn. Elsewhere
 * the same movements are the eye's.
 */
export class Hands {
  readonly #canvas: HTMLCanvasElement;
  readonly #hall: Reachable;
  #dragging: Dragging | undefined;
  #pointing = "";
  #pointedAt = 0;

  constructor(canvas: HTMLCanvasElement, hall: Reachable) {
    this.#canvas = canvas;
    this.#hall = hall;
    // Before the eye's, which do not hear of what is for an item.
    const options = { capture: true };
    canvas.addEventListener("pointerdown", (e) => this.#down(e), options);
    canvas.addEventListener("pointermove", (e) => this.#move(e), options);
    canvas.addEventListener("pointerup", (e) => this.#up(e), options);
    canvas.addEventListener("pointercancel", (e) => this.#up(e), options);
    canvas.addEventListener("pointerleave", () => this.#leave(), options);
    canvas.addEventListener("wheel", (e) => this.#wheel(e), { ...options, passive: false });
  }

  #down(e: PointerEvent): void {
    if (e.pointerType === "mouse" && e.button !== 0) return;
    const found = this.#hall.boardAt(e.offsetX, e.offsetY);
    if (!found || this.#dragging || !this.#hall.mayMove(found.board)) return;
    e.stopImmediatePropagation();
    this.#canvas.setPointerCapture(e.pointerId);
    const { pose, width } = found.board.place.goal;
    const grip = this.#hall.grip(e.offsetX, e.offsetY, found.hit);
    this.#dragging = { board: found.board, pointer: e.pointerId, grip, pose, width };
    this.#canvas.dataset.dragging = "";
  }

  #move(e: PointerEvent): void {
    if (this.#dragging?.pointer === e.pointerId) {
      e.stopImmediatePropagation();
      this.#drag(e, this.#dragging);
      return;
    }
    if (e.pointerType !== "mouse" || "dragging" in this.#canvas.dataset) return;
    this.#hall.rest([e.offsetX, e.offsetY]);
    this.#point(e.offsetX, e.offsetY);
  }

  #drag(e: PointerEvent, { board, grip, pose, width }: Dragging): void {
    const to = this.#hall.drag(e.offsetX, e.offsetY, grip);
    if (!to) return;
    const at = (i: 0 | 1 | 2) => pose.position[i] + to[i] - grip[i];
    this.#hall.place(board, { ...pose, position: [at(0), at(1), at(2)] }, width);
  }

  #up(e: PointerEvent): void {
    if (this.#dragging?.pointer !== e.pointerId) return;
    e.stopImmediatePropagation();
    this.#dragging = undefined;
    delete this.#canvas.dataset.dragging;
  }

  #leave(): void {
    this.#hall.rest(undefined);
    if (this.#pointing) this.#hall.point("", 0, 0);
    this.#pointing = "";
  }

  #wheel(e: WheelEvent): void {
    const found = this.#hall.boardAt(e.offsetX, e.offsetY);
    if (!found || !this.#hall.mayMove(found.board)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    // With shift some browsers roll sideways.
    const rolled = e.deltaY || e.deltaX;
    const pixels = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? rolled * 16 : rolled;
    if (e.shiftKey) this.#hall.scale(found.board, 1, pixels * wheelTurn);
    else this.#hall.scale(found.board, Math.exp(-pixels * wheelScale), 0);
  }

  #point(x: number, y: number): void {
    const found = this.#hall.boardAt(x, y);
    const item = found?.board.item.id ?? "";
    const now = performance.now();
    if (item === this.#pointing && (item === "" || now - this.#pointedAt < pointEvery)) return;
    this.#pointing = item;
    this.#pointedAt = now;
    this.#hall.point(item, found?.hit.x ?? 0, found?.hit.y ?? 0);
  }
}

import type { Pose } from "../protocol/room.gen";

const every = 200; // ms between what the node is told of one item

interface Moved {
  pose: Pose;
  width: number;
}

/**
 * Tells the node where items are moved to: at most five times a second an
 * item, always of the last place.
 */
export class Mover {
  readonly #tell: (item: string, pose: Pose, width: number) => void;
  readonly #waiting = new Map<string, Moved | undefined>();

  constructor(tell: (item: string, pose: Pose, width: number) => void) {
    this.#tell = tell;
  }

  move(item: string, pose: Pose, width: number): void {
    if (this.#waiting.has(item)) {
      this.#waiting.set(item, { pose, width });
      return;
    }
    this.#tell(item, pose, width);
    this.#waiting.set(item, undefined);
    setTimeout(() => this.#again(item), every);
  }

  #again(item: string): void {
    const moved = this.#waiting.get(item);
    this.#waiting.delete(item);
    if (moved) this.move(item, moved.pose, moved.width);
  }
}

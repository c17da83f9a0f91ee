import type { Done, Failed, RoomRequest } from "../protocol/room.gen";
import { Refused, type Request } from "./session";

const patience = 10_000; // ms for an answer
const most = 64; // under way at a time

interface Pending {
  resolve(done: Done): void;
  reject(reason: Refused): void;
  timer: number;
}

/** The requests that wait for the node's answer, at most 64. */
export class Requests {
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  /** Numbers a request and sends it; rejects with Refused. */
  ask(request: Request, send: (message: RoomRequest) => boolean): Promise<Done> {
    return new Promise((resolve, reject) => {
      if (this.#pending.size >= most) {
        reject(new Refused("rate", "Too much was asked at once. Wait a moment."));
        return;
      }
      const req = ++this.#last;
      if (!send({ ...request, req } as RoomRequest)) {
        reject(new Refused("away", "There is no connection to the room at the moment."));
        return;
      }
      const timer = setTimeout(() => {
        this.#pending.delete(req);
        reject(new Refused("timeout", "The node did not answer in time. Try it again."));
      }, patience);
      this.#pending.set(req, { resolve, reject, timer });
    });
  }

  answer(message: Done | Failed): void {
    const pending = this.#pending.get(message.re);
    if (!pending) return; // answered too late
    this.#pending.delete(message.re);
    clearTimeout(pending.timer);
    if (message.type === "done") pending.resolve(message);
    else pending.reject(new Refused(message.error, message.message));
  }

  /** Rejects all, as no answer will come. */
  abandon(reason: Refused): void {
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(reason);
    }
    this.#pending.clear();
  }
}

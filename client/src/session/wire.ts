import type { Clock } from "../net/clock";
import type { RoomMessage, RoomRequest } from "../protocol/room.gen";
import { parseRoomMessage } from "../protocol/roommessages";
import { Refused } from "./session";

const pingEvery = 1000; // ms
const pingsLost = 4; // unanswered ones after which the node counts as gone
const openPatience = 10_000; // ms
const probePatience = 2000; // ms for an answer when the network is known to have changed
const mostWaiting = 1 << 20; // bytes not sent yet, beyond which the link is as good as gone

export interface WireListener {
  open(): void;
  message(message: RoomMessage): void;
  /** Called once, also for a wire that never opened; not after close(). */
  lost(reason: Refused): void;
}

/**
 * One WebSocket to the node. It notices by unanswered pings that the node is
 * gone, and keeps the clock by the answers.
 */
export class Wire {
  /** Messages that made no sense. */
  nonsense = 0;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #listener: WireListener;
  readonly #ended = new AbortController();
  #timer: number | undefined;
  #pinger: number | undefined;
  #unanswered = 0;

  constructor(address: string, clock: Clock, listener: WireListener) {
    this.#clock = clock;
    this.#listener = listener;
    this.#socket = new WebSocket(address);
    const options = { signal: this.#ended.signal };
    this.#socket.addEventListener("open", () => this.#open(), options);
    this.#socket.addEventListener("message", (e) => this.#receive(e.data), options);
    this.#socket.addEventListener("close", () => this.#lost("The connection to the node ended."), options);
    this.#wait(openPatience, "The node cannot be reached.");
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && !this.#ended.signal.aborted;
  }

  /** Sends; false where nothing can be sent at the moment. */
  send(message: RoomRequest): boolean {
    if (!this.isOpen) return false;
    if (this.#socket.bufferedAmount > mostWaiting) {
      this.#lost("The connection to the node is stuck.");
      return false;
    }
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Gives the node two seconds for a sign of life. */
  probe(): void {
    if (!this.isOpen) return;
    this.#ping();
    this.#wait(probePatience, "The node does not answer any more.");
  }

  close(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
    clearInterval(this.#pinger);
    this.#socket.close();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#listener.open();
    this.#ping();
    this.#pinger = setInterval(() => this.#ping(), pingEvery);
  }

  #ping(): void {
    if (this.#unanswered >= pingsLost) {
      this.#lost("The node does not answer any more.");
      return;
    }
    this.#unanswered++;
    this.send({ type: "ping", t0: performance.now() });
  }

  #receive(data: unknown): void {
    const received = performance.now();
    const message = parseRoomMessage(data);
    if (!message) {
      this.nonsense++;
      return;
    }
    if (message.type === "pong") {
      this.#unanswered = 0;
      clearTimeout(this.#timer);
      this.#clock.add(message.t0, message.t1, message.t2, received);
    }
    this.#listener.message(message);
  }

  #wait(patience: number, message: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(message), patience);
  }

  #lost(message: string): void {
    if (this.#ended.signal.aborted) return;
    this.close();
    this.#listener.lost(new Refused("away", message));
  }
}

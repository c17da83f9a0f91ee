import { parseMessage } from "../protocol/messages";
import {
  EYE_CHANNEL,
  type NodeMessage,
  type PageMessage,
  PROTOCOL_VERSION,
  SCENE_CHANNEL,
  type Vector,
} from "../protocol/protocol.gen";
import { Backoff } from "./backoff";
import { Clock } from "./clock";
import { JoinError, type Joined, join, text } from "./whep";

export type Phase = "connecting" | "live" | "reconnecting" | "refused" | "closed";

/** What the connection tells its owner. */
export interface Listener {
  /** error and retryIn (ms) say why it is not live, where there is a reason. */
  phase(phase: Phase, error?: JoinError, retryIn?: number): void;
  stream(stream: MediaStream): void;
  message(message: NodeMessage): void;
}

const pingEvery = 1000; // ms
const pingsLost = 4; // unanswered ones after which the node counts as gone
const joinPatience = 12_000; // ms from the answer to a connected transport
const lostPatience = 2500; // ms that a disconnected transport may take to heal

/**
 * Watches one cube for as long as the page lives: joins, notices that the
 * node is gone (transport, channel or four unanswered pings), and joins again
 * with growing pauses.
 */
export class Connection {
  readonly clock = new Clock();
  /** Messages that made no sense since the page was loaded. */
  nonsense = 0;

  readonly #endpoint: string;
  readonly #listener: Listener;
  readonly #backoff = new Backoff();
  #key: string | undefined;
  #peer: RTCPeerConnection | undefined;
  #scene: RTCDataChannel | undefined;
  #eye: RTCDataChannel | undefined;
  #joined: Joined | undefined;
  #attempt = new AbortController();
  #timer: number | undefined;
  #pinger: number | undefined;
  #unanswered = 0;
  #eyeSequence = 0;
  #phase: Phase = "closed";

  constructor(endpoint: string, key: string | undefined, listener: Listener) {
    this.#endpoint = endpoint;
    this.#key = key;
    this.#listener = listener;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Joins, now; also ends a pause between attempts. */
  open(key?: string): void {
    if (key !== undefined) this.#key = key;
    this.#end();
    this.#say(this.#phase === "closed" ? "connecting" : "reconnecting");
    void this.#try(this.#attempt.signal);
  }

  /** Leaves; the node is told. */
  close(): void {
    this.#end();
    this.#phase = "closed";
  }

  /** Tells the node where the viewer's eye is. Lost ones are not repeated. */
  sendEye(position: Vector): void {
    const message: PageMessage = { type: "eye", sequence: ++this.#eyeSequence, position, confidence: 1 };
    // What waits in the buffer is older than this one, hence worthless.
    if (this.#eye?.readyState === "open" && this.#eye.bufferedAmount === 0)
      this.#eye.send(JSON.stringify(message));
  }

  /** The transport's statistics; undefined while there is none. */
  async report(): Promise<RTCStatsReport | undefined> {
    return this.#peer?.getStats();
  }

  async #try(signal: AbortSignal): Promise<void> {
    try {
      await this.#join(signal);
    } catch (cause) {
      if (signal.aborted) return;
      this.#fail(cause instanceof JoinError ? cause : new JoinError(text(cause), "The page keeps trying."));
    }
  }

  async #join(signal: AbortSignal): Promise<void> {
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.#peer = peer;
    peer.addTransceiver("video", { direction: "recvonly" });
    this.#channels(peer, signal);
    peer.addEventListener("track", (e) => this.#listener.stream(e.streams[0] ?? new MediaStream([e.track])), {
      signal,
    });
    peer.addEventListener("connectionstatechange", () => this.#transport(peer), { signal });
    const joined = await join(peer, this.#endpoint, this.#key, signal);
    if (signal.aborted) {
      joined.leave();
      return;
    }
    this.#joined = joined;
    this.#wait(joinPatience, "The node answered, but no media connection came about.");
    this.#transport(peer);
  }

  #channels(peer: RTCPeerConnection, signal: AbortSignal): void {
    const scene = peer.createDataChannel(SCENE_CHANNEL);
    this.#scene = scene;
    this.#eye = peer.createDataChannel(EYE_CHANNEL, { ordered: false, maxRetransmits: 0 });
    scene.addEventListener(
      "open",
      () => {
        this.#send({ type: "hello", protocol: PROTOCOL_VERSION });
        this.#ping();
        this.#pinger = setInterval(() => this.#ping(), pingEvery);
      },
      { signal },
    );
    scene.addEventListener("close", () => this.#lost("The node ended the session."), { signal });
    scene.addEventListener("message", (e) => this.#receive(e.data), { signal });
  }

  #transport(peer: RTCPeerConnection): void {
    switch (peer.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        this.#backoff.reset();
        this.#say("live");
        break;
      case "disconnected":
        this.#wait(lostPatience, "The connection to the node broke.");
        break;
      case "failed":
      case "closed":
        this.#lost(
          this.#phase === "live"
            ? "The connection to the node broke."
            : "No way for the media was found: UDP and TCP to the node's media port are blocked.",
        );
        break;
    }
  }

  #receive(data: unknown): void {
    const received = performance.now();
    const message = parseMessage(data);
    if (!message) {
      this.nonsense++;
      return;
    }
    if (message.type === "pong") {
      this.#unanswered = 0;
      this.clock.add(message.t0, message.t1, message.t2, received);
    }
    this.#listener.message(message);
  }

  #ping(): void {
    if (this.#unanswered >= pingsLost) {
      this.#lost("The node does not answer any more.");
      return;
    }
    this.#unanswered++;
    this.#send({ type: "ping", t0: performance.now() });
  }

  #send(message: PageMessage): void {
    if (this.#scene?.readyState === "open") this.#scene.send(JSON.stringify(message));
  }

  #wait(patience: number, message: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(message), patience);
  }

  #lost(message: string): void {
    this.#fail(new JoinError(message, "The page connects again by itself."));
  }

  #fail(error: JoinError): void {
    this.#end();
    if (!error.retry) {
      this.#say("refused", error);
      return;
    }
    const pause = Math.max(this.#backoff.next(), error.after ?? 0);
    this.#say("reconnecting", error, pause);
    this.#timer = setTimeout(() => this.open(), pause);
  }

  #end(): void {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    clearTimeout(this.#timer);
    clearInterval(this.#pinger);
    this.#unanswered = 0;
    this.#joined?.leave();
    this.#joined = undefined;
    this.#peer?.close();
    this.#peer = undefined;
    this.#scene = undefined;
    this.#eye = undefined;
    this.clock.reset();
  }

  #say(phase: Phase, error?: JoinError, retryIn?: number): void {
    this.#phase = phase;
    this.#listener.phase(phase, error, retryIn);
  }
}

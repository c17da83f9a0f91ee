/**
 * What the parts of the page know of the room that they are in, and what they
 * may ask of it. Link implements it; the stage, the voices and the controls
 * use it.
 */

import type { WindowMessage } from "../protocol/protocol.gen";
import type {
  Aside,
  Done,
  Figures,
  Guest,
  Info,
  Item,
  Line,
  Look,
  Person,
  RoomRequest,
  Stream,
  Welcome,
} from "../protocol/room.gen";

/** Where the page stands with the room. */
export type Stage = "entering" | "waiting" | "in" | "away" | "ended";

/** The room as the node last told it. Ids are keys. */
export interface RoomState {
  /** The page's own participant; empty before it is in. */
  readonly you: string;
  readonly room: Info | undefined;
  readonly people: ReadonlyMap<string, Person>;
  readonly items: ReadonlyMap<string, Item>;
  readonly asides: ReadonlyMap<string, Aside>;
  readonly guests: ReadonlyMap<string, Guest>;
  /** Of the chat, oldest first. */
  readonly lines: readonly Line[];
}

/** A stream that arrives, with its track. */
export interface Arriving {
  readonly stream: Stream;
  readonly track: MediaStreamTrack;
  readonly receiver: RTCRtpReceiver;
}

/** Why a request, or the session, ended: error is of the protocol's constants. */
export class Refused extends Error {
  readonly error: string;

  constructor(error: string, message: string) {
    super(message);
    this.error = error;
  }
}

export type Source = "microphone" | "camera" | "screen";

/** A request without what the link adds. */
export type Request = RoomRequest extends infer R
  ? R extends { req: number }
    ? Omit<R, "req">
    : never
  : never;

export interface Listener {
  /** reason says why it is not in; retryIn (ms) when the link tries again by itself. */
  stage?(stage: Stage, reason?: Refused, retryIn?: number): void;
  /** The state changed; once a message. */
  state?(state: RoomState): void;
  /** The streams that arrive, whole, after each change. */
  streams?(streams: readonly Arriving[]): void;
  window?(cube: string, window: WindowMessage): void;
  figures?(figures: Figures): void;
}

export interface Session {
  readonly stage: Stage;
  readonly state: RoomState;
  readonly welcome: Welcome | undefined;
  readonly streams: readonly Arriving[];
  /** Adds a listener; what it returns takes it off. */
  listen(listener: Listener): () => void;
  /** Asks the node; rejects with Refused. */
  ask(request: Request): Promise<Done>;
  /** Sends what one publishes of a source; undefined: nothing more. The node is told, too. */
  publish(source: Source, track: MediaStreamTrack | undefined): Promise<void>;
  /** Tells where the eye is, and looks. Lost ones are not repeated. */
  look(look: Pick<Look, "eye" | "direction" | "confidence">): void;
  /** Tells where one points on an item; an empty item: nowhere. */
  point(item: string, x: number, y: number): void;
  /** The transport's statistics; undefined while there is none. */
  report(): Promise<RTCStatsReport | undefined>;
  /** The node's clock at a time of performance.now(), ms; undefined while not known. */
  nodeTime(now: number): number | undefined;
  leave(): void;
}

/**
 * A reader of the node's messages in a room that trusts nothing: unknown
 * fields are ignored, unknown types and nonsense are counted by the caller.
 */
import {
  boolean,
  type Check,
  isRecord,
  list,
  maybe,
  number,
  oneOf,
  shape,
  string,
  table,
  tuple,
  whole,
} from "./check";
import { MAX_ROOM_MESSAGE, type RoomMessage } from "./room.gen";

const reach = 1000; // metres; further is nonsense
const most = 1000; // of anything in a room

const id = string(64);
const name = string(256);
const text = string(8192);
const length = number(1e-4, reach);
const vector = tuple(number(-reach, reach), 3);
const unit: Check = (v) =>
  tuple(number(-1.01, 1.01), 4)(v) && Math.abs(Math.hypot(...(v as number[])) - 1) < 0.01;
const pose = shape({ position: vector, rotation: unit });
const state = oneOf("off", "on", "blocked");

const room = shape({
  name,
  layout: name,
  seats: list(pose, 64),
  gallery: pose,
  boards: list(shape({ pose, width: length, height: length }), 64),
  locked: boolean,
  lobby: boolean,
  murmur: boolean,
});

const words = table(string(1024), 64); // values of a filter, as text

const filter = shape({
  id,
  source: name,
  name,
  values: words,
  state: oneOf("opening", "running", "failed"),
  error: text,
});

const person = shape({
  id,
  name,
  role: oneOf("host", "speaker", "listener"),
  seat: whole(-1, 63),
  cube: name,
  unattended: boolean,
  program: boolean,
  present: boolean,
  hand: number(0),
  microphone: state,
  camera: state,
  screen: state,
  speaking: boolean,
  aside: id,
  looks: shape({ shared: boolean, at: id, degrees: number(), since: number(0) }),
  quality: oneOf("good", "fair", "poor", "lost", "unknown"),
  filters: list(filter, 64),
});

const item = shape({
  id,
  kind: string(32), // later ones are shown by title alone
  owner: id,
  title: name,
  pose,
  width: length,
  height: length,
  picture: string(1024),
  pointers: list(shape({ person: id, x: number(), y: number() }), most),
});

const update = shape({
  revision: whole(0),
  full: boolean,
  room: maybe(room),
  people: maybe(list(person, most)),
  items: maybe(list(item, most)),
  asides: maybe(list(shape({ id, members: list(id, most) }), most)),
  lines: maybe(list(shape({ id, from: id, name, text, at: number(0), aside: id }), most)),
  guests: maybe(list(shape({ id, name }), most)),
  gone: maybe(list(id, 4 * most)),
});

const window = shape({
  id: whole(1, 1023),
  center: vector,
  right: vector,
  up: vector,
  halfWidth: length,
  halfHeight: length,
});

const server = shape({ urls: list(string(512), 16), username: string(512), credential: string(512) });
const volume = shape({ min: vector, max: vector });
const packed = shape({ version: whole(0), width: whole(1), height: whole(1) });

const parameter = shape({
  name,
  type: name, // later ones are shown as text
  default: text,
  min: number(),
  max: number(),
  choices: list(name, 64),
  unit: name,
  help: text,
  live: boolean,
});
const kind = shape({
  name,
  summary: text,
  kind: name,
  lookAhead: number(0),
  latency: number(0),
  private: boolean,
  parameters: list(parameter, 64),
});
const fared = shape({
  frames: whole(0),
  late: whole(0),
  errors: whole(0),
  restarts: whole(0),
  queue: whole(0),
  mean: number(0),
  longest: number(0),
});

const messages: Record<string, Check> = {
  welcome: shape({
    protocol: whole(0),
    version: name,
    room: name,
    you: id,
    resume: string(512),
    resumed: boolean,
    keptSeconds: number(0),
    ice: list(server, 16),
    cubes: list(shape({ cube: name, layout: packed, volume, rate: number(0) }), 64),
    filters: list(kind, 256),
  }),
  waiting: shape({ room: name }),
  state: shape({ update }),
  offer: shape({ id: whole(0), sdp: string(MAX_ROOM_MESSAGE), restart: boolean }),
  streams: shape({
    streams: list(shape({ mid: string(16), person: id, source: name, cube: name, murmur: boolean }), 256),
  }),
  window: shape({ cube: name, window }),
  done: shape({ re: whole(0), id }),
  failed: shape({ re: whole(0), error: id, message: text }),
  end: shape({ error: id, message: text, retry: boolean }),
  figures: shape({
    roundTrip: number(),
    loss: number(),
    estimate: number(),
    sent: number(),
    views: (v) => v === null || table(table(number(), 64), 64)(v),
    voices: (v) => v === null || table(number(), most)(v),
    ways: (v) => v === null || table(number(), 64)(v),
    filters: (v) => v === null || table(fared, 4 * most)(v),
  }),
  pong: shape({ t0: number(), t1: number(), t2: number() }),
};

/** Parses one message of the room's WebSocket; undefined for what is not one. */
export function parseRoomMessage(data: unknown): RoomMessage | undefined {
  if (typeof data !== "string" || data.length > MAX_ROOM_MESSAGE) return undefined;
  let m: unknown;
  try {
    m = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isRecord(m) || typeof m.type !== "string" || !Object.hasOwn(messages, m.type)) return undefined;
  return messages[m.type]?.(m) ? (m as unknown as RoomMessage) : undefined;
}

import { type Monitor, monitorOf } from "./assembly/monitor";
import type { Point } from "./eye/projection";

/** What the page's address asks for. */
export interface Options {
  cube: string | undefined; // ?cube=name
  eye: Point | undefined; // ?eye=x,y,z  where the eye starts, metres in the cube
  frozen: boolean; // ?freeze  the node does not hear of the eye
  plain: boolean; // ?plain  people alone, without a room
  key: string | undefined; // #key=…  kept out of requests and logs
  room: string | undefined; // ?room=name or #room=name
  token: string | undefined; // #token=… or ?token=…
  monitor: Monitor | undefined; // ?screen=60x34@65:40, left, middle or right
}

export function optionsOf(address: URL): Options {
  const query = address.searchParams;
  const hash = new URLSearchParams(address.hash.slice(1));
  return {
    cube: query.get("cube") ?? undefined,
    eye: pointOf(query.get("eye")),
    frozen: query.has("freeze"),
    plain: query.has("plain"),
    key: hash.get("key") ?? undefined,
    room: query.get("room") || hash.get("room") || undefined,
    token: hash.get("token") || query.get("token") || undefined,
    monitor: monitorOf(query.get("screen")),
  };
}

/** The address without its token, which must not be left in the bar and in the history. */
export function withoutToken(address: URL): URL {
  const bare = new URL(address);
  bare.searchParams.delete("token");
  const hash = new URLSearchParams(bare.hash.slice(1));
  if (hash.has("token")) {
    hash.delete("token");
    bare.hash = hash.toString();
  }
  return bare;
}

/** x,y,z as a point; undefined for anything else. */
export function pointOf(s: string | null): Point | undefined {
  if (!s) return undefined;
  const numbers = s.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  return numbers.length === 3 && numbers.every(Number.isFinite) ? (numbers as Point) : undefined;
}

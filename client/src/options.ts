import type { Point } from "./eye/projection";

/** What the page's address asks for. */
export interface Options {
  cube: string | undefined; // ?cube=name
  eye: Point | undefined; // ?eye=x,y,z  where the eye starts, metres in the cube
  frozen: boolean; // ?freeze  the node does not hear of the eye
  plain: boolean; // ?plain  the person alone, without a room
  key: string | undefined; // #key=…  kept out of requests and logs
}

export function optionsOf(address: URL): Options {
  const query = address.searchParams;
  return {
    cube: query.get("cube") ?? undefined,
    eye: pointOf(query.get("eye")),
    frozen: query.has("freeze"),
    plain: query.has("plain"),
    key: new URLSearchParams(address.hash.slice(1)).get("key") ?? undefined,
  };
}

/** x,y,z as a point; undefined for anything else. */
export function pointOf(s: string | null): Point | undefined {
  if (!s) return undefined;
  const numbers = s.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  return numbers.length === 3 && numbers.every(Number.isFinite) ? (numbers as Point) : undefined;
}

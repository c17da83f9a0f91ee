/**
 * A reader of the node's messages that trusts nothing: unknown fields are
 * ignored, unknown types and nonsense are counted by the caller.
 */
import {
  type ErrorMessage,
  type Hello,
  MAX_MESSAGE,
  type NodeMessage,
  type Pong,
  type Stats,
  type WindowMessage,
} from "./protocol.gen";

/** Parses one message of the scene channel; undefined for what is not one. */
export function parseMessage(text: unknown): NodeMessage | undefined {
  if (typeof text !== "string" || text.length > MAX_MESSAGE) return undefined;
  let m: unknown;
  try {
    m = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(m)) return undefined;
  switch (m.type) {
    case "hello":
      return isNumber(m.protocol) && isRecord(m.layout) && isNumber(m.layout.version) && isBox(m.volume)
        ? (m as unknown as Hello)
        : undefined;
    case "window":
      return isWindow(m) ? (m as unknown as WindowMessage) : undefined;
    case "pong":
      return isNumber(m.t0) && isNumber(m.t1) && isNumber(m.t2) ? (m as unknown as Pong) : undefined;
    case "stats":
      return isNumber(m.viewsPerSecond) && isNumber(m.bitrate) ? (m as unknown as Stats) : undefined;
    case "error":
      return typeof m.error === "string" && typeof m.message === "string"
        ? (m as unknown as ErrorMessage)
        : undefined;
    default:
      return undefined;
  }
}

function isWindow(m: Record<string, unknown>): boolean {
  const { id, halfWidth, halfHeight } = m;
  if (!isNumber(id) || !Number.isInteger(id) || id < 1 || id > 1023) return false;
  if (!isNumber(halfWidth) || !isNumber(halfHeight) || !(halfWidth > 0 && halfHeight > 0)) return false;
  return isVector(m.center) && isVector(m.right) && isVector(m.up);
}

function isBox(v: unknown): boolean {
  return isRecord(v) && isVector(v.min) && isVector(v.max);
}

function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

function isNumber(v: unknown): v is number {
  return typeof v === "number" && Number.isFinite(v);
}

function isVector(v: unknown): boolean {
  return Array.isArray(v) && v.length === 3 && v.every((x) => isNumber(x) && Math.abs(x) < 1000);
}

/**
 * The strip of a packed view on the CPU: for tests and for clients without a
 * GPU. The page decodes it on the GPU (view/strip.glsl).
 */

import { type Layout, stripRect } from "./layout";
import {
  bitOne,
  bitThreshold,
  bitZero,
  blockSize,
  depthFar,
  depthNear,
  fields,
  grey,
  layoutVersion,
  stripBits,
} from "./layout.gen";

export interface Strip {
  sequence: number; // 12 bits, wraps
  milliseconds: number; // capture instant on the node's clock modulo 2^24
  eye: [number, number, number]; // metres in the cube
  near: number; // metres
  far: number; // metres
  window: number; // id of the framing window
}

export type StripError = "checksum" | "version" | "value";

type Name = (typeof fields)[number]["name"];

/** CRC-16/CCITT-FALSE. */
export function crc16(data: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

/** Decodes 16 bytes, the first bit highest in the first byte. */
export function decodeStrip(bytes: Uint8Array): Strip | StripError {
  const v = {} as Record<Name, number>;
  let at = 0;
  for (const f of fields) {
    let n = 0;
    for (let i = 0; i < f.bits; i++, at++) n = n * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    if (f.signed && n >= 2 ** (f.bits - 1)) n -= 2 ** f.bits;
    v[f.name] = n;
  }
  if (crc16(bytes.subarray(0, 14)) !== v.crc) return "checksum";
  if (v.version !== layoutVersion) return "version";
  if (v.near === 0 || v.near >= v.far || v.window === 0) return "value";
  return {
    sequence: v.sequence,
    milliseconds: v.milliseconds,
    eye: [v.eyeX * unit("eyeX"), v.eyeY * unit("eyeY"), v.eyeZ * unit("eyeZ")],
    near: v.near * unit("near"),
    far: v.far * unit("far"),
    window: v.window,
  };
}

/** The inverse of decodeStrip; lengths are rounded to their step. */
export function encodeStrip(s: Strip): Uint8Array {
  const v: Record<Name, number> = {
    version: layoutVersion,
    sequence: s.sequence,
    milliseconds: s.milliseconds,
    eyeX: Math.round(s.eye[0] / unit("eyeX")),
    eyeY: Math.round(s.eye[1] / unit("eyeY")),
    eyeZ: Math.round(s.eye[2] / unit("eyeZ")),
    near: Math.round(s.near / unit("near")),
    far: Math.round(s.far / unit("far")),
    window: s.window,
    crc: 0,
  };
  const bytes = new Uint8Array(stripBits / 8);
  let at = 0;
  for (const f of fields) {
    if (f.name === "crc") v.crc = crc16(bytes.subarray(0, 14));
    for (let i = f.bits - 1; i >= 0; i--, at++) {
      if ((v[f.name] >> i) & 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
    }
  }
  return bytes;
}

/** Writes the strip's blocks into the luma plane of a whole packed frame. */
export function drawStrip(luma: Uint8Array, stride: number, layout: Layout, bytes: Uint8Array): void {
  const r = stripRect(layout);
  const blocks = r.width / blockSize;
  for (let y = 0; y < r.height; y++) {
    for (let x = 0; x < r.width; x++) {
      const bit = Math.floor(y / blockSize) * blocks + Math.floor(x / blockSize);
      const one = (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
      luma[(r.y + y) * stride + r.x + x] = bit >= stripBits ? grey : one ? bitOne : bitZero;
    }
  }
}

/** Reads the 16 bytes from the luma plane of a whole packed frame. */
export function readStrip(luma: Uint8Array, stride: number, layout: Layout): Uint8Array {
  const r = stripRect(layout);
  const blocks = r.width / blockSize;
  const bytes = new Uint8Array(stripBits / 8);
  for (let bit = 0; bit < stripBits; bit++) {
    let sum = 0;
    for (let i = 0; i < 16; i++) {
      const x = (bit % blocks) * blockSize + 2 + (i & 3);
      const y = r.y + Math.floor(bit / blocks) * blockSize + 2 + (i >> 2);
      sum += luma[y * stride + x] ?? 0;
    }
    if (sum >= bitThreshold * 16) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  }
  return bytes;
}

/** Luma of a depth in metres; see render/pack DepthCode. */
export function depthCode(z: number, near: number, far: number): number {
  if (!(z < far)) return depthFar;
  if (z <= near) return depthNear;
  return Math.round(depthFar + ((depthNear - depthFar) * (1 / z - 1 / far)) / (1 / near - 1 / far));
}

/** Metres of a depth luma. */
export function depthOf(code: number, near: number, far: number): number {
  const t = (Math.min(Math.max(code, depthFar), depthNear) - depthFar) / (depthNear - depthFar);
  return 1 / (1 / far + t * (1 / near - 1 / far));
}

function unit(name: Name): number {
  return fields.find((f) => f.name === name)?.unit ?? 0;
}

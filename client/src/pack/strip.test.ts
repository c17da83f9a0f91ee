import { describe, expect, it } from "vitest";
import { depthRect, frameHeight, layoutOfVideo, matteRect, stripRect } from "./layout";
import { crc16, decodeStrip, depthCode, depthOf, drawStrip, encodeStrip, readStrip } from "./strip";
import vectors from "./vectors.gen.json";

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (h) => Number.parseInt(h, 16));
const hexOf = (b: Uint8Array) => Array.from(b, (v) => v.toString(16).padStart(2, "0")).join("");
const corners = (r: { x: number; y: number; width: number; height: number }) => [r.x, r.y, r.width, r.height];

describe("layout", () => {
  it.each(vectors.layouts)("of $width x $height", (v) => {
    const l = { width: v.width, height: v.height };
    expect(frameHeight(l)).toBe(v.frameHeight);
    expect(corners(depthRect(l))).toEqual(v.depth);
    expect(corners(matteRect(l))).toEqual(v.matte);
    expect(corners(stripRect(l))).toEqual(v.strip);
    expect(layoutOfVideo(v.width, v.frameHeight)).toEqual(l);
  });
  it.each([
    [640, 480],
    [512, 783],
    [500, 784],
    [0, 0],
    [512, 0],
  ])("refuses a video of %d x %d", (w, h) => {
    expect(layoutOfVideo(w, h)).toBeUndefined();
  });
});

describe("strip", () => {
  it("has the checksum's check value", () => {
    expect(crc16(new TextEncoder().encode("123456789"))).toBe(0x29b1);
  });
  it.each(vectors.strips)("decodes and encodes $hex", (v) => {
    const s = decodeStrip(bytesOf(v.hex));
    if (typeof s === "string") throw new Error(s);
    expect(s.sequence).toBe(v.sequence);
    expect(s.milliseconds).toBe(v.milliseconds);
    expect(s.window).toBe(v.window);
    for (const i of [0, 1, 2]) expect(s.eye[i]).toBeCloseTo(v.eye[i] as number, 9);
    expect(s.near).toBeCloseTo(v.near, 9);
    expect(s.far).toBeCloseTo(v.far, 9);
    expect(hexOf(encodeStrip(s))).toBe(v.hex);
  });
  it.each(vectors.broken)("refuses $hex by its $error", (v) => {
    expect(decodeStrip(bytesOf(v.hex))).toBe(v.error);
  });
  it.each(vectors.layouts)("survives being drawn with noise, $width x $height", (v) => {
    const luma = new Uint8Array(v.width * v.frameHeight);
    const bytes = bytesOf(vectors.strips[1]?.hex ?? "");
    drawStrip(luma, v.width, v, bytes);
    let seed = 1;
    for (let i = 0; i < luma.length; i++) {
      seed = (seed * 48271) % 2147483647;
      luma[i] = Math.min(255, Math.max(0, (luma[i] as number) + (seed % 91) - 45));
    }
    expect(hexOf(readStrip(luma, v.width, v))).toBe(hexOf(bytes));
  });
});

describe("depth", () => {
  it.each(vectors.depths)("$z m in $near to $far m", (v) => {
    expect(depthCode(v.z, v.near, v.far)).toBe(v.code);
    expect(depthOf(v.code, v.near, v.far)).toBeCloseTo(v.back, 9);
  });
});

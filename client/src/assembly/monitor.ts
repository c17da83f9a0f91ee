/**
 * Physical screens before a seated head, as their owner measured them. The
 * viewer looks along +z and has +x on the left (session/assembly).
 */
import type { Point, Screen } from "../eye/projection";

/** One monitor: its size, how far its middle is from the head, and how far to the right it stands. */
export interface Monitor {
  width: number; // metres
  height: number; // metres
  distance: number; // metres
  yaw: number; // radians, positive to the viewer's right; it faces the head
}

const usual: Monitor = { width: 0.6, height: 0.34, distance: 0.65, yaw: 0 };
const aside = 40; // degrees, of the outer ones of three monitors

/**
 * Reads WxH@D[:YAW] in centimetres and degrees (60x34@65:40), or left, middle
 * or right of three monitors of 60 x 34 at 65; undefined for anything else.
 */
export function monitorOf(text: string | null): Monitor | undefined {
  if (text === "left" || text === "middle" || text === "right") {
    return { ...usual, yaw: radians(text === "middle" ? 0 : text === "left" ? -aside : aside) };
  }
  const found = /^(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)@(\d+(?:\.\d+)?)(?::(-?\d+(?:\.\d+)?))?$/.exec(text ?? "");
  if (!found) return undefined;
  const [width = 0, height = 0, distance = 0, yaw = 0] = found.slice(1).map((s) => Number(s ?? 0));
  if (![width, height].every((v) => v >= 4 && v <= 1000) || distance < 10 || distance > 1000)
    return undefined;
  if (Math.abs(yaw) > 120) return undefined;
  return { width: width / 100, height: height / 100, distance: distance / 100, yaw: radians(yaw) };
}

/** The monitor of a diagonal in inches at a distance in centimetres, straight ahead; undefined where one is 0. */
export function monitorOfDiagonal(inches: number, centimetres: number, aspect: number): Monitor | undefined {
  if (!(inches > 0 && centimetres > 0 && aspect > 0)) return undefined;
  const height = (inches * 0.0254) / Math.hypot(aspect, 1);
  return { width: height * aspect, height, distance: centimetres / 100, yaw: 0 };
}

/** The monitor in the viewer's cube. */
export function screenOfMonitor(m: Monitor): Screen {
  return { ...upright(m.yaw, m.distance, 0), halfWidth: m.width / 2, halfHeight: m.height / 2 };
}

/** An upright plane at a distance that faces the head: yaw in radians to the right, its middle at a height. */
export function upright(
  yaw: number,
  distance: number,
  height: number,
): Pick<Screen, "center" | "right" | "up"> {
  const center: Point = [-distance * Math.sin(yaw), height, distance * Math.cos(yaw)];
  return { center, right: [-Math.cos(yaw), 0, -Math.sin(yaw)], up: [0, 1, 0] };
}

/** Where a canvas lies on a monitor, in CSS pixels from its upper left corner. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
  monitorWidth: number;
  monitorHeight: number;
}

/** The part of a monitor that a canvas covers; one that seems to reach beyond is moved onto it. */
export function partOf(monitor: Screen, place: Place): Screen {
  const width = Math.min(place.width / place.monitorWidth, 1);
  const height = Math.min(place.height / place.monitorHeight, 1);
  const left = Math.min(Math.max(place.x / place.monitorWidth, 0), 1 - width);
  const top = Math.min(Math.max(place.y / place.monitorHeight, 0), 1 - height);
  const u = (2 * left + width - 1) * monitor.halfWidth;
  const v = (1 - 2 * top - height) * monitor.halfHeight;
  const at = (i: 0 | 1 | 2) => monitor.center[i] + u * monitor.right[i] + v * monitor.up[i];
  return {
    ...monitor,
    center: [at(0), at(1), at(2)],
    halfWidth: monitor.halfWidth * width,
    halfHeight: monitor.halfHeight * height,
  };
}

/** Where a canvas is on the monitor, as far as browsers tell. */
export function placeOf(canvas: HTMLElement): Place {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  // The frame round the page is taken to be the same on three sides.
  const frame = Math.max(0, (window.outerWidth - window.innerWidth) / 2);
  const bars = Math.max(0, window.outerHeight - window.innerHeight - frame);
  return {
    x: window.screenX + frame + left,
    y: window.screenY + bars + top,
    width,
    height,
    monitorWidth: Math.max(window.screen.width, width),
    monitorHeight: Math.max(window.screen.height, height),
  };
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

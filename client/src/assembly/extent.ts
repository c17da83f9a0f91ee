/**
 * What a virtual screen must show: the screen of a viewer who declared none.
 * It stands 0.65 m before the head and is as wide as people and things need.
 */
import { type Point, type Screen, screenOf } from "../eye/projection";
import { upright } from "./monitor";

export const virtualDistance = 0.65; // metres
const widest = radians(55); // either way
const highest = radians(40);
const aside = radians(64); // what lies further to one side makes the screen turn; what is nearer may be cut
const margin = radians(1.5);
const tallest = 0.6; // metres, half; a taller screen would be ceiling and floor
const narrowest = 0.3; // metres, half; one person shall not fill a large window

/** A rectangle of an upright plane at the virtual distance. */
export interface Extent {
  yaw: number; // radians to the viewer's right
  halfWidth: number; // metres, as the others
  bottom: number;
  top: number;
}

/** What one sees who is alone. */
export const alone: Extent = { yaw: 0, halfWidth: 0.42, bottom: -0.26, top: 0.2 };

/** What shows all points of the viewer's cube, as far as 110 degrees allow. It looks straight ahead where it can. */
export function extentOf(points: readonly Point[]): Extent {
  if (points.length === 0) return alone;
  const [first, last] = anglesOf(points);
  const least = first - margin;
  const most = last + margin;
  const ahead = Math.max(-least, most);
  const yaw = ahead <= aside ? 0 : (least + most) / 2;
  const half = Math.min(yaw === 0 ? ahead : (most - least) / 2, widest);
  const heights = points.flatMap(([x, y, z]) => {
    const depth = z * Math.cos(yaw) - x * Math.sin(yaw);
    if (depth < 0.05) return [];
    const limit = Math.tan(highest) * virtualDistance;
    return [Math.min(Math.max((y / depth) * virtualDistance, -limit), limit)];
  });
  return {
    yaw,
    halfWidth: Math.max(Math.tan(half) * virtualDistance, narrowest),
    bottom: Math.min(0, ...heights),
    top: Math.max(0, ...heights),
  };
}

/** Whether all of b is to be seen in a. */
export function covers(a: Extent, b: Extent): boolean {
  return a.yaw === b.yaw && a.halfWidth >= b.halfWidth && a.bottom <= b.bottom && a.top >= b.top;
}

export function blendExtents(a: Extent, b: Extent, t: number): Extent {
  const mix = (name: keyof Extent) => a[name] + (b[name] - a[name]) * t;
  return { yaw: mix("yaw"), halfWidth: mix("halfWidth"), bottom: mix("bottom"), top: mix("top") };
}

/** Whether a canvas of this shape, as a phone's, is too narrow to show all of an extent at a useful size. */
export function tooNarrow(e: Extent, aspect: number): boolean {
  return e.halfWidth / aspect > tallest;
}

/**
 * The screen of a canvas of this shape that shows all of an extent; where that
 * is too narrow, it shows a part, turned from the middle by radians to the right.
 */
export function screenOfExtent(e: Extent, aspect: number, turned = 0): Screen {
  const plane = upright(e.yaw + turned, virtualDistance, (e.top + e.bottom) / 2);
  const halfWidth = tooNarrow(e, aspect) ? tallest * aspect : e.halfWidth;
  return screenOf({ ...plane, halfWidth, halfHeight: (e.top - e.bottom) / 2 }, aspect);
}

/** Where points are, as angles to the viewer's right: the least and the most. */
export function anglesOf(points: readonly Point[]): [number, number] {
  const angles = points.map(([x, , z]) => Math.atan2(-x, z));
  return [Math.min(...angles), Math.max(...angles)];
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/**
 * What a virtual screen must show: the screen of a viewer who declared none.
 * It stands 0.65 m before the head and is as wide as people and things need.
 */
import { type Point, type Screen, screenOf } from "../eye/projection";
import { upright } from "./monitor";

export const virtualDistance = 0.65; // metres
const widest = radians(55); // either way
const highest = radians(40);
const margin = radians(3);
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
  const angles = points.map(([x, , z]) => Math.atan2(-x, z));
  const least = Math.min(...angles) - margin;
  const most = Math.max(...angles) + margin;
  const ahead = Math.max(-least, most);
  const yaw = ahead <= widest ? 0 : (least + most) / 2;
  const half = Math.min(ahead <= widest ? ahead : (most - least) / 2, widest);
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

/** An extent of the same size, turned to where points are that it does not cover. */
export function turnedTo(e: Extent, points: readonly Point[]): Extent {
  if (covers(e, extentOf(points))) return e;
  const angles = points.map(([x, , z]) => Math.atan2(-x, z));
  return { ...e, yaw: (Math.min(...angles) + Math.max(...angles)) / 2 };
}

export function blendExtents(a: Extent, b: Extent, t: number): Extent {
  const mix = (name: keyof Extent) => a[name] + (b[name] - a[name]) * t;
  return { yaw: mix("yaw"), halfWidth: mix("halfWidth"), bottom: mix("bottom"), top: mix("top") };
}

/** The screen of a canvas of this shape that shows all of an extent. */
export function screenOfExtent(e: Extent, aspect: number): Screen {
  const plane = upright(e.yaw, virtualDistance, (e.top + e.bottom) / 2);
  return screenOf({ ...plane, halfWidth: e.halfWidth, halfHeight: (e.top - e.bottom) / 2 }, aspect);
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

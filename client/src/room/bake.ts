/**
 * Light for a room that does not move, computed once into vertex colours: a
 * software WebGL then draws it as cheaply as flat paint. Metres in the cube.
 */
import { BufferAttribute, type BufferGeometry, Color, type Matrix4, Vector3 } from "three";

/** A ball that throws a soft shadow. */
export interface Shade {
  center: Vector3;
  radius: number;
}

export interface Lighting {
  lamps: { at: Vector3; power: Color; size: number }[];
  sky: Color; // from above
  ground: Color; // from below
  shades: Shade[];
  /** The room's extent, whose corners are darker. */
  min: Vector3;
  max: Vector3;
}

/** Gives a geometry, placed by a matrix, the colour of a surface in the light. */
export function bake(
  geometry: BufferGeometry,
  place: Matrix4,
  paint: Color,
  light: Lighting,
): BufferGeometry {
  geometry.applyMatrix4(place);
  const position = geometry.getAttribute("position");
  const normal = geometry.getAttribute("normal");
  const colours = new Float32Array(position.count * 3);
  const p = new Vector3();
  const n = new Vector3();
  const c = new Color();
  for (let i = 0; i < position.count; i++) {
    p.fromBufferAttribute(position, i);
    n.fromBufferAttribute(normal, i);
    shine(p, n, light, c);
    c.multiply(paint).toArray(colours, 3 * i);
  }
  geometry.setAttribute("color", new BufferAttribute(colours, 3));
  return geometry;
}

/** Light that reaches a point with a normal, linear. */
export function shine(p: Vector3, n: Vector3, light: Lighting, into: Color): Color {
  const up = 0.5 + 0.5 * n.y;
  into
    .copy(light.ground)
    .lerp(light.sky, up)
    .multiplyScalar(corner(p, n, light));
  const to = new Vector3();
  for (const lamp of light.lamps) {
    to.subVectors(lamp.at, p);
    const distance = to.length();
    to.divideScalar(distance);
    const facing = Math.max(0, 0.1 + 0.9 * n.dot(to)); // a lamp with some size reaches a little round the edge
    let seen = facing / (1 + (distance * distance) / lamp.size);
    for (const s of light.shades) seen *= 1 - blocked(p, to, distance, s);
    into.r += lamp.power.r * seen;
    into.g += lamp.power.g * seen;
    into.b += lamp.power.b * seen;
  }
  return into;
}

/** How much of a lamp a ball hides, 0 to 1, softer the further it is. */
function blocked(p: Vector3, to: Vector3, distance: number, s: Shade): number {
  const x = s.center.x - p.x;
  const y = s.center.y - p.y;
  const z = s.center.z - p.z;
  const along = x * to.x + y * to.y + z * to.z;
  if (along <= 0 || along >= distance) return 0;
  const off = Math.sqrt(Math.max(0, x * x + y * y + z * z - along * along));
  const blur = 0.12 + 0.3 * along;
  return 0.75 * (1 - smooth((off - s.radius + blur) / (2 * blur))) * Math.min(1, (s.radius / blur) * 1.6);
}

/** Ambient light is dimmer near the walls, floor and ceiling that a point does not lie on. */
function corner(p: Vector3, n: Vector3, light: Lighting): number {
  let open = 1;
  for (const axis of ["x", "y", "z"] as const) {
    for (const wall of [p[axis] - light.min[axis], light.max[axis] - p[axis]]) {
      if (Math.abs(n[axis]) > 0.9 && wall < 0.05) continue;
      open *= 1 - 0.38 * Math.exp(-Math.max(0, wall) / 0.28);
    }
  }
  return open;
}

function smooth(t: number): number {
  const x = Math.min(Math.max(t, 0), 1);
  return x * x * (3 - 2 * x);
}

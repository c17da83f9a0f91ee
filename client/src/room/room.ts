/**
 * The room that the person is in: walls, floor, a panel of slats, a shelf, a
 * lamp, and where the person sits a chair and a table. Metres in the cube.
 */
import {
  BufferAttribute,
  type BufferGeometry,
  Color,
  CylinderGeometry,
  Group,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
  Vector3,
} from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { Lighting, Shade } from "./bake";
import { at, Builder, plain } from "./builder";

/** What the room is fitted to. */
export interface Seat {
  floor: number; // y, metres
  standing: boolean;
}

export const defaultSeat: Seat = { floor: -1.22, standing: false };

const tallest = -1.4; // metres; a volume that reaches lower holds somebody who stands

/** The seat that a rig's volume tells of; its bottom is y. */
export function seatOf(bottom: number): Seat {
  if (bottom > tallest) return defaultSeat;
  return { floor: Math.max(bottom, -2.2), standing: true };
}

/** Builds the room; nothing in it moves. */
export function buildRoom(seat: Seat): Group {
  const b = new Builder(lighting(seat));
  const room = new Group();
  const parts = [...walls(b), ...slats(b), ...shelf(b), ...lamp(b)];
  room.add(ground(b));
  if (!seat.standing) {
    parts.push(...chair(b), ...table(b));
    room.add(tableTop(b));
  }
  room.add(new Mesh(mergeGeometries(parts), new MeshBasicMaterial({ vertexColors: true, dithering: true })));
  return room;
}

/** Lamps before and above the person, warm ones behind; the person's body throws a shadow. */
function lighting(seat: Seat): Lighting {
  const forward = seat.standing ? 0 : 0.35; // the knees are before the head
  const shades: Shade[] = [{ center: new Vector3(0, 0.02, 0), radius: 0.13 }];
  for (let y = -0.3; y > seat.floor; y -= 0.3) {
    shades.push({ center: new Vector3(0, y, forward * Math.max(0, -y - 0.4)), radius: 0.25 });
  }
  return {
    lamps: [
      { at: new Vector3(0.7, 1.35, 0.9), power: new Color(2.1, 1.95, 1.75), size: 1.1 },
      { at: new Vector3(-1.35, 0.25, -1.1), power: new Color(1.5, 0.95, 0.5), size: 0.22 },
      { at: new Vector3(1.5, 1.2, -0.9), power: new Color(0.55, 0.72, 1), size: 0.5 },
    ],
    sky: new Color(0.3, 0.31, 0.34),
    ground: new Color(0.16, 0.14, 0.12),
    shades,
    min: new Vector3(-1.9, seat.floor, -1.55),
    max: new Vector3(1.9, 1.5, 2.6),
  };
}

const paint = {
  wall: new Color("#8d969c"),
  side: new Color("#a5a49e"),
  ceiling: new Color("#d8d5cf"),
  slat: new Color("#8a5a36"),
  shelf: new Color("#6f4a2f"),
  chair: new Color("#2f3a41"),
  table: new Color("#fff1dd").multiplyScalar(1.5),
  edge: new Color("#b98d63"),
  floor: new Color("#ffffff"),
  skirting: new Color("#cfcac2"),
};

const books = ["#a63d2f", "#d9a441", "#2f5d62", "#e4dccb", "#51707f", "#7b4a63", "#c9744a"].map(
  (c) => new Color(c),
);

function walls(b: Builder): BufferGeometry[] {
  const { min, max } = b.light;
  const size = new Vector3().subVectors(max, min);
  const middle = new Vector3().addVectors(max, min).multiplyScalar(0.5);
  const turnY = (a: number) => new Matrix4().makeRotationY(a);
  const turnX = (a: number) => new Matrix4().makeRotationX(a);
  return [
    b.wall(size.x, size.y, at(middle.x, middle.y, min.z), paint.wall),
    b.wall(size.z, size.y, at(min.x, middle.y, middle.z).multiply(turnY(Math.PI / 2)), paint.side),
    b.wall(size.z, size.y, at(max.x, middle.y, middle.z).multiply(turnY(-Math.PI / 2)), paint.side),
    b.wall(size.x, size.z, at(middle.x, max.y, middle.z).multiply(turnX(Math.PI / 2)), paint.ceiling),
    b.box(size.x, 0.09, 0.015, at(middle.x, min.y + 0.045, min.z + 0.008), paint.skirting),
    b.box(0.015, 0.09, size.z, at(min.x + 0.008, min.y + 0.045, middle.z), paint.skirting),
    b.box(0.015, 0.09, size.z, at(max.x - 0.008, min.y + 0.045, middle.z), paint.skirting),
  ];
}

/** Upright slats on the back wall, left of the middle: they make parallax easy to see. */
function slats(b: Builder): BufferGeometry[] {
  const { min, max } = b.light;
  const height = max.y - min.y - 0.09;
  return Array.from({ length: 22 }, (_, i) =>
    b.box(0.036, height, 0.035, at(-1.86 + i * 0.062, min.y + 0.09 + height / 2, min.z + 0.018), paint.slat),
  );
}

function shelf(b: Builder): BufferGeometry[] {
  const { min } = b.light;
  const x = 1.12;
  const z = min.z + 0.13;
  const boards = [-0.32, 0.2, 0.72].map((y) => b.box(1.1, 0.03, 0.24, at(x, y, z), paint.shelf));
  const volumes: BufferGeometry[] = [];
  let seed = 7;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (const y of [-0.305, 0.215]) {
    for (let left = x - 0.5; left < x + 0.1 + random() * 0.25; ) {
      const width = 0.022 + 0.03 * random();
      const height = 0.2 + 0.12 * random();
      const colour = books[Math.floor(random() * books.length)] ?? paint.shelf;
      volumes.push(b.box(width, height, 0.16, at(left + width / 2, y + height / 2, z), colour));
      left += width + 0.003;
    }
  }
  const pot = b.solid(new CylinderGeometry(0.075, 0.055, 0.14, 20), at(x + 0.36, 0.29, z), paint.skirting);
  const leaves = Array.from({ length: 9 }, (_, i) => {
    const g = new SphereGeometry(0.055, 10, 8).scale(1, 1.7, 0.5);
    const a = i * 2.4;
    const place = at(x + 0.36 + 0.07 * Math.cos(a), 0.44 + 0.012 * i, z + 0.05 * Math.sin(a));
    return b.solid(g, place.multiply(new Matrix4().makeRotationZ(-0.6 * Math.cos(a))), new Color("#4c7a4b"));
  });
  return [...boards, ...volumes, pot, ...leaves];
}

/** A lamp on the floor whose light the slats catch. */
function lamp(b: Builder): BufferGeometry[] {
  const { min } = b.light;
  const glow = new SphereGeometry(0.13, 24, 16).applyMatrix4(at(-1.35, 0.25, -1.1));
  const colours = new Float32Array(glow.getAttribute("position").count * 3);
  for (let i = 0; i < colours.length; i += 3) colours.set([1, 0.86, 0.66], i);
  glow.setAttribute("color", new BufferAttribute(colours, 3));
  const height = 0.12 - min.y;
  const foot = b.solid(
    new CylinderGeometry(0.012, 0.012, height, 10),
    at(-1.35, min.y + height / 2, -1.1),
    paint.chair,
  );
  return [plain(glow), foot];
}

/** The chair that the person sits on, seen from behind the shoulders. */
function chair(b: Builder): BufferGeometry[] {
  const { min } = b.light;
  return [
    b.rounded(
      [0.5, 0.52, 0.07],
      0.035,
      at(0, -0.5, -0.33).multiply(new Matrix4().makeRotationX(-0.12)),
      paint.chair,
    ),
    b.rounded([0.5, 0.07, 0.46], 0.035, at(0, -0.8, 0.0), paint.chair),
    b.solid(new CylinderGeometry(0.03, 0.03, 0.36, 14), at(0, min.y + 0.2, 0), paint.chair),
    b.solid(new CylinderGeometry(0.27, 0.3, 0.04, 28), at(0, min.y + 0.03, 0), paint.chair),
  ];
}

/** The table before the person; its edge hides where the capture ends. */
function table(b: Builder): BufferGeometry[] {
  const { min } = b.light;
  return [
    b.rounded([1.7, 0.04, 0.62], 0.018, at(0, -0.5, 0.7), paint.edge),
    b.box(0.05, 0.7, 0.05, at(-0.76, min.y + 0.35, 0.7), paint.chair),
    b.box(0.05, 0.7, 0.05, at(0.76, min.y + 0.35, 0.7), paint.chair),
  ];
}

function ground(b: Builder): Mesh {
  const { min, max } = b.light;
  return b.boards(
    max.x - min.x,
    max.z - min.z,
    at((min.x + max.x) / 2, min.y, (min.z + max.z) / 2),
    1.6,
    paint.floor,
  );
}

/** The table's top, with a grain: on a tall screen much of it is to be seen. */
function tableTop(b: Builder): Mesh {
  return b.boards(1.67, 0.59, at(0, -0.4795, 0.7), 1.1, paint.table);
}

/**
 * The room that the person stands in: walls, floor, a panel of slats, a
 * shelf, a chair's back and a table, in metres, lit by a lamp before and above
 * the person and a warm one behind.
 */
import {
  BoxGeometry,
  BufferAttribute,
  type BufferGeometry,
  CanvasTexture,
  Color,
  CylinderGeometry,
  Group,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  RepeatWrapping,
  SphereGeometry,
  SRGBColorSpace,
  Vector3,
} from "three";
import { RoundedBoxGeometry } from "three/examples/jsm/geometries/RoundedBoxGeometry.js";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { bake, type Lighting } from "./bake";
import { planks } from "./planks";

const floor = -1.22; // metres below the eyes of a seated person
const min = new Vector3(-1.9, floor, -1.55);
const max = new Vector3(1.9, 1.5, 2.6);

const lighting: Lighting = {
  lamps: [
    { at: new Vector3(0.7, 1.35, 0.9), power: new Color(2.1, 1.95, 1.75), size: 1.1 },
    { at: new Vector3(-1.35, 0.25, -1.1), power: new Color(1.5, 0.95, 0.5), size: 0.22 },
    { at: new Vector3(1.5, 1.2, -0.9), power: new Color(0.55, 0.72, 1), size: 0.5 },
  ],
  sky: new Color(0.3, 0.31, 0.34),
  ground: new Color(0.16, 0.14, 0.12),
  shades: [
    { center: new Vector3(0, 0.02, 0), radius: 0.13 },
    { center: new Vector3(0, -0.3, 0), radius: 0.24 },
    { center: new Vector3(0, -0.6, 0.1), radius: 0.26 },
    { center: new Vector3(0, -0.9, 0.2), radius: 0.24 },
  ],
  min,
  max,
};

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

/** Builds the room; nothing in it moves. */
export function buildRoom(): Group {
  const solid = new Mesh(
    mergeGeometries([...walls(), ...slats(), ...shelf(), ...lamp(), ...chair(), ...table()]),
    new MeshBasicMaterial({ vertexColors: true, dithering: true }),
  );
  const room = new Group();
  room.add(solid, ground(), tableTop());
  return room;
}

function at(x: number, y: number, z: number): Matrix4 {
  return new Matrix4().makeTranslation(x, y, z);
}

function box(width: number, height: number, depth: number, place: Matrix4, colour: Color): BufferGeometry {
  // Cells of some 12 cm carry the light's gradients.
  const cells = (length: number) => Math.max(1, Math.round(length / 0.12));
  return plain(
    bake(
      new BoxGeometry(width, height, depth, cells(width), cells(height), cells(depth)),
      place,
      colour,
      lighting,
    ),
  );
}

function rounded(
  w: number,
  h: number,
  d: number,
  radius: number,
  place: Matrix4,
  colour: Color,
): BufferGeometry {
  return plain(bake(new RoundedBoxGeometry(w, h, d, 5, radius), place, colour, lighting));
}

/** Leaves only what mergeGeometries needs to be alike. */
function plain(g: BufferGeometry): BufferGeometry {
  const flat = g.index ? g.toNonIndexed() : g;
  flat.deleteAttribute("uv");
  flat.deleteAttribute("normal");
  return flat;
}

function wall(width: number, height: number, place: Matrix4, colour: Color): BufferGeometry {
  const g = new PlaneGeometry(width, height, Math.ceil(width / 0.09), Math.ceil(height / 0.09));
  return plain(bake(g, place, colour, lighting));
}

function walls(): BufferGeometry[] {
  const size = new Vector3().subVectors(max, min);
  const middle = new Vector3().addVectors(max, min).multiplyScalar(0.5);
  const turnY = (a: number) => new Matrix4().makeRotationY(a);
  const turnX = (a: number) => new Matrix4().makeRotationX(a);
  return [
    wall(size.x, size.y, at(middle.x, middle.y, min.z), paint.wall),
    wall(size.z, size.y, at(min.x, middle.y, middle.z).multiply(turnY(Math.PI / 2)), paint.side),
    wall(size.z, size.y, at(max.x, middle.y, middle.z).multiply(turnY(-Math.PI / 2)), paint.side),
    wall(size.x, size.z, at(middle.x, max.y, middle.z).multiply(turnX(Math.PI / 2)), paint.ceiling),
    box(size.x, 0.09, 0.015, at(middle.x, floor + 0.045, min.z + 0.008), paint.skirting),
    box(0.015, 0.09, size.z, at(min.x + 0.008, floor + 0.045, middle.z), paint.skirting),
    box(0.015, 0.09, size.z, at(max.x - 0.008, floor + 0.045, middle.z), paint.skirting),
  ];
}

/** Upright slats on the back wall, left of the middle: they make parallax easy to see. */
function slats(): BufferGeometry[] {
  const height = max.y - floor - 0.09;
  return Array.from({ length: 22 }, (_, i) =>
    box(0.036, height, 0.035, at(-1.86 + i * 0.062, floor + 0.09 + height / 2, min.z + 0.018), paint.slat),
  );
}

function shelf(): BufferGeometry[] {
  const x = 1.12;
  const z = min.z + 0.13;
  const boards = [-0.32, 0.2, 0.72].map((y) => box(1.1, 0.03, 0.24, at(x, y, z), paint.shelf));
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
      volumes.push(box(width, height, 0.16, at(left + width / 2, y + height / 2, z), colour));
      left += width + 0.003;
    }
  }
  const pot = bake(
    new CylinderGeometry(0.075, 0.055, 0.14, 20),
    at(x + 0.36, 0.29, z),
    paint.skirting,
    lighting,
  );
  const leaves = Array.from({ length: 9 }, (_, i) => {
    const g = new SphereGeometry(0.055, 10, 8).scale(1, 1.7, 0.5);
    const a = i * 2.4;
    const place = at(x + 0.36 + 0.07 * Math.cos(a), 0.44 + 0.012 * i, z + 0.05 * Math.sin(a));
    return plain(
      bake(
        g,
        place.multiply(new Matrix4().makeRotationZ(-0.6 * Math.cos(a))),
        new Color("#4c7a4b"),
        lighting,
      ),
    );
  });
  return [...boards, ...volumes, plain(pot), ...leaves];
}

/** A lamp on the floor whose light the slats catch. */
function lamp(): BufferGeometry[] {
  const glow = new SphereGeometry(0.13, 24, 16).applyMatrix4(at(-1.35, 0.25, -1.1));
  const colours = new Float32Array(glow.getAttribute("position").count * 3);
  for (let i = 0; i < colours.length; i += 3) colours.set([1, 0.86, 0.66], i);
  glow.setAttribute("color", new BufferAttribute(colours, 3));
  return [
    plain(glow),
    plain(bake(new CylinderGeometry(0.012, 0.012, 1.34, 10), at(-1.35, -0.55, -1.1), paint.chair, lighting)),
  ];
}

/** The chair that the person sits on, seen from behind the shoulders. */
function chair(): BufferGeometry[] {
  return [
    rounded(
      0.5,
      0.52,
      0.07,
      0.035,
      at(0, -0.5, -0.33).multiply(new Matrix4().makeRotationX(-0.12)),
      paint.chair,
    ),
    rounded(0.5, 0.07, 0.46, 0.035, at(0, -0.8, 0.0), paint.chair),
    plain(bake(new CylinderGeometry(0.03, 0.03, 0.36, 14), at(0, floor + 0.2, 0), paint.chair, lighting)),
    plain(bake(new CylinderGeometry(0.27, 0.3, 0.04, 28), at(0, floor + 0.03, 0), paint.chair, lighting)),
  ];
}

/** The table before the person; its edge hides where the capture ends. */
function table(): BufferGeometry[] {
  return [
    rounded(1.7, 0.04, 0.62, 0.018, at(0, -0.5, 0.7), paint.edge),
    box(0.05, 0.7, 0.05, at(-0.76, floor + 0.35, 0.7), paint.chair),
    box(0.05, 0.7, 0.05, at(0.76, floor + 0.35, 0.7), paint.chair),
  ];
}

function ground(): Mesh {
  return boards(
    max.x - min.x,
    max.z - min.z,
    at((min.x + max.x) / 2, floor, (min.z + max.z) / 2),
    1.6,
    paint.floor,
  );
}

/** The table's top, with a grain: on a tall screen much of it is to be seen. */
function tableTop(): Mesh {
  return boards(1.67, 0.59, at(0, -0.4795, 0.7), 1.1, paint.table);
}

/** A level surface of planks that repeat after some metres. */
function boards(width: number, depth: number, place: Matrix4, repeat: number, colour: Color): Mesh {
  const g = new PlaneGeometry(width, depth, Math.ceil(width / 0.08), Math.ceil(depth / 0.08));
  bake(g, place.multiply(new Matrix4().makeRotationX(-Math.PI / 2)), colour, lighting);
  const map = new CanvasTexture(planks());
  map.colorSpace = SRGBColorSpace;
  map.wrapS = map.wrapT = RepeatWrapping;
  map.repeat.set(width / repeat, depth / repeat);
  map.anisotropy = 4;
  return new Mesh(g, new MeshBasicMaterial({ map, vertexColors: true, dithering: true }));
}

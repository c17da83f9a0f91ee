/**
 * The room that all share: floor, light walls, windows, and a table for who
 * sits round one, or one each. Metres in the world, fitted to the seats.
 */
import {
  type BufferGeometry,
  CanvasTexture,
  CircleGeometry,
  Color,
  CylinderGeometry,
  Group,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  RingGeometry,
  SphereGeometry,
  SRGBColorSpace,
  Vector3,
} from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { apply, matrixOf, turn } from "../assembly/pose";
import type { Pose, Spot } from "../protocol/room.gen";
import type { Lighting } from "./bake";
import { at, Builder, level } from "./builder";

const floor = -1.22; // y of the floor below seated heads
const ceiling = 1.55;
const tableTop = -0.5;
const knees = 0.45; // from a head to the table's edge
const behind = 1.8; // from the outermost seat to the wall

const paint = {
  wall: new Color("#dcdcd6"),
  ceiling: new Color("#efede8"),
  // The planks are dark by themselves.
  panel: new Color(2.3, 2.25, 2.15),
  skirting: new Color("#f4f1ec"),
  floor: new Color(1.35, 1.32, 1.28),
  table: new Color(1.75, 1.75, 1.75),
  edge: new Color("#c49a70"),
  foot: new Color("#4a545b"),
  chair: new Color("#53626b"),
  frame: new Color("#b98f68"),
  pot: new Color("#d8d2c8"),
  leaf: new Color("#4f8157"),
};

/** What the room is built round. */
interface Plan {
  middle: Vector3;
  min: Vector3;
  max: Vector3;
  /** Distance of the seats from the middle, where all sit round it. */
  round: number | undefined;
}

/** Builds the room; nothing in it moves. */
export function buildCommons(seats: readonly Pose[], boards: readonly Spot[]): Group {
  const plan = planOf(seats, boards);
  const b = new Builder(lighting(plan, seats), 0.22);
  const room = new Group();
  const parts = [...walls(b), ...frames(b, plan), ...plants(b, plan), ...chairs(b, seats)];
  room.add(ground(b), ...panels(b), ...panes(plan), light(plan));
  for (const table of tables(b, plan, seats)) {
    room.add(table.top);
    parts.push(...table.parts);
  }
  room.add(new Mesh(mergeGeometries(parts), new MeshBasicMaterial({ vertexColors: true, dithering: true })));
  for (const g of parts) g.dispose();
  return room;
}

function planOf(seats: readonly Pose[], boards: readonly Spot[]): Plan {
  const middle = new Vector3();
  for (const s of seats) middle.add(new Vector3(s.position[0], 0, s.position[2]).divideScalar(seats.length));
  const away = seats.map((s) => Math.hypot(s.position[0] - middle.x, s.position[2] - middle.z));
  const reach = Math.max(0.6, ...away) + behind;
  const min = new Vector3(middle.x - reach, floor, middle.z - reach);
  const max = new Vector3(middle.x + reach, ceiling, middle.z + reach);
  for (const { pose, width } of boards.slice(0, 3)) {
    const [x, , z] = pose.position;
    const room = width / 2 + 0.3;
    min.min(new Vector3(x - room, floor, z - room));
    max.max(new Vector3(x + room, ceiling, z + room));
  }
  const facing = seats.every((s, i) => {
    const [x, , z] = turn(s, [0, 0, 1]);
    const d = away[i] ?? 0;
    return d > 0.3 && (x * (middle.x - s.position[0]) + z * (middle.z - s.position[2])) / d > 0.98;
  });
  const even = Math.max(...away) - Math.min(...away) < 0.1;
  return { middle, min, max, round: seats.length > 1 && facing && even ? away[0] : undefined };
}

function lighting({ middle, min, max }: Plan, seats: readonly Pose[]): Lighting {
  const size = Math.max(max.x - min.x, max.z - min.z);
  const warm = new Color(0.5, 0.42, 0.32);
  return {
    lamps: [
      {
        at: new Vector3(middle.x, ceiling - 0.15, middle.z),
        power: new Color(1.15, 1.1, 1.02),
        size: size / 2,
      },
      { at: new Vector3(min.x + 0.6, 0.4, max.z - 0.6), power: warm, size: 0.8 },
      { at: new Vector3(max.x - 0.6, 0.4, min.z + 0.6), power: warm, size: 0.8 },
    ],
    sky: new Color(0.52, 0.54, 0.58),
    ground: new Color(0.36, 0.34, 0.31),
    shades: seats.flatMap((s) => [
      { center: new Vector3(...apply(s, [0, -0.45, 0])), radius: 0.22 },
      { center: new Vector3(...apply(s, [0, -0.9, 0.15])), radius: 0.25 },
    ]),
    min,
    max,
  };
}

const panelTop = -0.28; // y to which the walls are of wood

/** The four walls as places whose x runs along them and whose z is into the room, with their lengths. */
function sides({ min, max }: Pick<Plan, "min" | "max">): { place: Matrix4; length: number }[] {
  const [x, z] = [(min.x + max.x) / 2, (min.z + max.z) / 2];
  const turned = (yaw: number) => new Matrix4().makeRotationY(yaw);
  return [
    { place: at(x, 0, min.z), length: max.x - min.x },
    { place: at(min.x, 0, z).multiply(turned(Math.PI / 2)), length: max.z - min.z },
    { place: at(x, 0, max.z).multiply(turned(Math.PI)), length: max.x - min.x },
    { place: at(max.x, 0, z).multiply(turned(-Math.PI / 2)), length: max.z - min.z },
  ];
}

function walls(b: Builder): BufferGeometry[] {
  const { min, max } = b.light;
  const upper = ceiling - panelTop;
  const top = at((min.x + max.x) / 2, ceiling, (min.z + max.z) / 2).multiply(
    new Matrix4().makeRotationX(Math.PI / 2),
  );
  return [
    b.wall(max.x - min.x, max.z - min.z, top, paint.ceiling),
    ...sides(b.light).flatMap(({ place, length }) => [
      b.wall(length, upper, place.clone().multiply(at(0, panelTop + upper / 2, 0)), paint.wall),
      b.box(length, 0.03, 0.03, place.clone().multiply(at(0, panelTop, 0.015)), paint.skirting),
      b.box(length, 0.1, 0.02, place.clone().multiply(at(0, floor + 0.05, 0.01)), paint.skirting),
    ]),
  ];
}

/** Upright planks along the lower half of the walls. */
function panels(b: Builder): Mesh[] {
  const height = panelTop - floor;
  return sides(b.light).map(({ place, length }) => {
    const g = new PlaneGeometry(height, length, Math.ceil(height / 0.22), Math.ceil(length / 0.22));
    const upright = place
      .multiply(at(0, floor + height / 2, 0.004))
      .multiply(new Matrix4().makeRotationZ(Math.PI / 2));
    return b.planked(g, upright, [height / 1.6, length / 1.6], paint.panel);
  });
}

function ground(b: Builder): Mesh {
  const { min, max } = b.light;
  const middle = at((min.x + max.x) / 2, floor, (min.z + max.z) / 2);
  return b.boards(max.x - min.x, max.z - min.z, middle, 1.6, paint.floor);
}

const pane = { width: 1.5, height: 1.05, y: 0.52 };

/** Two windows a wall, where it is long enough. */
function openings(plan: Plan): Matrix4[] {
  return sides(plan).flatMap(({ place, length }) =>
    [-length / 4, length / 4].map((x) => place.clone().multiply(at(x, pane.y, 0.012))),
  );
}

function panes(plan: Plan): Mesh[] {
  const map = new CanvasTexture(view());
  map.colorSpace = SRGBColorSpace;
  const geometry = mergeGeometries(
    openings(plan).map((place) => new PlaneGeometry(pane.width, pane.height).applyMatrix4(place)),
  );
  return [new Mesh(geometry, new MeshBasicMaterial({ map }))];
}

function frames(b: Builder, plan: Plan): BufferGeometry[] {
  const { width, height } = pane;
  const bar = (place: Matrix4, w: number, h: number, x: number, y: number) =>
    b.box(w, h, 0.05, place.clone().multiply(at(x, y, 0.015)), paint.frame);
  return openings(plan).flatMap((place) => [
    bar(place, width + 0.1, 0.05, 0, height / 2),
    bar(place, width + 0.16, 0.05, 0, -height / 2),
    bar(place, 0.05, height, -width / 2, 0),
    bar(place, 0.05, height, width / 2, 0),
    bar(place, 0.03, height, 0, 0),
  ]);
}

/** What is outside: sky, and hills far away. */
function view(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 180;
  const g = canvas.getContext("2d");
  if (!g) return canvas;
  const sky = g.createLinearGradient(0, 0, 0, 180);
  sky.addColorStop(0, "#a9cbe6");
  sky.addColorStop(0.65, "#e3edf2");
  sky.addColorStop(1, "#f3efe4");
  g.fillStyle = sky;
  g.fillRect(0, 0, 256, 180);
  for (const [base, rise, colour] of [
    [128, 16, "#b5c9cf"],
    [144, 12, "#94b0a8"],
    [160, 9, "#7a9a84"],
  ] as const) {
    g.fillStyle = colour;
    g.beginPath();
    g.moveTo(0, 180);
    for (let x = 0; x <= 256; x += 8) {
      g.lineTo(x, base - rise * (Math.sin(x / 37 + base) + 0.6 * Math.sin(x / 17 + rise)));
    }
    g.lineTo(256, 180);
    g.fill();
  }
  return canvas;
}

/** The round lamp under the ceiling. */
function light({ middle }: Plan): Mesh {
  const disc = new Mesh(new CircleGeometry(0.42, 40), new MeshBasicMaterial({ color: "#fffaf0" }));
  disc.applyMatrix4(
    at(middle.x, ceiling - 0.01, middle.z).multiply(new Matrix4().makeRotationX(Math.PI / 2)),
  );
  return disc;
}

function plants(b: Builder, { min, max }: Plan): BufferGeometry[] {
  return [
    [min.x + 0.45, min.z + 0.45],
    [max.x - 0.45, max.z - 0.45],
    [min.x + 0.45, max.z - 0.45],
    [max.x - 0.45, min.z + 0.45],
  ].flatMap(([x = 0, z = 0]) => [
    b.solid(new CylinderGeometry(0.2, 0.15, 0.36, 16), at(x, floor + 0.18, z), paint.pot),
    ...Array.from({ length: 11 }, (_, i) => {
      const turned = i * 2.4;
      const g = new SphereGeometry(0.13, 8, 6).scale(0.8, 2.1, 0.45);
      const place = at(x + 0.17 * Math.cos(turned), floor + 0.62 + 0.05 * i, z + 0.17 * Math.sin(turned))
        .multiply(new Matrix4().makeRotationY(-turned))
        .multiply(new Matrix4().makeRotationZ(-0.5 + 0.03 * i));
      return b.solid(g, place, paint.leaf);
    }),
  ]);
}

/** A round seat with a shell behind, which hides where a capture ends. */
function chairs(b: Builder, seats: readonly Pose[]): BufferGeometry[] {
  const [low, high] = [-0.82, -0.34];
  const [from, round] = [0.56 * Math.PI, 0.88 * Math.PI];
  return seats.flatMap((seat) => {
    const place = (y: number) => matrixOf(seat).multiply(at(0, y, 0));
    const shell = (radius: number) =>
      new CylinderGeometry(radius, radius - 0.04, high - low, 20, 3, true, from, round);
    const inner = shell(0.325);
    flip(inner);
    return [
      b.solid(shell(0.345), place((low + high) / 2), paint.chair),
      b.solid(inner, place((low + high) / 2), paint.chair),
      b.solid(
        new RingGeometry(0.325, 0.345, 20, 1, 0.06 * Math.PI, round).applyMatrix4(level),
        place(high),
        paint.chair,
      ),
      b.solid(new CylinderGeometry(0.29, 0.27, 0.1, 28, 2), place(-0.72), paint.chair),
      b.solid(new CylinderGeometry(0.03, 0.03, 0.42, 12), place(floor + 0.22), paint.foot),
      b.solid(new CylinderGeometry(0.22, 0.25, 0.03, 24), place(floor + 0.015), paint.foot),
    ];
  });
}

/** Turns a surface inside out. */
function flip(g: BufferGeometry): void {
  const index = g.getIndex();
  if (!index) return;
  for (let i = 0; i < index.count; i += 3) {
    const a = index.getX(i);
    index.setX(i, index.getX(i + 2));
    index.setX(i + 2, a);
  }
  const normal = g.getAttribute("normal");
  for (let i = 0; i < normal.count; i++) {
    normal.setXYZ(i, -normal.getX(i), -normal.getY(i), -normal.getZ(i));
  }
}

interface Table {
  top: Mesh;
  parts: BufferGeometry[];
}

function tables(b: Builder, plan: Plan, seats: readonly Pose[]): Table[] {
  if (plan.round !== undefined && seats.length > 2) return [roundTable(b, plan.middle, plan.round - knees)];
  if (plan.round !== undefined && seats[0]) {
    const depth = 2 * (plan.round - knees);
    return depth < 0.2 ? [] : [desk(b, seats[0], 1.15, depth, plan.round)];
  }
  return seats.map((s) => desk(b, s, 1.1, 0.5, knees + 0.25));
}

function roundTable(b: Builder, middle: Vector3, radius: number): Table {
  const up = tableTop - 0.02;
  const top = b.planked(
    new RingGeometry(0.001, radius, 56, Math.max(2, Math.ceil(radius / 0.2))),
    at(middle.x, tableTop + 0.0005, middle.z).multiply(level),
    [(2 * radius) / 1.1, (2 * radius) / 1.1],
    paint.table,
  );
  return {
    top,
    parts: [
      b.solid(
        new CylinderGeometry(radius, radius - 0.015, 0.04, 56, 1, true),
        at(middle.x, up, middle.z),
        paint.edge,
      ),
      b.solid(
        new CylinderGeometry(0.06, 0.09, tableTop - floor, 20),
        at(middle.x, (tableTop + floor) / 2, middle.z),
        paint.foot,
      ),
      b.solid(new CylinderGeometry(0.3, 0.34, 0.03, 32), at(middle.x, floor + 0.015, middle.z), paint.foot),
    ],
  };
}

/** A table before a seat. */
function desk(b: Builder, seat: Pose, width: number, depth: number, ahead: number): Table {
  const place = () => matrixOf(seat).multiply(at(0, 0, ahead));
  const legs = [-1, 1].map((s) =>
    b.box(
      0.05,
      tableTop - floor - 0.04,
      0.3,
      place().multiply(at(s * (width / 2 - 0.08), (tableTop + floor - 0.04) / 2, 0)),
      paint.foot,
    ),
  );
  return {
    top: b.boards(
      width - 0.02,
      depth - 0.02,
      place().multiply(at(0, tableTop + 0.0005, 0)),
      1.1,
      paint.table,
    ),
    parts: [
      b.rounded([width, 0.04, depth], 0.015, place().multiply(at(0, tableTop - 0.02, 0)), paint.edge),
      ...legs,
    ],
  };
}

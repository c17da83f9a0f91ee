import {
  BufferAttribute,
  CanvasTexture,
  CircleGeometry,
  Color,
  Group,
  LatheGeometry,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
  SRGBColorSpace,
  Vector2,
} from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { plain } from "../room/builder";

// Half width over height from the waist to the neck, metres in the cube.
const outline = [
  [0.17, -0.62],
  [0.19, -0.5],
  [0.2, -0.36],
  [0.19, -0.28],
  [0.13, -0.215],
  [0.06, -0.19],
  [0.052, -0.12],
] as const;

const tints = ["#6d8fa8", "#8d7fa6", "#7a9a80", "#a8876d", "#a06f7c", "#6f9c9c"];

/** Somebody of whom there is no picture: a bust without a face, and the initial of the name. */
export function makeBust(id: string, name: string): Group {
  const tint = new Color(tints[hash(id) % tints.length]);
  const torso = new LatheGeometry(
    outline.map(([x, y]) => new Vector2(x, y)),
    36,
  ).scale(1.12, 1, 0.62);
  const head = new SphereGeometry(1, 32, 20).scale(0.082, 0.115, 0.095);
  const parts = [torso, head].map((g) => {
    shade(g, tint);
    return plain(g);
  });
  const merged = mergeGeometries(parts);
  for (const g of [torso, head, ...parts]) g.dispose();
  const bust = new Group();
  bust.add(new Mesh(merged, new MeshBasicMaterial({ vertexColors: true, dithering: true })));
  bust.add(badge(initial(name)));
  return bust;
}

/** The first letter or sign of a name. */
export function initial(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? "?";
}

/** Light from above and before, as in the room. */
function shade(g: LatheGeometry | SphereGeometry, tint: Color): void {
  g.computeVertexNormals();
  const normal = g.getAttribute("normal");
  const colours = new Float32Array(normal.count * 3);
  const c = new Color();
  for (let i = 0; i < normal.count; i++) {
    const light = 0.42 + 0.3 * normal.getY(i) + 0.3 * Math.max(0, normal.getZ(i));
    c.copy(tint)
      .multiplyScalar(Math.max(0.12, light) * 1.15)
      .toArray(colours, 3 * i);
  }
  g.setAttribute("color", new BufferAttribute(colours, 3));
}

function badge(letter: string): Mesh {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 128;
  const g = canvas.getContext("2d");
  if (g) {
    g.fillStyle = "#f4f1ec";
    g.font = '600 84px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText(letter, 64, 70);
  }
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const mesh = new Mesh(
    new CircleGeometry(0.075, 24),
    new MeshBasicMaterial({ map, transparent: true, depthWrite: false }),
  );
  mesh.position.set(0, -0.34, 0.15);
  mesh.renderOrder = 2;
  return mesh;
}

function hash(text: string): number {
  let h = 7;
  for (const c of text) h = (h * 31 + (c.codePointAt(0) ?? 0)) % 65521;
  return h;
}

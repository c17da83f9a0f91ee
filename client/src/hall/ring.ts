import {
  AdditiveBlending,
  BufferAttribute,
  Color,
  Group,
  Mesh,
  MeshBasicMaterial,
  RingGeometry,
  TorusGeometry,
} from "three";
import { lookColour } from "./plate";

const height = -0.47; // metres in the cube: at a table's top
const radius = 0.36; // metres

export type Lit = "free" | "still" | "speaking" | "looking" | "both";

// Colour of the thread, and the share of it that the glow has.
const lights: Record<Lit, [string, number]> = {
  free: ["#6c7a80", 0],
  still: ["#8fb3c4", 0.08],
  speaking: ["#9ff0b4", 0.45],
  looking: [lookColour, 0.4],
  both: ["#ffd38a", 0.65],
};

/** The ring of light round a seat: brighter for who speaks, warm for who looks at the viewer. */
export class Ring {
  readonly group = new Group();
  readonly #thread: Mesh<TorusGeometry, MeshBasicMaterial>;
  readonly #glow: Mesh<RingGeometry, MeshBasicMaterial>;
  #lit: Lit | undefined;

  constructor(lit: Lit) {
    // After people, who hide what is behind them.
    this.#thread = new Mesh(new TorusGeometry(radius, 0.004, 5, 56), new MeshBasicMaterial());
    const material = new MeshBasicMaterial({
      vertexColors: true,
      transparent: true,
      blending: AdditiveBlending,
      depthWrite: false,
    });
    this.#glow = new Mesh(glow(), material);
    this.#glow.renderOrder = 2;
    this.group.add(this.#thread, this.#glow);
    this.group.position.y = height;
    this.group.rotation.x = -Math.PI / 2;
    this.light(lit);
  }

  /** Says whether anything changed. */
  light(lit: Lit): boolean {
    if (lit === this.#lit) return false;
    this.#lit = lit;
    const [colour, share] = lights[lit];
    this.#thread.material.color.set(colour);
    this.#glow.material.color.set(colour).multiplyScalar(share);
    this.#glow.visible = share > 0;
    return true;
  }

  dispose(): void {
    this.group.removeFromParent();
    for (const mesh of [this.#thread, this.#glow]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}

/** A flat ring whose middle is bright and whose edges add nothing. */
function glow(): RingGeometry {
  const g = new RingGeometry(radius - 0.07, radius + 0.07, 56, 4);
  const position = g.getAttribute("position");
  const colours = new Float32Array(position.count * 3);
  const white = new Color(1, 1, 1);
  for (let i = 0; i < position.count; i++) {
    const off = Math.abs(Math.hypot(position.getX(i), position.getY(i)) - radius) / 0.07;
    new Color(0, 0, 0).lerp(white, Math.max(0, 1 - off) ** 2).toArray(colours, 3 * i);
  }
  g.setAttribute("color", new BufferAttribute(colours, 3));
  return g;
}

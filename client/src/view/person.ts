import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DoubleSide,
  GLSL3,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  type Texture,
  Vector2,
  Vector3,
  Vector4,
  type WebGLRenderer,
  type WebGLRenderTarget,
} from "three";
import type { Point } from "../eye/projection";
import type { Layout } from "../pack/layout";
import type { WindowMessage } from "../protocol/protocol.gen";
import * as glsl from "./glsl";
import { Pass, target } from "./passes";
import { Readback, type Seen } from "./readback";
import { VideoUpload } from "./upload";

const pollEvery = 2; // ms; browsers make it 4

/** Cells of a person's mesh a side at most: a software WebGL needs 42 ms for these, 356 for 512. */
export const maxCells = 128;

/** What depends on the size of the view. */
interface Sized {
  layout: Layout;
  colour: WebGLRenderTarget;
  surface: WebGLRenderTarget;
}

/** What depends on the number of cells. */
interface Meshed {
  cells: number;
  lattice: WebGLRenderTarget;
  mesh: Mesh;
}

/**
 * A person from a packed view. `show` takes a video frame, decodes its strip
 * and keeps it, all on the GPU; a frame whose strip is bad, or whose window is
 * unknown, changes nothing. `mesh` draws what is kept.
 */
export class Person {
  /** Called when the GPU has drawn a frame that was shown, with what its strip said. */
  onSeen: (seen: Seen) => void = () => {};

  /** Called when the mesh must be drawn again although no frame came. */
  onChange: () => void = () => {};

  readonly #renderer: WebGLRenderer;
  readonly #video: VideoUpload;
  readonly #readback: Readback;
  readonly #seen = target("words", 5, 1);
  readonly #state = target("words", 5, 1);
  readonly #uniforms: ReturnType<typeof makeUniforms>;
  readonly #passes: Record<"strip" | "hold" | "colour" | "surface" | "lattice", Pass>;
  readonly #windows: WindowMessage[] = [];
  readonly #attach: (mesh: Mesh) => void;
  #sized: Sized | undefined;
  #meshed: Meshed | undefined;
  #cells = maxCells;
  #fresh = false; // uploaded and not drawn yet
  #poller: number | undefined;

  /** attach puts a mesh into the scene; it is called again for one of another size. */
  constructor(renderer: WebGLRenderer, attach: (mesh: Mesh) => void) {
    this.#renderer = renderer;
    this.#attach = attach;
    this.#video = new VideoUpload(renderer);
    this.#readback = new Readback(renderer);
    this.#uniforms = makeUniforms(this.#video.texture, this.#seen.texture, this.#state.texture);
    this.#passes = {
      strip: new Pass(glsl.strip, this.#uniforms),
      hold: new Pass(glsl.hold, this.#uniforms),
      colour: new Pass(glsl.colour, this.#uniforms),
      surface: new Pass(glsl.surface, this.#uniforms),
      lattice: new Pass(glsl.lattice, this.#uniforms),
    };
  }

  /** Makes a framing window known; the oldest of more than eight is forgotten. */
  addWindow(w: WindowMessage): void {
    const known = this.#windows.findIndex((other) => other.id === w.id);
    if (known >= 0) this.#windows.splice(known, 1);
    this.#windows.push(w);
    if (this.#windows.length > glsl.windowSlots) this.#windows.shift();
    for (let i = 0; i < glsl.windowSlots; i++) {
      const at = this.#windows[i];
      this.#slot("windowCenter", i).set(...(at?.center ?? [0, 0, 0]), at?.halfWidth ?? 0);
      this.#slot("windowRight", i).set(...(at?.right ?? [0, 0, 0]), at?.halfHeight ?? 0);
      this.#slot("windowUp", i).set(...(at?.up ?? [0, 0, 0]), at?.id ?? 0);
    }
  }

  /** Forgets all windows, as those of another session mean something else. */
  clearWindows(): void {
    this.#windows.length = 0;
    for (const v of this.#uniforms.windowUp.value) v.set(0, 0, 0, 0);
  }

  /** Whether there is a good frame to be seen. */
  get shown(): boolean {
    return this.#meshed?.mesh.visible ?? false;
  }

  /** Sets the cells of the mesh a side, from the next frame on: several people share what one may cost. */
  set cells(most: number) {
    this.#cells = Math.min(most, maxCells);
  }

  /** Uploads and decodes one packed frame. */
  show(source: TexImageSource, layout: Layout): void {
    const sized = this.#prepare(layout);
    const meshed = this.#mesh(layout);
    this.#video.upload(source);
    this.#passes.strip.draw(this.#renderer, this.#seen);
    this.#passes.hold.draw(this.#renderer, this.#state);
    this.#passes.colour.draw(this.#renderer, sized.colour);
    this.#passes.surface.draw(this.#renderer, sized.surface);
    this.#passes.lattice.draw(this.#renderer, meshed.lattice);
    this.#renderer.setRenderTarget(null);
    this.#fresh = true;
  }

  /** To be called when the mesh was drawn: starts reading the strip if the frame is new. */
  drawn(): void {
    if (!this.#fresh) return;
    this.#fresh = false;
    this.#readback.start(this.#seen);
    this.#renderer.setRenderTarget(null);
    if (this.#poller === undefined) this.#poller = window.setTimeout(() => this.#poll(), pollEvery);
  }

  /** Says where the page's eye is, in the person's cube. To be called before each picture. */
  setEye(eye: Point): void {
    this.#uniforms.eye.value.set(...eye);
  }

  /** Ends the work of a person whose context is lost; its GL objects went with it. */
  abandon(): void {
    window.clearTimeout(this.#poller);
  }

  dispose(): void {
    window.clearTimeout(this.#poller);
    for (const pass of Object.values(this.#passes)) pass.dispose();
    this.#video.dispose();
    this.#readback.dispose();
    this.#seen.dispose();
    this.#state.dispose();
    this.#drop();
    this.#dropMesh();
  }

  #poll(): void {
    this.#poller = undefined;
    for (let seen = this.#readback.poll(); seen; seen = this.#readback.poll()) {
      // Before the first good frame there is no camera to place the mesh by.
      if (seen.status === glsl.status.good) this.#reveal();
      this.onSeen(seen);
    }
    if (this.#readback.busy) this.#poller = window.setTimeout(() => this.#poll(), pollEvery);
  }

  #reveal(): void {
    const mesh = this.#meshed?.mesh;
    if (!mesh || mesh.visible) return;
    mesh.visible = true;
    this.onChange();
  }

  #slot(name: "windowCenter" | "windowRight" | "windowUp", i: number): Vector4 {
    return this.#uniforms[name].value[i] as Vector4;
  }

  #drop(): void {
    for (const t of [this.#sized?.colour, this.#sized?.surface]) t?.dispose();
    this.#sized = undefined;
  }

  #dropMesh(): void {
    const m = this.#meshed;
    if (!m) return;
    m.lattice.dispose();
    m.mesh.removeFromParent();
    m.mesh.geometry.dispose();
    (m.mesh.material as RawShaderMaterial).dispose();
    this.#meshed = undefined;
  }

  #prepare(layout: Layout): Sized {
    const now = this.#sized;
    if (now && now.layout.width === layout.width && now.layout.height === layout.height) return now;
    this.#drop();
    const sized: Sized = {
      layout,
      colour: target("colour", layout.width, layout.height),
      surface: target("codes", layout.width / 2, layout.height / 2),
    };
    this.#uniforms.colour.value = sized.colour.texture;
    this.#uniforms.surface.value = sized.surface.texture;
    this.#uniforms.size.value.set(layout.width, layout.height);
    this.#sized = sized;
    return sized;
  }

  #mesh(layout: Layout): Meshed {
    // A vertex for every second depth texel at most: finer is the codec's noise.
    const cells = Math.min(this.#cells, layout.width / 4);
    const now = this.#meshed;
    if (now?.cells === cells) return now;
    this.#dropMesh();
    const meshed: Meshed = {
      cells,
      lattice: target("words", cells + 1, cells + 1),
      mesh: new Mesh(grid(cells), this.#material()),
    };
    meshed.mesh.frustumCulled = false;
    meshed.mesh.visible = now?.mesh.visible ?? false; // one of another size shows on
    meshed.mesh.renderOrder = 1; // after the room, which shows through its edges
    this.#uniforms.lattice.value = meshed.lattice.texture;
    this.#uniforms.cells.value = cells;
    this.#meshed = meshed;
    this.#attach(meshed.mesh);
    return meshed;
  }

  #material(): RawShaderMaterial {
    return new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: glsl.personVertex,
      fragmentShader: glsl.personFragment,
      uniforms: this.#uniforms,
      side: DoubleSide,
      transparent: true,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
  }
}

/** The uniforms of all the shaders here; each takes those that it names. */
function makeUniforms(video: Texture, seen: Texture, state: Texture) {
  const vectors = () => Array.from({ length: glsl.windowSlots }, () => new Vector4());
  const none: Texture | null = null;
  return {
    video: { value: video },
    seen: { value: seen },
    state: { value: state },
    colour: { value: none as Texture | null },
    surface: { value: none as Texture | null },
    lattice: { value: none as Texture | null },
    size: { value: new Vector2() },
    cells: { value: 0 },
    eye: { value: new Vector3() },
    windowCenter: { value: vectors() },
    windowRight: { value: vectors() },
    windowUp: { value: vectors() },
  };
}

/** A grid of cells x cells with positions s, t in 0..1, t downwards. */
function grid(cells: number): BufferGeometry {
  const side = cells + 1;
  const position = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    position[3 * i] = (i % side) / cells;
    position[3 * i + 1] = Math.floor(i / side) / cells;
  }
  const index = new Uint16Array(cells * cells * 6);
  for (let c = 0; c < cells * cells; c++) {
    const a = Math.floor(c / cells) * side + (c % cells);
    index.set([a, a + side, a + 1, a + 1, a + side, a + side + 1], 6 * c);
  }
  const g = new BufferGeometry();
  g.setAttribute("position", new BufferAttribute(position, 3));
  g.setIndex(new BufferAttribute(index, 1));
  return g;
}

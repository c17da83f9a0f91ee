import { Matrix4, Mesh, type Object3D, PerspectiveCamera, type Scene, WebGLRenderer } from "three";
import { cameraOf, type Point, projectionOf, type Screen } from "../eye/projection";
import { Pacer } from "./pacer";

/** Thrown where the browser has no WebGL 2. */
export class NoWebGL extends Error {}

/** Who draws on an easel. */
export interface Painter {
  /** Called before each display frame: advances by seconds, and says whether that changes the picture. */
  step(seconds: number, now: number): boolean;
  /** Draws the picture; called when something changed and the GPU keeps up. */
  paint(now: number): void;
  /** The canvas has another size, in CSS pixels. */
  resized(width: number, height: number): void;
  /** All GL objects are gone. */
  contextLost(): void;
  contextRestored(): void;
}

/**
 * A canvas with WebGL: its size, its display frames and its context, which may
 * be lost and come back. It draws only when something changed.
 */
export class Easel {
  readonly canvas: HTMLCanvasElement;
  readonly software: boolean;
  readonly renderer: WebGLRenderer;
  readonly #camera = new PerspectiveCamera();
  readonly #pacer: Pacer;
  #painter: Painter | undefined;
  #dirty = true;
  #lost = false;
  #before = performance.now();

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.software = isSoftware();
    try {
      // Smoothing edges costs a software WebGL half its pictures a second.
      this.renderer = new WebGLRenderer({
        canvas,
        antialias: !this.software,
        powerPreference: "high-performance",
      });
    } catch (cause) {
      throw new NoWebGL("no WebGL 2", { cause });
    }
    this.#camera.matrixAutoUpdate = false;
    this.#pacer = new Pacer(this.renderer.getContext() as WebGL2RenderingContext);
    canvas.addEventListener("webglcontextlost", () => {
      this.#lost = true;
      this.#pacer.reset();
      this.#painter?.contextLost();
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.#lost = false;
      this.#dirty = true;
      this.#painter?.contextRestored();
    });
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Begins to draw. */
  start(painter: Painter): void {
    this.#painter = painter;
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.resize();
    requestAnimationFrame((now) => this.#frame(now));
  }

  /** Draws with the next display frame even if nothing moved. */
  redraw(): void {
    this.#dirty = true;
  }

  /** Takes the canvas's size again. */
  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, this.software ? 1 : 2));
    this.renderer.setSize(width, height, false);
    this.#painter?.resized(width, height);
    this.#dirty = true;
  }

  /** Draws a scene as an eye sees it through a screen, both in a cube that lies in the scene by a matrix. */
  draw(scene: Scene, screen: Screen, eye: Point, cube = new Matrix4()): void {
    const camera = this.#camera;
    camera.matrix.multiplyMatrices(cube, cameraOf(screen, eye));
    camera.matrixWorldNeedsUpdate = true;
    projectionOf(screen, eye, camera.projectionMatrix);
    camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
    this.renderer.render(scene, camera);
  }

  #frame(now: number): void {
    requestAnimationFrame((next) => this.#frame(next));
    const seconds = Math.max(0, now - this.#before) / 1000;
    this.#before = now;
    if (this.#painter?.step(seconds, now)) this.#dirty = true;
    if (this.#lost || !this.#dirty || !this.#pacer.ready()) return;
    this.#dirty = false;
    this.#painter?.paint(now);
    this.#pacer.drawn();
  }
}

/** Gives the GPU memory of an object and of what it holds back. */
export function free(object: Object3D): void {
  object.traverse((part) => {
    if (!(part instanceof Mesh)) return;
    part.geometry.dispose();
    part.material.map?.dispose();
    part.material.dispose();
  });
}

/** Whether WebGL runs on the processor here. */
function isSoftware(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

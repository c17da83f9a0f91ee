import { Color, Group, Mesh, type Object3D, PerspectiveCamera, Scene, WebGLRenderer } from "three";
import type { Eye } from "../eye/eye";
import { type Framing, type Point, project, projectionOf, type Screen, screenOf } from "../eye/projection";
import type { Layout } from "../pack/layout";
import type { WindowMessage } from "../protocol/protocol.gen";
import { buildRoom, defaultSeat, type Seat } from "../room/room";
import { Pacer } from "./pacer";
import { Person } from "./person";
import type { Seen } from "./readback";

/** Thrown where the browser has no WebGL 2. */
export class NoWebGL extends Error {}

export interface StageListener {
  seen(seen: Seen, now: number): void;
  /** Called before each display frame that is drawn. */
  moved(eye: Point): void;
  contextLost(): void;
  contextRestored(): void;
}

/**
 * The canvas: the person in the room, seen through the screen by the eye. It
 * draws only when something changed. It outlives a lost WebGL context.
 */
export class Stage {
  framing: Framing = { center: [0, -0.2, 0], halfWidth: 0.46, halfHeight: 0.5 };
  readonly software: boolean;
  readonly #canvas: HTMLCanvasElement;
  readonly #eye: Eye;
  readonly #listener: StageListener;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #people = new Group();
  readonly #camera = new PerspectiveCamera();
  readonly #windows = new Map<number, WindowMessage>();
  readonly #plain: boolean;
  #seat: Seat = defaultSeat;
  #room: Group | undefined;
  #person: Person;
  readonly #pacer: Pacer;
  #next: { source: TexImageSource; layout: Layout } | undefined;
  #dirty = true;
  #lost = false;
  #before = performance.now();
  #screen: Screen = screenOf(this.framing, 16 / 9);

  constructor(canvas: HTMLCanvasElement, eye: Eye, listener: StageListener, plain: boolean) {
    this.#canvas = canvas;
    this.#eye = eye;
    this.#listener = listener;
    this.software = isSoftware();
    try {
      // Smoothing edges costs a software WebGL half its pictures a second.
      this.#renderer = new WebGLRenderer({
        canvas,
        antialias: !this.software,
        powerPreference: "high-performance",
      });
    } catch (cause) {
      throw new NoWebGL("no WebGL 2", { cause });
    }
    this.#pacer = new Pacer(this.#renderer.getContext() as WebGL2RenderingContext);
    this.#scene.background = new Color(plain ? "#000000" : "#20262b");
    this.#plain = plain;
    this.furnish(defaultSeat);
    this.#scene.add(this.#people);
    this.#person = this.#makePerson();
    canvas.addEventListener("webglcontextlost", () => this.#loseContext());
    canvas.addEventListener("webglcontextrestored", () => this.#restoreContext());
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
    requestAnimationFrame((now) => this.#frame(now));
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Shows a packed video frame with the next picture; a newer one takes its place. */
  show(source: TexImageSource, layout: Layout): void {
    this.#next = { source, layout };
  }

  addWindow(w: WindowMessage): void {
    this.#windows.delete(w.id);
    this.#windows.set(w.id, w);
    this.#person.addWindow(w);
  }

  clearWindows(): void {
    this.#windows.clear();
    this.#person.clearWindows();
  }

  /** Fits the room to where the person is. */
  furnish(seat: Seat): void {
    if (
      this.#plain ||
      (this.#room && seat.floor === this.#seat.floor && seat.standing === this.#seat.standing)
    )
      return;
    this.#seat = seat;
    this.#room?.removeFromParent();
    this.#room?.traverse(free);
    this.#room = buildRoom(seat);
    this.#scene.add(this.#room);
    this.#dirty = true;
  }

  /** Sets what of the cube the canvas shows. */
  frame(framing: Framing): void {
    this.framing = framing;
    this.#resize();
  }

  /** Where a point of the cube is drawn, in canvas pixels from the upper left corner. */
  project(p: Point): [number, number] {
    return project(this.#screen, this.#eye.position, p, this.#canvas.width, this.#canvas.height);
  }

  /** Draws with the next display frame even if nothing moved. */
  redraw(): void {
    this.#dirty = true;
  }

  #makePerson(): Person {
    const person = new Person(this.#renderer, (mesh) => this.#people.add(mesh));
    person.onSeen = (seen) => this.#listener.seen(seen, performance.now());
    person.onChange = () => this.redraw();
    for (const w of this.#windows.values()) person.addWindow(w);
    return person;
  }

  #resize(): void {
    const width = this.#canvas.clientWidth;
    const height = this.#canvas.clientHeight;
    if (width === 0 || height === 0) return;
    this.#renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, this.software ? 1 : 2));
    this.#renderer.setSize(width, height, false);
    this.#screen = screenOf(this.framing, width / height);
    this.#dirty = true;
  }

  #frame(now: number): void {
    requestAnimationFrame((next) => this.#frame(next));
    const seconds = Math.max(0, now - this.#before) / 1000;
    this.#before = now;
    const moved = this.#eye.step(seconds);
    if (moved) this.#listener.moved(this.#eye.position);
    this.#dirty ||= moved || this.#next !== undefined;
    if (this.#lost || !this.#dirty || !this.#pacer.ready()) return;
    this.#dirty = false;
    if (this.#next) this.#person.show(this.#next.source, this.#next.layout);
    this.#next = undefined;
    this.#draw();
    this.#person.drawn();
    this.#pacer.drawn();
  }

  #draw(): void {
    const eye = this.#eye.position;
    const camera = this.#camera;
    camera.position.set(...eye);
    projectionOf(this.#screen, eye, camera.projectionMatrix);
    camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
    this.#person.setEye(eye);
    this.#renderer.render(this.#scene, camera);
  }

  #loseContext(): void {
    this.#lost = true;
    this.#pacer.reset();
    this.#person.abandon();
    this.#people.clear();
    this.#listener.contextLost();
  }

  #restoreContext(): void {
    this.#lost = false;
    this.#person = this.#makePerson();
    this.#dirty = true;
    this.#listener.contextRestored();
  }
}

/** Gives an object's GPU memory back. */
function free(object: Object3D): void {
  if (!(object instanceof Mesh)) return;
  object.geometry.dispose();
  object.material.map?.dispose();
  object.material.dispose();
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

import type { WebGLRenderer, WebGLRenderTarget } from "three";
import type { Status } from "./glsl";

/** What the strip of one uploaded frame said. */
export interface Seen {
  status: Status;
  sequence: number;
  milliseconds: number; // capture instant on the node's clock modulo 2^24
  window: number;
  eye: [number, number, number]; // metres
  near: number; // metres
  far: number; // metres
}

interface Slot {
  buffer: WebGLBuffer;
  sync: WebGLSync | null;
}

const texels = 5;
const bytes = texels * 16;
const slots = 4;

/**
 * Brings the decoded strip to the CPU without stopping the GPU: a pixel
 * buffer and a fence a frame. At most four are under way; when all are, the
 * newest is not read, and is counted in `skipped`.
 */
export class Readback {
  skipped = 0;
  readonly #gl: WebGL2RenderingContext;
  readonly #renderer: WebGLRenderer;
  readonly #free: Slot[] = [];
  readonly #busy: Slot[] = [];
  readonly #words = new Uint32Array(bytes / 4);
  readonly #floats = new Float32Array(this.#words.buffer);

  constructor(renderer: WebGLRenderer) {
    this.#renderer = renderer;
    this.#gl = renderer.getContext() as WebGL2RenderingContext;
    for (let i = 0; i < slots; i++) {
      const buffer = this.#gl.createBuffer();
      if (buffer === null) continue;
      this.#gl.bindBuffer(this.#gl.PIXEL_PACK_BUFFER, buffer);
      this.#gl.bufferData(this.#gl.PIXEL_PACK_BUFFER, bytes, this.#gl.STREAM_READ);
      this.#free.push({ buffer, sync: null });
    }
    this.#gl.bindBuffer(this.#gl.PIXEL_PACK_BUFFER, null);
  }

  /** Starts reading the state texture. */
  start(state: WebGLRenderTarget): void {
    const slot = this.#free.pop();
    if (!slot) {
      this.skipped++;
      return;
    }
    const gl = this.#gl;
    this.#renderer.setRenderTarget(state);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, slot.buffer);
    gl.readPixels(0, 0, texels, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    slot.sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.#busy.push(slot);
  }

  get busy(): boolean {
    return this.#busy.length > 0;
  }

  /** Returns the oldest result that has arrived. */
  poll(): Seen | undefined {
    const gl = this.#gl;
    const slot = this.#busy[0];
    if (!slot?.sync) return undefined;
    const arrived = gl.clientWaitSync(slot.sync, 0, 0);
    if (arrived !== gl.ALREADY_SIGNALED && arrived !== gl.CONDITION_SATISFIED) return undefined;
    gl.deleteSync(slot.sync);
    slot.sync = null;
    this.#busy.shift();
    this.#free.push(slot);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, slot.buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, this.#words);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    const w = this.#words;
    const f = this.#floats;
    return {
      eye: [f[0] ?? 0, f[1] ?? 0, f[2] ?? 0],
      status: (w[3] ?? 0) as Status,
      near: f[4] ?? 0,
      far: f[5] ?? 0,
      window: w[6] ?? 0,
      sequence: w[7] ?? 0,
      milliseconds: w[19] ?? 0,
    };
  }

  dispose(): void {
    for (const s of [...this.#free, ...this.#busy]) {
      this.#gl.deleteBuffer(s.buffer);
      if (s.sync) this.#gl.deleteSync(s.sync);
    }
  }
}

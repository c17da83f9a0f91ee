const most = 2; // pictures that the GPU may be behind

/**
 * Keeps the page from piling up work: while the GPU has two pictures to do,
 * no other is begun. Without it a slow GPU shows everything late.
 */
export class Pacer {
  readonly #gl: WebGL2RenderingContext;
  #fences: WebGLSync[] = [];

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** Whether the GPU keeps up. */
  ready(): boolean {
    const gl = this.#gl;
    while (this.#fences[0] && gl.getSyncParameter(this.#fences[0], gl.SYNC_STATUS) === gl.SIGNALED) {
      gl.deleteSync(this.#fences.shift() ?? null);
    }
    return this.#fences.length < most;
  }

  /** To be called after each picture. */
  drawn(): void {
    const fence = this.#gl.fenceSync(this.#gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.#gl.flush();
    if (fence) this.#fences.push(fence);
  }

  /** Forgets the fences of a lost context. */
  reset(): void {
    this.#fences = [];
  }
}

import { ExternalTexture, type WebGLRenderer } from "three";

/**
 * The texture that video frames are uploaded into, as they are: no flip, row 0
 * at the top. Its GL object is ours, since three keeps none for a video whose
 * size changes.
 */
export class VideoUpload {
  readonly texture = new ExternalTexture();
  readonly #renderer: WebGLRenderer;
  readonly #mipmaps: boolean;
  #object: WebGLTexture | null = null;

  /** mipmaps keep small print readable that is drawn smaller than it is. */
  constructor(renderer: WebGLRenderer, mipmaps = false) {
    this.#renderer = renderer;
    this.#mipmaps = mipmaps;
  }

  upload(source: TexImageSource): void {
    const gl = this.#renderer.getContext() as WebGL2RenderingContext;
    const state = this.#renderer.state;
    if (this.#object === null) {
      this.#object = gl.createTexture();
      if (this.#object === null) return; // the context is lost; a new one calls again
      state.bindTexture(gl.TEXTURE_2D, this.#object);
      gl.texParameteri(
        gl.TEXTURE_2D,
        gl.TEXTURE_MIN_FILTER,
        this.#mipmaps ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR,
      );
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      this.texture.sourceTexture = this.#object;
    }
    state.bindTexture(gl.TEXTURE_2D, this.#object);
    state.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    state.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    state.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
    if (this.#mipmaps) gl.generateMipmap(gl.TEXTURE_2D);
    state.unbindTexture();
  }

  dispose(): void {
    const gl = this.#renderer.getContext();
    if (this.#object) gl.deleteTexture(this.#object);
    this.#object = null;
    this.texture.sourceTexture = null;
  }
}

import {
  ClampToEdgeWrapping,
  GLSL3,
  type IUniform,
  LinearFilter,
  Mesh,
  NearestFilter,
  NoBlending,
  OrthographicCamera,
  PlaneGeometry,
  RawShaderMaterial,
  RGBAFormat,
  RGBAIntegerFormat,
  Scene,
  UnsignedByteType,
  UnsignedIntType,
  type WebGLRenderer,
  WebGLRenderTarget,
} from "three";
import { triangle } from "./glsl";

/** Kinds of target that a pass may write: 8-bit colour that is interpolated, 8-bit codes that are not, 32-bit words. */
export type Kind = "colour" | "codes" | "words";

/** A target of this size in pixels. Contents start as zeros. */
export function target(kind: Kind, width: number, height: number): WebGLRenderTarget {
  const filter = kind === "colour" ? LinearFilter : NearestFilter;
  const made = new WebGLRenderTarget(width, height, {
    depthBuffer: false,
    stencilBuffer: false,
    generateMipmaps: false,
    minFilter: filter,
    magFilter: filter,
    wrapS: ClampToEdgeWrapping,
    wrapT: ClampToEdgeWrapping,
    format: kind === "words" ? RGBAIntegerFormat : RGBAFormat,
    type: kind === "words" ? UnsignedIntType : UnsignedByteType,
  });
  if (kind === "words") made.texture.internalFormat = "RGBA32UI";
  return made;
}

/** Draws one fragment shader over a whole target. */
export class Pass {
  readonly #scene = new Scene();
  readonly #camera = new OrthographicCamera();
  readonly #material: RawShaderMaterial;
  readonly #geometry = new PlaneGeometry(4, 4); // covers clip space

  constructor(fragment: string, uniforms: Record<string, IUniform>) {
    this.#material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: triangle,
      fragmentShader: fragment,
      uniforms,
      blending: NoBlending,
      depthTest: false,
      depthWrite: false,
    });
    const mesh = new Mesh(this.#geometry, this.#material);
    mesh.frustumCulled = false;
    this.#scene.add(mesh);
  }

  /** Draws; what the shader discards stays as it was. */
  draw(renderer: WebGLRenderer, into: WebGLRenderTarget): void {
    const clear = renderer.autoClear;
    renderer.autoClear = false;
    renderer.setRenderTarget(into);
    renderer.render(this.#scene, this.#camera);
    renderer.autoClear = clear;
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
  }
}

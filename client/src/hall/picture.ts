import {
  Color,
  CustomBlending,
  FrontSide,
  GLSL3,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  PlaneGeometry,
  RawShaderMaterial,
  Vector2,
  type WebGLRenderer,
} from "three";
import { VideoUpload } from "../view/upload";
import fragment from "./picture.frag.glsl?raw";
import vertex from "./picture.vert.glsl?raw";

/**
 * A flat picture of a video or an image, with round corners and a rim. It lies
 * in its mesh's x and y and faces +z; who looks from behind sees nothing.
 */
export class Picture {
  readonly mesh: Mesh<PlaneGeometry, RawShaderMaterial>;
  readonly #upload: VideoUpload;
  readonly #cover: boolean;
  readonly #uniforms;
  #source = { width: 16, height: 9 };

  /** With cover the picture fills the frame and is cut; else all of it is shown. */
  constructor(renderer: WebGLRenderer, more: { cover: boolean; mipmaps: boolean; radius: number }) {
    this.#upload = new VideoUpload(renderer, more.mipmaps);
    this.#upload.upload(new ImageData(1, 1)); // so that there is a texture to bind
    this.#cover = more.cover;
    this.#uniforms = {
      picture: { value: this.#upload.texture },
      share: { value: new Vector2(1, 1) },
      size: { value: new Vector2(1, 1) },
      radius: { value: more.radius },
      rimWidth: { value: 0.004 },
      rim: { value: new Color() },
      ready: { value: 0 },
    };
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: vertex,
      fragmentShader: fragment,
      uniforms: this.#uniforms,
      side: FrontSide,
      transparent: true,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.renderOrder = 1;
    this.resize(1, 1);
  }

  /** Sets the frame's size, metres. */
  resize(width: number, height: number): void {
    const { size } = this.#uniforms;
    if (size.value.x === width && size.value.y === height) return;
    size.value.set(width, height);
    this.mesh.geometry.dispose();
    this.mesh.geometry = new PlaneGeometry(width, height);
    this.#fit();
  }

  /** The rim's colour, sRGB as CSS has it, and its width in metres. */
  rim(colour: string, width: number): void {
    // The shader writes sRGB as it is.
    this.#uniforms.rim.value.set(colour).convertLinearToSRGB();
    this.#uniforms.rimWidth.value = width;
  }

  /** Shows a picture of a size in pixels. */
  show(source: TexImageSource, width: number, height: number): void {
    if (width === 0 || height === 0) return;
    this.#upload.upload(source);
    this.#uniforms.ready.value = 1;
    if (width === this.#source.width && height === this.#source.height) return;
    this.#source = { width, height };
    this.#fit();
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.#upload.dispose();
  }

  #fit(): void {
    const frame = this.#uniforms.size.value;
    const ratio = frame.x / frame.y / (this.#source.width / this.#source.height);
    const share = this.#uniforms.share.value;
    if (ratio > 1 === this.#cover) share.set(1, 1 / ratio);
    else share.set(ratio, 1);
  }
}

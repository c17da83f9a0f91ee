/**
 * Builds the still parts of a room with their light in their colours. Metres
 * in the cube.
 */
import {
  BoxGeometry,
  type BufferGeometry,
  CanvasTexture,
  type Color,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  RepeatWrapping,
  SRGBColorSpace,
} from "three";
import { RoundedBoxGeometry } from "three/examples/jsm/geometries/RoundedBoxGeometry.js";
import { bake, type Lighting } from "./bake";
import { planks } from "./planks";

export function at(x: number, y: number, z: number): Matrix4 {
  return new Matrix4().makeTranslation(x, y, z);
}

/** Lays what stands upright on its back. */
export const level = new Matrix4().makeRotationX(-Math.PI / 2);

export class Builder {
  readonly light: Lighting;
  readonly #grain: number;

  /** grain is the side of a large surface's cells, metres: they carry the light's gradients. */
  constructor(light: Lighting, grain = 0.09) {
    this.light = light;
    this.#grain = grain;
  }

  box(width: number, height: number, depth: number, place: Matrix4, colour: Color): BufferGeometry {
    const cells = (length: number) => Math.max(1, Math.round(length / (this.#grain / 0.75)));
    const g = new BoxGeometry(width, height, depth, cells(width), cells(height), cells(depth));
    return this.solid(g, place, colour);
  }

  rounded(size: [number, number, number], radius: number, place: Matrix4, colour: Color): BufferGeometry {
    return this.solid(new RoundedBoxGeometry(...size, 5, radius), place, colour);
  }

  wall(width: number, height: number, place: Matrix4, colour: Color): BufferGeometry {
    const g = new PlaneGeometry(width, height, ...this.#cells(width, height));
    return this.solid(g, place, colour);
  }

  solid(g: BufferGeometry, place: Matrix4, colour: Color): BufferGeometry {
    return plain(bake(g, place, colour, this.light));
  }

  /** A level surface of planks that repeat after some metres. */
  boards(width: number, depth: number, place: Matrix4, repeat: number, colour: Color): Mesh {
    const g = new PlaneGeometry(width, depth, ...this.#cells(width, depth));
    return this.planked(g, place.multiply(level), [width / repeat, depth / repeat], colour);
  }

  /** A surface of planks, which repeat so many times over its texture coordinates. */
  planked(g: BufferGeometry, place: Matrix4, repeat: [number, number], colour: Color): Mesh {
    bake(g, place, colour, this.light);
    const map = new CanvasTexture(planks());
    map.colorSpace = SRGBColorSpace;
    map.wrapS = map.wrapT = RepeatWrapping;
    map.repeat.set(...repeat);
    map.anisotropy = 4;
    return new Mesh(g, new MeshBasicMaterial({ map, vertexColors: true, dithering: true }));
  }

  #cells(width: number, height: number): [number, number] {
    return [Math.ceil(width / this.#grain), Math.ceil(height / this.#grain)];
  }
}

/** Leaves only position and colour, so that all parts merge into one mesh. */
export function plain(g: BufferGeometry): BufferGeometry {
  const flat = g.index ? g.toNonIndexed() : g;
  flat.deleteAttribute("uv");
  flat.deleteAttribute("normal");
  return flat;
}

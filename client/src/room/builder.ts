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

export class Builder {
  readonly light: Lighting;

  constructor(light: Lighting) {
    this.light = light;
  }

  box(width: number, height: number, depth: number, place: Matrix4, colour: Color): BufferGeometry {
    // Cells of some 12 cm carry the light's gradients.
    const cells = (length: number) => Math.max(1, Math.round(length / 0.12));
    const g = new BoxGeometry(width, height, depth, cells(width), cells(height), cells(depth));
    return this.solid(g, place, colour);
  }

  rounded(size: [number, number, number], radius: number, place: Matrix4, colour: Color): BufferGeometry {
    return this.solid(new RoundedBoxGeometry(...size, 5, radius), place, colour);
  }

  wall(width: number, height: number, place: Matrix4, colour: Color): BufferGeometry {
    const g = new PlaneGeometry(width, height, Math.ceil(width / 0.09), Math.ceil(height / 0.09));
    return this.solid(g, place, colour);
  }

  solid(g: BufferGeometry, place: Matrix4, colour: Color): BufferGeometry {
    return plain(bake(g, place, colour, this.light));
  }

  /** A level surface of planks that repeat after some metres. */
  boards(width: number, depth: number, place: Matrix4, repeat: number, colour: Color): Mesh {
    const g = new PlaneGeometry(width, depth, Math.ceil(width / 0.08), Math.ceil(depth / 0.08));
    bake(g, place.multiply(new Matrix4().makeRotationX(-Math.PI / 2)), colour, this.light);
    const map = new CanvasTexture(planks());
    map.colorSpace = SRGBColorSpace;
    map.wrapS = map.wrapT = RepeatWrapping;
    map.repeat.set(width / repeat, depth / repeat);
    map.anisotropy = 4;
    return new Mesh(g, new MeshBasicMaterial({ map, vertexColors: true, dithering: true }));
  }
}

/** Leaves only position and colour, so that all parts merge into one mesh. */
export function plain(g: BufferGeometry): BufferGeometry {
  const flat = g.index ? g.toNonIndexed() : g;
  flat.deleteAttribute("uv");
  flat.deleteAttribute("normal");
  return flat;
}

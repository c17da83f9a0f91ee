import { CircleGeometry, Group, Mesh, MeshBasicMaterial, type WebGLRenderer } from "three";
import { Glide } from "../assembly/glide";
import { apply, blend, compose, inverse, matrixOf, same, turn, upright } from "../assembly/pose";
import type { Point } from "../eye/projection";
import type { Item, Pose } from "../protocol/room.gen";
import type { RoomState } from "../session/session";
import { Feed } from "./feed";
import { fetchPicture } from "./image";
import { Picture } from "./picture";
import { Plate } from "./plate";

const following = 250; // ms in which an item follows who moves it
const dotRadius = 0.011; // metres

interface Dot {
  mesh: Mesh<CircleGeometry, MeshBasicMaterial>;
  plate: Plate;
}

/** What a ray met on a board: the place from its upper left corner, 0 to 1, and the way to it in metres. */
export interface Hit {
  x: number;
  y: number;
  distance: number;
}

/**
 * A work item in the world, turned to the viewer as its sides say.
 */
export class Board {
  readonly group = new Group();
  readonly place: Glide<{ pose: Pose; width: number; height: number }>;
  readonly #picture: Picture;
  readonly #title = new Plate("");
  readonly #dots = new Map<string, Dot>();
  readonly #redraw: () => void;
  #item: Item;
  #feed: Feed | undefined;
  #image: { path: string; bitmap: ImageBitmap | undefined } | undefined;
  #fresh = false;
  #seen: Pose;

  constructor(item: Item, renderer: WebGLRenderer, software: boolean, redraw: () => void) {
    this.#item = item;
    this.#redraw = redraw;
    this.#seen = item.pose;
    this.place = new Glide({ pose: item.pose, width: item.width, height: item.height }, (a, b, t) => ({
      pose: blend(a.pose, b.pose, t),
      width: a.width + (b.width - a.width) * t,
      height: a.height + (b.height - a.height) * t,
    }));
    this.#picture = new Picture(renderer, { cover: false, mipmaps: !software, radius: 0.012 });
    this.#picture.rim("#39424a", 0.004);
    this.group.matrixAutoUpdate = false;
    this.group.add(this.#picture.mesh, this.#title.mesh);
  }

  get item(): Item {
    return this.#item;
  }

  /** Takes what the room says of the item. */
  tell(item: Item, state: RoomState, now: number): void {
    const before = this.place.goal;
    if (!same(before.pose, item.pose) || before.width !== item.width || before.height !== item.height) {
      this.place.to({ pose: item.pose, width: item.width, height: item.height }, now, following);
    }
    this.#item = item;
    this.#title.say(item.title || (state.people.get(item.owner)?.name ?? "…"));
    this.#point(item, state);
    if (item.picture !== (this.#image?.path ?? "")) this.#load(item.picture);
  }

  /** Holds it where it is dragged to, whatever the node still says. */
  hold(pose: Pose, width: number): void {
    this.place.jump({ pose, width, height: (width * this.#item.height) / this.#item.width });
  }

  /** Takes the track of a shared screen. */
  watch(screen: MediaStreamTrack | undefined): void {
    if (this.#feed?.track === screen) return;
    this.#feed?.stop();
    this.#feed =
      screen &&
      new Feed(screen, () => {
        this.#fresh = true;
        this.#redraw();
      });
  }

  /** Lights the frame of what has the viewer's hand or keys. */
  focus(on: boolean): void {
    this.#picture.rim(on ? "#f0b46a" : "#39424a", on ? 0.008 : 0.004);
  }

  /** Uploads what came and puts all in its place; eye is the viewer's in the world. */
  paint(now: number, eye: Point, pixel: (at: Point) => number): void {
    const { pose, width, height } = this.place.at(now);
    this.#seen = this.#towards(pose, eye);
    matrixOf(this.#seen, this.group.matrix);
    this.group.matrixWorldNeedsUpdate = true;
    this.#picture.resize(width, height);
    if (this.#fresh) this.#show();
    const size = Math.min(Math.max(0.04, 18 * pixel(pose.position)), 0.15);
    this.#title.scale(size);
    this.#title.mesh.position.set(0, height / 2 + 0.7 * size, 0.001);
    for (const [id, dot] of this.#dots) this.#placeDot(id, dot, width, height, size);
  }

  /** Where a ray of the world meets it, as it was drawn last. */
  hit(from: Point, direction: Point): Hit | undefined {
    const back = inverse(this.#seen);
    const o = apply(back, from);
    const d = turn(back, direction);
    const t = -o[2] / d[2];
    const { width, height } = this.place.goal;
    const x = (o[0] + t * d[0]) / width + 0.5;
    const y = 0.5 - (o[1] + t * d[1]) / height;
    return t > 0 && x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y, distance: t } : undefined;
  }

  dispose(): void {
    this.group.removeFromParent();
    this.watch(undefined);
    this.#image?.bitmap?.close();
    this.#image = undefined;
    this.#picture.dispose();
    this.#title.dispose();
    for (const dot of this.#dots.values()) dispose(dot);
  }

  #towards(pose: Pose, eye: Point): Pose {
    const [x, , z] = apply(inverse(pose), eye);
    switch (this.#item.sides) {
      case "each":
        return compose(pose, upright([0, 0, 0], Math.atan2(x, z)));
      case "both":
        return z < 0 ? compose(pose, upright([0, 0, 0], Math.PI)) : pose;
      case "one":
        return pose;
    }
  }

  #show(): void {
    this.#fresh = false;
    const bitmap = this.#image?.bitmap;
    if (bitmap) this.#picture.show(bitmap, bitmap.width, bitmap.height);
    else if (this.#feed) {
      const { video } = this.#feed;
      this.#picture.show(video, video.videoWidth, video.videoHeight);
    }
  }

  #load(path: string): void {
    this.#image?.bitmap?.close();
    const image = { path, bitmap: undefined as ImageBitmap | undefined };
    this.#image = image;
    if (!path) return;
    fetchPicture(path).then(
      (bitmap) => {
        if (this.#image !== image) return bitmap.close();
        image.bitmap = bitmap;
        this.#fresh = true;
        this.#redraw();
      },
      () => {}, // it stays an empty frame with its title
    );
  }

  #point(item: Item, state: RoomState): void {
    const pointing = new Set<string>();
    for (const { person, x, y } of item.pointers) {
      if (person === state.you || x < 0 || x > 1 || y < 0 || y > 1) continue;
      pointing.add(person);
      const name = state.people.get(person)?.name ?? "";
      const dot = this.#dots.get(person) ?? this.#makeDot(person);
      dot.plate.say(name);
    }
    for (const [person, dot] of this.#dots) {
      if (pointing.has(person)) continue;
      dispose(dot);
      this.#dots.delete(person);
    }
  }

  #makeDot(person: string): Dot {
    const material = new MeshBasicMaterial({ color: "#f0b46a", transparent: true, depthWrite: false });
    const dot = { mesh: new Mesh(new CircleGeometry(1, 20), material), plate: new Plate("") };
    dot.mesh.renderOrder = 3;
    this.group.add(dot.mesh, dot.plate.mesh);
    this.#dots.set(person, dot);
    return dot;
  }

  #placeDot(person: string, dot: Dot, width: number, height: number, size: number): void {
    const at = this.#item.pointers.find((p) => p.person === person);
    if (!at) return;
    const [x, y] = [(at.x - 0.5) * width, (0.5 - at.y) * height];
    dot.mesh.scale.setScalar(Math.max(dotRadius, size * 0.2));
    dot.mesh.position.set(x, y, 0.002);
    dot.plate.scale(size * 0.7);
    dot.plate.mesh.position.set(x + size * (0.4 + 0.35 * dot.plate.ratio), y, 0.002);
  }
}

function dispose(dot: Dot): void {
  dot.mesh.removeFromParent();
  dot.mesh.geometry.dispose();
  dot.mesh.material.dispose();
  dot.plate.dispose();
}

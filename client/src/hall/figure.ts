import { Group, type Quaternion, type WebGLRenderer } from "three";
import { Glide } from "../assembly/glide";
import { blend, matrixOf } from "../assembly/pose";
import type { Point } from "../eye/projection";
import { layoutOfVideo } from "../pack/layout";
import type { WindowMessage } from "../protocol/protocol.gen";
import type { Person as Participant, Pose } from "../protocol/room.gen";
import { touching } from "../session/filters";
import type { Arriving } from "../session/session";
import { free } from "../view/easel";
import { Person } from "../view/person";
import type { Seen } from "../view/readback";
import { makeBust } from "./bust";
import { Picture } from "./picture";
import { Plate } from "./plate";
import { type Lit, Ring } from "./ring";
import { Timed } from "./timed";

const portraitWidth = 0.45; // metres; a webcam's middle is then some life size
const portraitHeight = 0.5;
const plateHeight = 0.05; // metres
const plateAway = 0.3; // metres from the seat towards the viewer
const plateDown = -0.36;

/** What a figure needs of its hall. */
export interface Surroundings {
  readonly renderer: WebGLRenderer;
  readonly plain: boolean; // people alone, without names and rings
  redraw(): void;
  windows(cube: string): Iterable<WindowMessage>;
  seen(cube: string, seen: Seen): void;
}

/** How a figure is seen, in its own cube. */
export interface Viewing {
  eye: Point; // the viewer's
  facing: Quaternion; // of what is parallel to the screen
  cells: number; // of a view's mesh a side
  /** Metres of a pixel at a point. */
  pixel(at: Point): number;
}

/**
 * One participant on their seat: the view of their cube, else the picture of
 * their camera in a frame of life size, else a bust; with a ring and a name.
 */
export class Figure {
  readonly group = new Group(); // in the world, by the pose of the seat
  readonly place: Glide<Pose>;
  /** Whether any of it is on the screen; what is not is not decoded. */
  visible = true;
  readonly #hall: Surroundings;
  readonly #ring: Ring;
  readonly #plate = new Plate("", true);
  #said: Participant;
  #you = "";
  #bust: { group: Group; initial: string } | undefined;
  #person: Person | undefined;
  #portrait: Picture | undefined;
  #view: { feed: Timed; cube: string } | undefined;
  #camera: Timed | undefined;
  #fresh = { view: false, camera: false };

  constructor(participant: Participant, pose: Pose, hall: Surroundings) {
    this.#hall = hall;
    this.#said = participant;
    this.place = new Glide(pose, blend);
    this.group.matrixAutoUpdate = false;
    this.#ring = new Ring("still");
    if (!hall.plain) this.group.add(this.#ring.group, this.#plate.mesh);
  }

  get cube(): string | undefined {
    return this.#view?.cube;
  }

  /** What is shown at the moment. */
  get kind(): "view" | "camera" | "bust" {
    if (this.#view && this.#person?.shown) return "view";
    return this.#camera ? "camera" : "bust";
  }

  /** Takes what the room says of the participant. */
  tell(p: Participant, you: string): void {
    this.#said = p;
    this.#you = you;
    const looking = p.looks.shared && p.looks.at === you && you !== "";
    const speaking = p.speaking && p.microphone === "on";
    const lit: Lit = looking ? (speaking ? "both" : "looking") : speaking ? "speaking" : "still";
    this.#ring.light(p.present ? lit : "free");
    this.#plate.say(p.name, {
      dim: !p.present,
      muted: p.microphone !== "on",
      hand: p.hand > 0,
      eye: looking,
      filters: touching(p).length,
    });
    this.#portrait?.rim(rimOf(lit), lit === "still" ? 0.004 : 0.008);
  }

  /** Takes the streams that carry the participant now. */
  watch(view: Arriving | undefined, camera: Arriving | undefined): void {
    if (this.#view?.feed.track !== view?.track || this.#view?.cube !== view?.stream.cube) {
      this.#view?.feed.stop();
      this.#dropPerson();
      this.#view = view && { cube: view.stream.cube, feed: this.#feed(view, "view") };
    }
    if (this.#camera?.track !== camera?.track) {
      this.#camera?.stop();
      this.#camera = camera && this.#feed(camera, "camera");
      if (!camera) this.#dropPortrait();
    }
  }

  /** Lets what is shown of the participant wait for their voice, ms. */
  delay(ms: number): void {
    for (const feed of [this.#view?.feed, this.#camera]) if (feed) feed.wait = ms;
  }

  /** How long the webcam's pictures took from the network to the screen of late, ms; undefined: none came. */
  latency(): number | undefined {
    return this.#camera?.latency();
  }

  addWindow(w: WindowMessage): void {
    this.#person?.addWindow(w);
  }

  /** Uploads what came and puts all in its place. */
  paint(now: number, { eye, facing, cells, pixel }: Viewing): void {
    matrixOf(this.place.at(now), this.group.matrix);
    this.group.matrixWorldNeedsUpdate = true;
    this.group.visible = this.visible;
    if (!this.visible) return;
    if (this.#fresh.view) this.#showView(cells);
    this.#person?.setEye(eye);
    const kind = this.kind;
    if (this.#fresh.camera && kind === "camera") this.#showCamera();
    if (this.#portrait) this.#portrait.mesh.visible = kind === "camera";
    this.#placeBust(kind === "bust");
    this.#placePlate(eye, facing, pixel);
  }

  /** To be called when the picture was drawn. */
  drawn(): void {
    if (this.visible) this.#person?.drawn();
  }

  dispose(): void {
    this.group.removeFromParent();
    this.watch(undefined, undefined);
    this.#dropPerson();
    this.#dropPortrait();
    this.#ring.dispose();
    this.#plate.dispose();
    if (this.#bust) free(this.#bust.group);
  }

  #feed({ track }: Arriving, of: "view" | "camera"): Timed {
    return new Timed(
      track,
      () => this.visible,
      () => {
        this.#fresh[of] = true;
        if (this.visible) this.#hall.redraw();
      },
    );
  }

  #showView(cells: number): void {
    this.#fresh.view = false;
    if (!this.#view) return;
    const { cube, feed } = this.#view;
    const due = feed.take();
    const layout = due && layoutOfVideo(due.width, due.height);
    if (layout) {
      this.#person ??= this.#makePerson(cube);
      this.#person.cells = cells;
      this.#person.show(due.source, layout);
    } // else no packed view of this version; the others go on
    due?.free();
  }

  #showCamera(): void {
    this.#fresh.camera = false;
    const due = this.#camera?.take();
    if (!due) return;
    if (!this.#portrait) {
      this.#portrait = new Picture(this.#hall.renderer, { cover: true, mipmaps: false, radius: 0.035 });
      this.#portrait.resize(portraitWidth, portraitHeight);
      this.#portrait.mesh.position.set(0, -0.09, -0.06);
      this.group.add(this.#portrait.mesh);
      this.tell(this.#said, this.#you); // its rim
    }
    this.#portrait.show(due.source, due.width, due.height);
    due.free();
  }

  #makePerson(cube: string): Person {
    const person = new Person(this.#hall.renderer, (mesh) => this.group.add(mesh));
    person.onSeen = (seen) => this.#hall.seen(cube, seen);
    person.onChange = () => this.#hall.redraw();
    for (const w of this.#hall.windows(cube)) person.addWindow(w);
    return person;
  }

  #placeBust(shown: boolean): void {
    const { id, name } = this.#said;
    if (shown && this.#bust?.initial !== name) {
      if (this.#bust) free(this.#bust.group);
      this.#bust?.group.removeFromParent();
      this.#bust = { group: makeBust(id, name), initial: name };
      this.group.add(this.#bust.group);
    }
    if (this.#bust) this.#bust.group.visible = shown;
  }

  /** The name stands between the seat and the viewer, parallel to the screen. */
  #placePlate(eye: Point, facing: Quaternion, pixel: (at: Point) => number): void {
    const yaw = Math.atan2(eye[0], eye[2]);
    const at: Point = [plateAway * Math.sin(yaw), plateDown, plateAway * Math.cos(yaw)];
    this.#plate.mesh.position.set(...at);
    this.#plate.mesh.quaternion.copy(facing);
    this.#plate.scale(Math.min(Math.max(plateHeight, 22 * pixel(at)), 0.12));
  }

  #dropPerson(): void {
    this.#person?.dispose();
    this.#person = undefined;
  }

  #dropPortrait(): void {
    this.#portrait?.dispose();
    this.#portrait = undefined;
  }
}

function rimOf(lit: Lit): string {
  return { free: "#59646a", still: "#9fb0b8", speaking: "#9ff0b4", looking: "#f0b46a", both: "#ffd38a" }[lit];
}

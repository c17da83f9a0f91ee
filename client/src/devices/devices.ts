/**
 * The viewer's own camera, microphone and screen. Nothing is opened before
 * somebody presses for it; a camera that is closed is given back to the
 * system, so that its light goes out.
 *
 * Voices are played through WebAudio (../voice), which matters for echo: see
 * there. The browser's echo cancellation, noise suppression and gain control
 * are asked for here.
 */
import type { Source } from "../session/session";
import { causeOf, DeviceError } from "./cause";

export type Device = Exclude<Source, "screen">;

/** One that may be chosen. Labels are empty until something was permitted. */
export interface Known {
  readonly id: string;
  readonly label: string;
}

export interface Inventory {
  readonly camera: readonly Known[];
  readonly microphone: readonly Known[];
  readonly speaker: readonly Known[];
}

export interface DeviceListener {
  /** Devices came, went, or got their labels. */
  inventory?(): void;
  /** A source ended by itself: it was unplugged, or the browser's own button was pressed. */
  ended?(source: Source): void;
}

const constraints = {
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

export class Devices {
  readonly #media: MediaDevices | undefined;
  readonly #tracks = new Map<Source, MediaStreamTrack>();
  readonly #chosen = new Map<Device, string>();
  readonly #listeners = new Set<DeviceListener>();

  /** media: navigator.mediaDevices, which insecure pages do not have. */
  constructor(media: MediaDevices | undefined, chosen: Readonly<Record<Device, string>>) {
    this.#media = media;
    this.#chosen.set("camera", chosen.camera).set("microphone", chosen.microphone);
    media?.addEventListener?.("devicechange", () => this.#tellInventory());
  }

  listen(listener: DeviceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is open of a source. */
  track(source: Source): MediaStreamTrack | undefined {
    return this.#tracks.get(source);
  }

  get sharesScreens(): boolean {
    return typeof this.#media?.getDisplayMedia === "function";
  }

  /** Opens a device, or returns what is open; rejects with DeviceError. */
  async open(device: Device): Promise<MediaStreamTrack> {
    const open = this.#tracks.get(device);
    if (open?.readyState === "live") return open;
    const track = await this.#get(device).catch((error) => {
      throw causeOf(error, "device");
    });
    this.#keep(device, track);
    this.#tellInventory(); // it has labels now
    return track;
  }

  /** Opens a screen, a window or a tab that the browser asks for; rejects with DeviceError. */
  async openScreen(): Promise<MediaStreamTrack> {
    if (!this.#media?.getDisplayMedia) throw new DeviceError("unsupported", "no getDisplayMedia");
    const stream = await this.#media
      .getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })
      .catch((error) => {
        throw causeOf(error, "screen");
      });
    const [track] = stream.getVideoTracks();
    if (!track) throw new DeviceError("other", "the browser gave no picture");
    track.contentHint = "detail";
    this.#keep("screen", track);
    return track;
  }

  /** Gives a source back. */
  close(source: Source): void {
    this.#tracks.get(source)?.stop();
    this.#tracks.delete(source);
  }

  closeAll(): void {
    for (const source of [...this.#tracks.keys()]) this.close(source);
  }

  /** The id that was chosen; empty: the browser's own choice. */
  chosen(device: Device): string {
    return this.#chosen.get(device) ?? "";
  }

  /** Takes another one from the next open on. Whoever has it open closes and opens. */
  choose(device: Device, id: string): void {
    this.#chosen.set(device, id);
  }

  async inventory(): Promise<Inventory> {
    const all = (await this.#media?.enumerateDevices?.().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind) =>
      all
        .filter((d) => d.kind === kind && d.deviceId !== "")
        .map((d) => ({ id: d.deviceId, label: d.label }));
    return { camera: of("videoinput"), microphone: of("audioinput"), speaker: of("audiooutput") };
  }

  async #get(device: Device): Promise<MediaStreamTrack> {
    if (!this.#media?.getUserMedia) throw new DeviceError("insecure", "no mediaDevices");
    const id = this.#chosen.get(device);
    const wanted = { ...constraints[device], ...(id ? { deviceId: { exact: id } } : {}) };
    const stream = await this.#media
      .getUserMedia(device === "camera" ? { video: wanted } : { audio: wanted })
      .catch(async (error) => {
        // A remembered device that was left at home: the browser chooses.
        if (!id || causeOf(error, "device").reason !== "unfit") throw error;
        this.#chosen.set(device, "");
        return this.#media?.getUserMedia({ [device === "camera" ? "video" : "audio"]: constraints[device] });
      });
    const track = stream?.getTracks()[0];
    if (!track) throw new DeviceError("other", "the browser gave no track");
    return track;
  }

  #keep(source: Source, track: MediaStreamTrack): void {
    this.#tracks.get(source)?.stop();
    this.#tracks.set(source, track);
    track.addEventListener("ended", () => {
      if (this.#tracks.get(source) !== track) return;
      this.#tracks.delete(source);
      for (const l of this.#listeners) l.ended?.(source);
    });
  }

  #tellInventory(): void {
    for (const l of this.#listeners) l.inventory?.();
  }
}

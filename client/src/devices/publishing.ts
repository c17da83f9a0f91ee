import type { Session, Source } from "../session/session";
import { DeviceError } from "./cause";
import type { Device, Devices } from "./devices";

const sources: readonly Source[] = ["microphone", "camera", "screen"];

/**
 * What the viewer sends. Each source goes on and off one step after another,
 * however fast it is pressed, and the last press wins.
 *
 * A microphone that is off stays open, silenced, for it must be back at once;
 * a camera and a screen are closed.
 */
export class Publishing {
  readonly #session: Pick<Session, "publish">;
  readonly #devices: Devices;
  readonly #wanted = new Map<Source, boolean>();
  readonly #on = new Map<Source, boolean>();
  readonly #steps = new Map<Source, Promise<void>>();
  /** Called after each change. */
  onChange: () => void = () => {};

  constructor(session: Pick<Session, "publish">, devices: Devices) {
    this.#session = session;
    this.#devices = devices;
  }

  on(source: Source): boolean {
    return this.#on.get(source) ?? false;
  }

  /** Whether it is on its way to something else. */
  busy(source: Source): boolean {
    return this.#steps.has(source);
  }

  /** Resolves when the source is as it was last asked for; rejects with DeviceError or Refused, and it is off. */
  set(source: Source, on: boolean): Promise<void> {
    this.#wanted.set(source, on);
    const running = this.#steps.get(source);
    if (running) return running;
    if (this.on(source) === on) return Promise.resolve();
    const steps = this.#settle(source).finally(() => {
      this.#steps.delete(source);
      this.onChange();
    });
    this.#steps.set(source, steps);
    this.onChange();
    return steps;
  }

  /** Takes another device at once, where it is on. */
  async change(device: Device, id: string): Promise<void> {
    this.#devices.choose(device, id);
    await this.#steps.get(device)?.catch(() => {});
    this.#devices.close(device);
    if (!this.on(device)) return;
    this.#on.set(device, false);
    await this.set(device, true);
  }

  /** The device is gone, or somebody else took it away: nothing is sent any more. */
  async drop(source: Source): Promise<void> {
    await this.set(source, false);
    this.#devices.close(source);
  }

  async dropAll(): Promise<void> {
    await Promise.allSettled(sources.map((s) => this.drop(s)));
  }

  async #settle(source: Source): Promise<void> {
    try {
      for (;;) {
        const wanted = this.#wanted.get(source) ?? false;
        if (wanted === this.on(source)) return;
        await (wanted ? this.#start(source) : this.#stop(source));
        this.#on.set(source, wanted);
      }
    } catch (error) {
      this.#wanted.set(source, false);
      this.#on.set(source, false);
      this.#silence(source);
      throw error;
    }
  }

  async #start(source: Source): Promise<void> {
    const track = source === "screen" ? await this.#devices.openScreen() : await this.#devices.open(source);
    track.enabled = true;
    await this.#session.publish(source, track);
    if (track.readyState === "ended") throw new DeviceError("missing", "the device went away");
  }

  async #stop(source: Source): Promise<void> {
    this.#silence(source); // first of all, whatever the node says
    await this.#session.publish(source, undefined);
  }

  #silence(source: Source): void {
    const track = this.#devices.track(source);
    if (track && source === "microphone") track.enabled = false;
    else this.#devices.close(source);
  }
}

import { causeOf, type DeviceError } from "../devices/cause";
import type { Device, Devices } from "../devices/devices";
import { t } from "../text/text";
import { bar, LevelMeter } from "../voice/level";
import type { Voices } from "../voice/voices";
import { icon } from "./icons";
import { make, mark, say } from "./make";

const devicesShown: readonly Device[] = ["microphone", "camera"];

/** The viewer's own camera, mirrored, and the level of their microphone; both are off until pressed. */
export class Preview {
  readonly element: HTMLElement;
  readonly #devices: Devices;
  readonly #voices: Voices;
  readonly #video: HTMLVideoElement;
  readonly #covered = make("p", { class: "covered" });
  readonly #problem = make("div", { class: "problem", role: "alert" });
  readonly #hint = make("p", { class: "hint" });
  readonly #level = make("div", { class: "level", role: "meter", "aria-valuemin": 0, "aria-valuemax": 100 });
  readonly #buttons = new Map<Device, HTMLButtonElement>();
  readonly #wanted = new Map<Device, boolean>();
  #meter: LevelMeter | undefined;
  #metered: MediaStreamTrack | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #stop: () => void;
  /** Called when a device went on or off. */
  onChange: () => void = () => {};

  constructor(devices: Devices, voices: Voices) {
    this.#devices = devices;
    this.#voices = voices;
    this.#video = make("video", { playsinline: true, autoplay: true, "aria-label": t("prejoin.preview") });
    this.#video.muted = true;
    this.#level.append(make("div"));
    this.#level.setAttribute("aria-label", t("prejoin.microphone.level"));
    const switches = make("div", { class: "switches" });
    for (const device of devicesShown) switches.append(this.#switch(device));
    this.element = make(
      "div",
      { class: "preview" },
      make("div", { class: "picture" }, this.#video, this.#covered, switches),
      this.#level,
      this.#hint,
      this.#problem,
    );
    this.#stop = devices.listen({ ended: () => this.#draw() });
    this.#timer = setInterval(() => this.#measure(), 80);
    this.#draw();
  }

  on(device: Device): boolean {
    return this.#wanted.get(device) === true && this.#devices.track(device)?.readyState === "live";
  }

  /** Opens or closes a device; what went wrong is shown with its remedy. */
  async set(device: Device, on: boolean): Promise<void> {
    this.#wanted.set(device, on);
    this.#explain(undefined);
    if (!on) this.#devices.close(device);
    this.#draw();
    if (on) {
      // Not awaited: without a press it would not resolve, and the picture need not wait for it.
      if (device === "microphone") void this.#voices.start();
      try {
        await this.#devices.open(device);
        if (!this.#wanted.get(device)) this.#devices.close(device);
      } catch (error) {
        this.#wanted.set(device, false);
        this.#explain(causeOf(error, "device"), device);
      }
    }
    this.#draw();
    this.onChange();
  }

  /** Opens what is on anew, as after another choice. */
  async again(device: Device): Promise<void> {
    if (!this.#wanted.get(device)) return;
    this.#devices.close(device);
    await this.set(device, true);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop();
    this.#meter?.close();
    this.#video.srcObject = null;
  }

  #switch(device: Device): HTMLButtonElement {
    const made = make("button", { type: "button", class: "round", "data-device": device });
    made.addEventListener("click", () => void this.set(device, !this.#wanted.get(device)));
    this.#buttons.set(device, made);
    return made;
  }

  #draw(): void {
    for (const [device, made] of this.#buttons) {
      const on = this.#wanted.get(device) === true;
      const words = t(`prejoin.${device}.${on ? "off" : "on"}`);
      made.replaceChildren(icon(device, !on));
      mark(made, "aria-pressed", String(on));
      mark(made, "aria-label", words);
      mark(made, "title", words);
    }
    const camera = this.on("camera") ? this.#devices.track("camera") : undefined;
    this.#show(camera);
    this.#covered.hidden = camera !== undefined;
    say(this.#covered, this.#wanted.get("camera") ? t("prejoin.camera.starting") : t("prejoin.camera.none"));
    say(this.#hint, t(this.on("microphone") ? "prejoin.microphone.speak" : "prejoin.microphone.none"));
    this.#listen(this.on("microphone") ? this.#devices.track("microphone") : undefined);
  }

  #show(track: MediaStreamTrack | undefined): void {
    const shown = (this.#video.srcObject as MediaStream | null)?.getTracks()[0];
    if (shown === track) return;
    this.#video.srcObject = track ? new MediaStream([track]) : null;
    if (track) this.#video.play().catch(() => {}); // muted: it may always
  }

  #listen(track: MediaStreamTrack | undefined): void {
    if (this.#metered === track) return;
    this.#meter?.close();
    this.#metered = track;
    this.#meter = track && new LevelMeter(this.#voices.context, track);
  }

  #measure(): void {
    const level = this.#meter ? bar(this.#meter.rms) : 0;
    this.#level.style.setProperty("--level", level.toFixed(2));
    mark(this.#level, "aria-valuenow", String(Math.round(level * 100)));
  }

  #explain(error: DeviceError | undefined, device?: Device): void {
    this.#problem.replaceChildren();
    if (!error || !device) return;
    const cause =
      error.reason === "other" ? t("cause.other", { why: error.message }) : t(`cause.${error.reason}`);
    this.#problem.append(
      make("strong", {}, `${t(`prejoin.${device}`)}: ${cause}`),
      make("p", {}, t(`cause.${error.reason}.remedy`)),
    );
  }
}

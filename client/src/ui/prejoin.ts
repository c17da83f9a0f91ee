import "./form.css";
import "./prejoin.css";
import type { Device, Devices } from "../devices/devices";
import { t } from "../text/text";
import { playTone } from "../voice/level";
import type { Voices } from "../voice/voices";
import { ConnectionCheck, type Probes } from "./check";
import { CheckView } from "./checkview";
import type { Memory } from "./choices";
import { button, make, say } from "./make";
import { Pickers } from "./pickers";
import { Preview } from "./preview";

/** How somebody enters. What is on is open in Devices. */
export interface Joining {
  name: string;
  camera: boolean;
  microphone: boolean;
  /** They take no seat: once in, the app asks Sit with seat -1. */
  listen: boolean;
}

export interface PrejoinParts {
  room: string;
  /** The token's name, which wins; undefined: one is asked for. */
  name?: string | undefined;
  devices: Devices;
  voices: Voices;
  memory: Memory;
  probes: Probes;
}

const longestName = 64; // characters

/** Whether the address asks to join at once (?skip-prejoin), and how: unseen and unheard, for nobody looked. */
export function skipped(address: URL, memory: Memory): Joining | undefined {
  if (!address.searchParams.has("skip-prejoin")) return undefined;
  return { name: memory.choices.name, camera: false, microphone: false, listen: false };
}

/** The page before joining: who one is, what others will see and hear, and whether it will work. */
export class Prejoin {
  readonly #root: HTMLElement;
  readonly #parts: PrejoinParts;
  readonly #preview: Preview;
  readonly #pickers: Pickers;
  readonly #check: ConnectionCheck;
  readonly #element: HTMLElement;
  readonly #name: HTMLInputElement;
  readonly #missing = make("p", { class: "problem", role: "alert" });
  readonly #join: HTMLButtonElement;
  readonly #without: HTMLButtonElement;
  #joined: (joining: Joining) => void = () => {};

  constructor(root: HTMLElement, parts: PrejoinParts) {
    this.#root = root;
    this.#parts = parts;
    const { devices, voices, memory } = parts;
    this.#preview = new Preview(devices, voices);
    this.#pickers = new Pickers(devices, voices, memory, (device, id) => {
      devices.choose(device, id);
      void this.#preview.again(device);
    });
    this.#check = new ConnectionCheck(parts.probes);
    this.#name = make("input", {
      id: "prejoin-name",
      maxlength: longestName,
      autocomplete: "name",
      required: true,
    });
    this.#name.value = parts.name ?? memory.choices.name;
    this.#name.readOnly = parts.name !== undefined;
    this.#join = make("button", { type: "submit", class: "primary" });
    this.#without = button(t("prejoin.join.without"), () => void this.#joinWithout());
    this.#element = make(
      "section",
      { class: "prejoin", "aria-labelledby": "prejoin-title" },
      this.#left(),
      this.#right(),
    );
    this.#preview.onChange = () => this.#changed();
    this.#changed();
  }

  /** Shows the page; resolves with the press of a join button. The caller closes it then. */
  async ask(): Promise<Joining> {
    const answer = new Promise<Joining>((resolve) => {
      this.#joined = resolve;
    });
    this.#root.append(this.#element);
    this.#name.focus({ preventScroll: true });
    await this.#reopen();
    return answer;
  }

  close(): void {
    this.#check.stop();
    this.#preview.close();
    this.#pickers.close();
    this.#element.remove();
  }

  #left(): HTMLElement {
    const heading = make(
      "header",
      {},
      make("p", { class: "over" }, t("prejoin.room", { room: this.#parts.room })),
      make("h1", { id: "prejoin-title" }, t("prejoin.title")),
    );
    return make("div", { class: "seen" }, heading, this.#preview.element);
  }

  #right(): HTMLElement {
    const hint = t("prejoin.join.listen.hint");
    const listen = button(
      t("prejoin.join.listen"),
      () => this.#finish({ camera: false, microphone: false }, true),
      {
        class: "quiet",
      },
    );
    listen.setAttribute("aria-describedby", "listen-hint");
    const form = make(
      "form",
      { novalidate: true },
      make("label", { for: "prejoin-name" }, t("prejoin.name")),
      this.#name,
      make("p", { class: "hint" }, t("prejoin.name.hint")),
      this.#missing,
      make("div", { class: "joins" }, this.#join, this.#without, listen),
      make("p", { class: "hint", id: "listen-hint" }, hint),
    );
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.#finish({ camera: this.#preview.on("camera"), microphone: this.#preview.on("microphone") }, false);
    });
    return make(
      "div",
      { class: "asked" },
      form,
      fold(t("prejoin.devices"), make("div", {}, this.#pickers.element, this.#tone())),
      fold(t("prejoin.check"), new CheckView(this.#check).element),
    );
  }

  #tone(): HTMLElement {
    const said = make("p", { class: "hint", role: "status" });
    const press = button(
      t("prejoin.speaker.try"),
      async () => {
        press.disabled = true;
        if (await this.#parts.voices.start()) {
          say(said, t("prejoin.speaker.playing"));
          await playTone(this.#parts.voices.context);
        }
        press.disabled = false;
      },
      { icon: "speaker" },
    );
    return make("div", { class: "tone" }, press, said);
  }

  /** Opens what was on the last time, where the browser permits it without asking. */
  async #reopen(): Promise<void> {
    const { choices } = this.#parts.memory;
    for (const device of ["camera", "microphone"] as const) {
      if (choices[device] && (await permitted(device))) await this.#preview.set(device, true);
    }
  }

  #changed(): void {
    const [camera, microphone] = [this.#preview.on("camera"), this.#preview.on("microphone")];
    const what =
      camera && microphone
        ? t("prejoin.both")
        : camera
          ? t("prejoin.onlyCamera")
          : microphone
            ? t("prejoin.onlyMicrophone")
            : undefined;
    say(this.#join, what ? t("prejoin.join.with", { what }) : t("prejoin.join.without"));
    this.#without.hidden = what === undefined;
  }

  async #joinWithout(): Promise<void> {
    if (!this.#named()) return;
    await Promise.all([this.#preview.set("camera", false), this.#preview.set("microphone", false)]);
    this.#finish({ camera: false, microphone: false }, false);
  }

  #finish(on: Record<Device, boolean>, listen: boolean): void {
    const name = this.#named();
    if (!name) return;
    if (listen) this.#parts.devices.closeAll();
    // Listening once is no reason to forget what one usually does.
    this.#parts.memory.change(listen ? { name } : { name, ...on });
    void this.#parts.voices.start(); // this press is the gesture that browsers want
    this.#joined({ name, ...on, listen });
  }

  #named(): string | undefined {
    const name = this.#name.value.trim();
    say(this.#missing, name ? "" : t("prejoin.name.missing"));
    if (!name) this.#name.focus();
    return name || undefined;
  }
}

function fold(title: string, content: HTMLElement): HTMLElement {
  return make("details", {}, make("summary", {}, title), content);
}

/** Whether the browser gives the device without asking. */
async function permitted(device: Device): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: device as PermissionName })).state === "granted";
  } catch {
    return false; // Firefox knows no such permission, and asks
  }
}

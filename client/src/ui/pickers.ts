import type { Device, Devices, Inventory, Known } from "../devices/devices";
import { t } from "../text/text";
import type { Voices } from "../voice/voices";
import type { Memory } from "./choices";
import { choice, make, offer } from "./make";

/** The lists of cameras, microphones and loudspeakers. */
export class Pickers {
  readonly element = make("div", { class: "pickers" });
  readonly #devices: Devices;
  readonly #memory: Memory;
  readonly #selects = new Map<keyof Inventory, HTMLSelectElement>();
  readonly #stop: () => void;

  /** change: another device was chosen, and is to be opened in place of the one before. */
  constructor(
    devices: Devices,
    voices: Voices,
    memory: Memory,
    change: (device: Device, id: string) => void,
  ) {
    this.#devices = devices;
    this.#memory = memory;
    this.#add("camera", (id) => {
      memory.change({ cameraId: id });
      change("camera", id);
    });
    this.#add("microphone", (id) => {
      memory.change({ microphoneId: id });
      change("microphone", id);
    });
    if (voices.choosesOutput) {
      this.#add("speaker", (id) => {
        memory.change({ speakerId: id });
        void voices.setOutput(id);
      });
    } else this.element.append(make("p", { class: "hint" }, t("settings.output.none")));
    this.#stop = devices.listen({ inventory: () => void this.#refresh() });
    void this.#refresh();
  }

  close(): void {
    this.#stop();
  }

  #add(kind: keyof Inventory, change: (id: string) => void): void {
    const { line, select } = choice(t(`prejoin.${kind}`), [], "", change);
    this.#selects.set(kind, select);
    this.element.append(line);
  }

  async #refresh(): Promise<void> {
    const inventory = await this.#devices.inventory();
    for (const [kind, select] of this.#selects) {
      const known: readonly Known[] = inventory[kind];
      const chosen = kind === "speaker" ? this.#memory.choices.speakerId : this.#devices.chosen(kind);
      const open = kind === "speaker" ? undefined : this.#devices.track(kind)?.getSettings().deviceId;
      const options = known.map((d, i) => ({
        id: d.id,
        label: d.label || t(`device.${kind}.n`, { n: i + 1 }),
      }));
      if (!known.some((d) => d.id === "default"))
        options.unshift({ id: "", label: t("prejoin.speaker.default") });
      const now = [chosen, open, "default", ""].find((id) => options.some((o) => o.id === id));
      offer(select, options, now ?? "");
    }
  }

  /** The loudspeaker that was remembered. */
  static restore(voices: Voices, memory: Memory): void {
    if (voices.choosesOutput && memory.choices.speakerId) void voices.setOutput(memory.choices.speakerId);
  }
}

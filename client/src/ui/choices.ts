import { type Language, languages } from "../text/text";

/** The screen that a viewer declares, as they measure it. */
export interface Declared {
  diagonal: number; // inches; 0: not known
  distance: number; // centimetres from the eye; 0: not known
}

/** What somebody chose on this device; it never leaves it. */
export interface Choices {
  language: Language | undefined;
  name: string;
  /** Both are off until pressed the first time. */
  camera: boolean;
  microphone: boolean;
  cameraId: string;
  microphoneId: string;
  speakerId: string;
  mono: boolean;
  motion: boolean; // true: reduced even where the system does not ask for it
  keys: boolean; // single-key shortcuts
  screen: Declared;
  /** Volume by name, 0 to 2; 1 where it is not set. A participant's id is new each time, so the name must do. */
  volumes: Readonly<Record<string, number>>;
}

const none: Choices = {
  language: undefined,
  name: "",
  camera: false,
  microphone: false,
  cameraId: "",
  microphoneId: "",
  speakerId: "",
  mono: false,
  motion: false,
  keys: true,
  screen: { diagonal: 0, distance: 0 },
  volumes: {},
};

const place = "virtualcube.choices";
const longestText = 256;
const mostVolumes = 200;

/** Remembers the choices in the browser, where it lets. */
export class Memory {
  readonly #storage: Storage | undefined;
  #choices: Choices;

  constructor(storage: Storage | undefined) {
    this.#storage = storage;
    this.#choices = choicesOf(read(storage));
  }

  get choices(): Readonly<Choices> {
    return this.#choices;
  }

  change(part: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...part };
    try {
      this.#storage?.setItem(place, JSON.stringify(this.#choices));
    } catch {
      // Full or forbidden: it is remembered until the page is left.
    }
  }

  volume(name: string): number {
    return this.#choices.volumes[name] ?? 1;
  }

  setVolume(name: string, volume: number): void {
    const others = Object.entries(this.#choices.volumes).filter(([n]) => n !== name);
    const kept = others.slice(-(mostVolumes - 1));
    this.change({ volumes: Object.fromEntries(volume === 1 ? kept : [...kept, [name, volume]]) });
  }
}

/** The page's storage; undefined where the browser forbids it. */
export function storageOf(w: Window): Storage | undefined {
  try {
    return w.localStorage;
  } catch {
    return undefined;
  }
}

function read(storage: Storage | undefined): unknown {
  try {
    return JSON.parse(storage?.getItem(place) ?? "null");
  } catch {
    return undefined;
  }
}

/** Takes what is sound of a remembered value. */
export function choicesOf(value: unknown): Choices {
  const v = (typeof value === "object" && value ? value : {}) as Record<string, unknown>;
  const text = (key: keyof Choices) => (typeof v[key] === "string" ? v[key].slice(0, longestText) : "");
  const flag = (key: keyof Choices, usual: boolean) => (typeof v[key] === "boolean" ? v[key] : usual);
  const screen = (typeof v.screen === "object" && v.screen ? v.screen : {}) as Record<string, unknown>;
  return {
    ...none,
    language: languages.find((l) => l.id === v.language)?.id,
    name: text("name"),
    camera: flag("camera", false),
    microphone: flag("microphone", false),
    cameraId: text("cameraId"),
    microphoneId: text("microphoneId"),
    speakerId: text("speakerId"),
    mono: flag("mono", false),
    motion: flag("motion", false),
    keys: flag("keys", true),
    screen: { diagonal: within(screen.diagonal, 3, 120), distance: within(screen.distance, 15, 500) },
    volumes: volumesOf(v.volumes),
  };
}

/** A number within bounds; 0 for anything else. */
export function within(value: unknown, least: number, most: number): number {
  return typeof value === "number" && value >= least && value <= most ? value : 0;
}

function volumesOf(value: unknown): Record<string, number> {
  if (typeof value !== "object" || !value) return {};
  const sound = Object.entries(value).filter(([, n]) => typeof n === "number" && n >= 0 && n <= 2);
  return Object.fromEntries(sound.slice(-mostVolumes)) as Record<string, number>;
}

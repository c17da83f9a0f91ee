import type { RoomState } from "../session/session";
import { type Language, language, languages, t } from "../text/text";
import { within } from "./choices";
import type { Desk, Panel } from "./desk";
import { button, choice, make, say, toggle } from "./make";
import { Pickers } from "./pickers";

/** What the head tracking tells of itself. */
export interface Tracking {
  on: boolean;
  /** A line for people; empty: nothing to say. */
  words: string;
}

/** The settings; each takes effect at once. */
export class Settings implements Panel {
  readonly title = t("settings.title");
  readonly element = make("div", { class: "settings" });
  readonly #desk: Desk;
  readonly #looks: ReturnType<typeof toggle>;
  readonly #tracking: ReturnType<typeof toggle>;
  readonly #trackingWords = make("p", { class: "hint", role: "status" });
  readonly #stop: () => void;

  /** tracking: where the head tracking's own panel is mounted; keys and statistics open theirs. */
  constructor(desk: Desk, tracking: HTMLElement, keys: () => void, statistics: () => void) {
    this.#desk = desk;
    const { memory, session, actions } = desk;
    this.#looks = toggle(t("settings.looks"), t("settings.looks.hint"), true, (share) => {
      void desk.ask({ type: "shareLooks", share }).then(() => this.update(session.state));
    });
    this.#tracking = toggle(t("settings.tracking.toggle"), t("settings.tracking.hint"), false, (on) => {
      actions.track?.(on);
    });
    this.#tracking.line.hidden = actions.track === undefined;
    const pickers = new Pickers(desk.devices, desk.voices, memory, (device, id) => {
      void desk.publishing
        .change(device, id)
        .catch((error) => desk.notices.tell(String(error), { kind: "bad" }));
    });
    this.#stop = () => pickers.close();
    this.element.append(
      section("settings.devices", pickers.element),
      section("settings.sound", this.#mono()),
      section("settings.gaze", this.#looks.line),
      section(
        "settings.tracking",
        this.#tracking.line,
        this.#trackingWords,
        tracking,
        button(t("settings.recentre"), () => actions.recentre(), { icon: "middle" }),
      ),
      section("settings.screen", this.#screen()),
      section("settings.look", ...this.#appearance()),
      make(
        "div",
        { class: "row" },
        button(t("settings.keys.list"), keys, { icon: "keyboard" }),
        button(t("settings.statistics"), statistics, { icon: "statistics" }),
      ),
    );
  }

  update(state: RoomState): void {
    const shared = state.people.get(state.you)?.looks.shared;
    if (shared !== undefined) this.#looks.box.checked = shared;
  }

  show(tracking: Tracking): void {
    this.#tracking.box.checked = tracking.on;
    say(this.#trackingWords, tracking.words);
  }

  dispose(): void {
    this.#stop();
  }

  #mono(): HTMLElement {
    const { memory, voices } = this.#desk;
    return toggle(t("settings.mono"), t("settings.mono.hint"), memory.choices.mono, (mono) => {
      memory.change({ mono });
      voices.mono = mono;
    }).line;
  }

  #screen(): HTMLElement {
    const { memory, actions } = this.#desk;
    const field = (label: string, of: "diagonal" | "distance", least: number, most: number) => {
      const input = make("input", {
        type: "number",
        min: least,
        max: most,
        step: "any",
        inputmode: "decimal",
      });
      const known = memory.choices.screen[of];
      input.value = known > 0 ? String(known) : "";
      input.addEventListener("change", () => {
        const value = within(input.valueAsNumber, least, most);
        input.setAttribute("aria-invalid", String(value === 0 && input.value !== ""));
        memory.change({ screen: { ...memory.choices.screen, [of]: value } });
        actions.declare(memory.choices.screen);
      });
      return make("label", { class: "choice" }, make("span", {}, label), input);
    };
    return make(
      "div",
      {},
      make(
        "div",
        { class: "choices" },
        field(t("settings.diagonal"), "diagonal", 3, 120),
        field(t("settings.distance"), "distance", 15, 500),
      ),
      make("p", { class: "hint" }, t("settings.screen.hint")),
    );
  }

  #appearance(): HTMLElement[] {
    const { memory, actions } = this.#desk;
    const spoken = choice(
      t("settings.language"),
      languages.map(({ id, name }) => ({ id, label: name })),
      language(),
      (id) => {
        memory.change({ language: id as Language });
        this.#desk.renew();
      },
    );
    const motion = toggle(t("settings.motion"), t("settings.motion.hint"), memory.choices.motion, (on) => {
      memory.change({ motion: on });
      document.documentElement.toggleAttribute("data-still", on);
      actions.reduceMotion(on);
    });
    const keys = toggle(t("settings.keys"), t("settings.keys.hint"), memory.choices.keys, (on) => {
      memory.change({ keys: on });
    });
    return [spoken.line, motion.line, keys.line];
  }
}

type Section = "devices" | "sound" | "gaze" | "tracking" | "screen" | "look";

function section(title: `settings.${Section}`, ...content: HTMLElement[]): HTMLElement {
  return make("section", {}, make("h3", {}, t(title)), ...content);
}

import type { Person, Role } from "../protocol/room.gen";
import type { RoomState, Source } from "../session/session";
import { type Key, t } from "../text/text";
import type { Desk, Part } from "./desk";
import { type Icon, icon } from "./icons";
import { make, mark, say } from "./make";
import { hands } from "./order";
import type { PanelName } from "./panels";
import { type Command, shown } from "./shortcuts";

interface Face {
  icon: Icon;
  label: string;
  /** What is shown where the label is too long for a phone; part of the label, for those who speak to it. */
  short?: string;
  title: string;
  pressed?: boolean;
  expanded?: boolean;
  struck?: boolean;
  blocked?: boolean;
  kind?: "danger" | "live";
  badge?: { count: number; words: string };
}

const sourceWords = {
  microphone: { on: "bar.microphone.mute", off: "bar.microphone.unmute" },
  camera: { on: "bar.camera.stop", off: "bar.camera.start" },
  screen: { on: "bar.screen.stop", off: "bar.screen.start" },
} as const;

/** The toolbar. A button that cannot act now says why, and stays reachable. */
export class Bar implements Part {
  readonly element: HTMLElement;
  readonly #desk: Desk;
  readonly #run: (command: Command) => void;
  readonly #buttons = new Map<string, Button>();
  #open: PanelName | undefined;
  #unread = 0;
  #talking = false;
  #state: RoomState;

  constructor(desk: Desk, run: (command: Command) => void, more: () => void) {
    this.#desk = desk;
    this.#run = run;
    this.#state = desk.session.state;
    const group = (kind: string, ...names: (Command | "leave" | "more")[]) =>
      make(
        "div",
        { class: kind },
        ...names.map((name) => {
          const press =
            name === "leave" ? () => desk.leave() : name === "more" ? more : () => this.#run(name);
          const made = new Button(name, press);
          this.#buttons.set(name, made);
          return made.element;
        }),
      );
    this.element = make(
      "nav",
      { class: "controlbar", "aria-label": t("bar.label") },
      group("own", "microphone", "camera", "screen", "hand"),
      group("views", "people", "chat", "items", "filters", "settings", "more"),
      group("end", "leave"),
    );
    this.#draw();
  }

  update(state: RoomState): void {
    this.#state = state;
    this.#draw();
  }

  /** What the other parts know: the open panel, unread lines, push to talk. */
  show(open: PanelName | undefined, unread: number, talking: boolean): void {
    [this.#open, this.#unread, this.#talking] = [open, unread, talking];
    this.#draw();
  }

  #draw(): void {
    const me = this.#state.people.get(this.#state.you);
    const role: Role = me?.role ?? "listener";
    for (const source of ["microphone", "camera", "screen"] as const)
      this.#face(source, this.#source(source, me, role));
    const up = (me?.hand ?? 0) > 0;
    this.#face("hand", {
      icon: "hand",
      label: t("bar.hand"),
      title: titled(up ? "bar.hand.down" : "bar.hand.up", "hand"),
      pressed: up,
    });
    const waiting = this.#state.guests.size;
    const raised = hands(this.#state.people.values()).filter((p) => p.id !== this.#state.you).length;
    const badges = {
      people: waiting
        ? { count: waiting, words: t("bar.waiting", { n: waiting }) }
        : { count: raised, words: t("bar.raised", { n: raised }) },
      chat: { count: this.#unread, words: t("bar.unread", { n: this.#unread }) },
    };
    this.#view("people", "people", badges.people);
    this.#view("chat", "chat", badges.chat);
    this.#view("items", "board");
    this.#view("filters", "filters");
    const filters = this.#buttons.get("filters");
    if (filters) filters.element.hidden = this.#desk.session.welcome?.filters.length === 0;
    this.#view("settings", "settings");
    this.#face("more", {
      icon: "more",
      label: t("bar.more"),
      title: t("bar.more"),
      expanded: this.#open === "more",
    });
    this.#face("leave", { icon: "leave", label: t("bar.leave"), title: t("bar.leave"), kind: "danger" });
  }

  #view(
    name: "people" | "chat" | "items" | "filters" | "settings",
    which: Icon,
    badge?: Face["badge"],
  ): void {
    this.#face(name, {
      icon: which,
      label: t(`bar.${name}`),
      title: titled(`bar.${name}`, name),
      expanded: this.#open === name,
      ...(badge && badge.count > 0 ? { badge } : {}),
    });
  }

  #source(source: Source, me: Person | undefined, role: Role): Face {
    const on = this.#desk.publishing.on(source);
    const blocked =
      me?.[source] === "blocked"
        ? t(`bar.${source}.blocked`)
        : role === "listener"
          ? t(`bar.${source}.listener`)
          : source === "screen" && !this.#desk.devices.sharesScreens
            ? t("bar.screen.unsupported")
            : undefined;
    const talking = source === "microphone" && this.#talking;
    return {
      icon: source,
      label: t(`bar.${source}`),
      ...(source === "microphone" ? { short: t("bar.microphone.short") } : {}),
      title: blocked ?? (talking ? t("bar.talking") : titled(sourceWords[source][on ? "on" : "off"], source)),
      pressed: on,
      struck: !on && source !== "screen",
      blocked: blocked !== undefined && !on,
      ...(talking || (on && source === "screen") ? { kind: "live" as const } : {}),
    };
  }

  #face(name: string, face: Face): void {
    this.#buttons.get(name)?.face(face);
  }
}

function titled(what: Key, command: Command): string {
  const words = t(what as "bar.chat");
  const key = shown[command];
  return key ? t("titled", { what: words, key }) : words;
}

/** One button: its drawing, its label, its number; redrawn only where it changed. */
class Button {
  readonly element: HTMLButtonElement;
  readonly #label = make("span", { class: "label", "aria-hidden": "true" });
  readonly #badge = make("span", { class: "badge", "aria-hidden": "true" });
  #drawn = "";

  constructor(name: string, press: () => void) {
    this.element = make("button", { type: "button", "data-command": name }, this.#label, this.#badge);
    this.element.addEventListener("click", (e) => {
      // After a press by hand the space bar is to talk again, not to press once more.
      if (e.detail > 0) this.element.blur();
      if (this.element.getAttribute("aria-disabled") !== "true") press();
    });
  }

  face(face: Face): void {
    const { element } = this;
    const drawing = `${face.icon} ${face.struck ?? false}`;
    if (this.#drawn !== drawing) {
      this.#drawn = drawing;
      element.querySelector("svg")?.remove();
      element.prepend(icon(face.icon, face.struck));
    }
    say(this.#label, face.short ?? face.label);
    say(this.#badge, face.badge ? String(face.badge.count) : "");
    this.#badge.hidden = !face.badge;
    // The name stays, and pressed says the state; the title is the description: what a press does, or why not.
    mark(element, "title", face.title);
    mark(element, "aria-label", face.badge ? `${face.label}, ${face.badge.words}` : face.label);
    mark(element, "aria-pressed", face.pressed === undefined ? undefined : String(face.pressed));
    mark(element, "aria-expanded", face.expanded === undefined ? undefined : String(face.expanded));
    mark(element, "aria-disabled", face.blocked ? "true" : undefined);
    mark(element, "data-kind", face.kind);
  }
}

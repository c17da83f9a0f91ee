import type { Person } from "../protocol/room.gen";
import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Desk } from "./desk";
import { TouchMark } from "./filters/touched";
import { icon } from "./icons";
import { iconButton, make, mark, say } from "./make";
import { handPlace } from "./order";
import { PersonMenu } from "./personmenu";
import { explained } from "./quality";

/** One person in the list: everything that the hall shows of them, in words. */
export class PersonRow {
  readonly element: HTMLElement;
  readonly #id: string;
  readonly #desk: Desk;
  readonly #initial = make("span", { class: "initial", "aria-hidden": "true" });
  readonly #name = make("span", { class: "name" });
  readonly #facts = make("span", { class: "facts" });
  readonly #touched = new TouchMark();
  readonly #muted = make("span", { class: "state" });
  readonly #quality = make("span", { class: "quality", role: "img" }, make("i"), make("i"), make("i"));
  readonly #more: HTMLButtonElement;
  #menu: PersonMenu | undefined;

  constructor(id: string, desk: Desk) {
    this.#id = id;
    this.#desk = desk;
    this.#more = iconButton("", "more", () => this.#toggle());
    this.#more.setAttribute("aria-expanded", "false");
    this.element = make(
      "li",
      { class: "person", "data-person": id },
      this.#initial,
      make("div", { class: "who" }, this.#name, this.#facts),
      this.#touched.element,
      this.#muted,
      this.#quality,
      this.#more,
    );
  }

  update(state: RoomState): void {
    const person = state.people.get(this.#id);
    if (!person) return;
    const own = person.id === state.you;
    say(this.#initial, initialOf(person.name));
    say(this.#name, own ? t("people.you", { name: person.name }) : person.name);
    say(this.#facts, facts(person, state).join(" · "));
    mark(this.element, "data-speaking", person.speaking ? "" : undefined);
    mark(this.element, "data-away", person.present ? undefined : "");
    mark(this.element, "data-looks", looksAtYou(person, state) ? "" : undefined);
    this.#touched.update(person);
    this.#drawMicrophone(person);
    mark(this.#quality, "data-quality", person.quality);
    mark(this.#quality, "aria-label", t(`quality.${person.quality}`));
    mark(this.#quality, "title", explained(person.quality));
    const actions = t("people.menu", { name: person.name });
    mark(this.#more, "aria-label", actions);
    mark(this.#more, "title", actions);
    this.#menu?.update(state);
  }

  #drawMicrophone({ microphone, role }: Person): void {
    const words = microphone === "blocked" ? t("people.blocked") : t("people.muted");
    const shown = microphone === "on" || role === "listener" ? "" : words;
    if (this.#muted.title === shown) return;
    this.#muted.title = shown;
    this.#muted.dataset.microphone = microphone;
    this.#muted.replaceChildren();
    if (shown) this.#muted.append(icon("microphone", true), make("span", { class: "unseen" }, shown));
  }

  #toggle(): void {
    if (this.#menu) {
      this.#menu.element.remove();
      this.#menu = undefined;
    } else {
      this.#menu = new PersonMenu(this.#id, this.#desk);
      this.#menu.update(this.#desk.session.state);
      this.element.append(this.#menu.element);
    }
    this.#more.setAttribute("aria-expanded", String(this.#menu !== undefined));
  }
}

function looksAtYou(person: Person, state: RoomState): boolean {
  return person.id !== state.you && person.looks.shared && person.looks.at === state.you && person.present;
}

/** What there is to say of a person, the most urgent first. */
export function facts(person: Person, state: RoomState): string[] {
  const hand = handPlace(state.people.values(), person.id);
  const mine = state.people.get(state.you)?.aside;
  return [
    !person.present && t("people.away"),
    hand === 1 && t("people.hand.first"),
    hand > 1 && t("people.hand", { n: hand }),
    person.speaking && person.microphone === "on" && t("people.speaking"),
    looks(person, state),
    person.screen === "on" && t("people.sharing"),
    person.aside !== "" &&
      person.id !== state.you &&
      t(person.aside === mine ? "people.aside.yours" : "people.aside"),
    t(`people.${person.role}`),
    person.seat >= 0
      ? t("people.seat", { seat: person.seat + 1 })
      : person.role !== "listener" && t("people.standing"),
    person.cube !== "" && t("people.rig"),
    person.cube === "" && person.camera === "on" && t("people.camera"),
  ].filter((fact) => typeof fact === "string");
}

function looks(person: Person, state: RoomState): string | false {
  if (!person.looks.shared) return t("people.looks.private");
  if (looksAtYou(person, state)) return t("people.looks.you");
  const what = state.people.get(person.looks.at)?.name ?? state.items.get(person.looks.at)?.title;
  return what !== undefined && t("people.looks.at", { what });
}

function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "?";
}

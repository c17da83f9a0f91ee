import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Desk, Part } from "./desk";
import { arrange, button, make } from "./make";

/** Who waits in the lobby; hosts alone are told, and admit or deny one by one. */
export class Lobby implements Part {
  readonly element: HTMLElement;
  readonly #desk: Desk;
  readonly #list = make("ul");
  readonly #rows = new Map<string, { element: HTMLElement }>();

  constructor(desk: Desk) {
    this.#desk = desk;
    this.element = make(
      "section",
      { class: "lobby", hidden: true },
      make("h3", {}, t("lobby.title")),
      this.#list,
    );
  }

  update(state: RoomState): void {
    this.element.hidden = state.guests.size === 0;
    arrange(this.#list, this.#rows, [...state.guests.keys()], (id) => {
      const name = state.guests.get(id)?.name ?? "";
      return { element: this.#row(id, name) };
    });
  }

  #row(guest: string, name: string): HTMLElement {
    const answer = (label: string, full: string, inside: boolean, kind: string) => {
      const made = button(label, () => void this.#desk.ask({ type: "admit", guest, in: inside }), {
        class: kind,
      });
      made.setAttribute("aria-label", full);
      return made;
    };
    return make(
      "li",
      { "data-guest": guest },
      make("span", { class: "name" }, name),
      answer(t("lobby.admit"), t("lobby.admit.name", { name }), true, "primary"),
      answer(t("lobby.deny"), t("lobby.deny.name", { name }), false, "quiet"),
    );
  }
}

import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Desk, Panel } from "./desk";
import { Invitation } from "./invitation";
import { Lobby } from "./lobby";
import { arrange, make } from "./make";
import { listed } from "./order";
import { PersonRow } from "./personrow";
import { Rules } from "./rules";

/** The list of people, which is the hall in words; for hosts the lobby and the room's rules, too. */
export class People implements Panel {
  readonly title = t("people.title");
  readonly element = make("div", { class: "people" });
  readonly #desk: Desk;
  readonly #list = make("ul", { class: "persons" });
  readonly #rows = new Map<string, PersonRow>();
  readonly #lobby: Lobby;
  readonly #rules: Rules;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#lobby = new Lobby(desk);
    this.#rules = new Rules(desk);
    this.element.append(this.#lobby.element, this.#list, new Invitation(desk).element, this.#rules.element);
  }

  update(state: RoomState): void {
    this.#lobby.update(state);
    const people = listed(state);
    arrange(
      this.#list,
      this.#rows,
      people.map((p) => p.id),
      (id) => new PersonRow(id, this.#desk),
    );
    for (const row of this.#rows.values()) row.update(state);
    this.#rules.update(state);
  }
}

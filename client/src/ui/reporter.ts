import type { RoomState } from "../session/session";
import { list, t } from "../text/text";
import { type Change, changes } from "./changes";
import type { Desk } from "./desk";
import { titled } from "./filters/control";
import { onSource } from "./filters/words";

const blockedWords = {
  microphone: "notice.muted",
  camera: "notice.stopped",
  screen: "notice.screen",
} as const;

/** Tells people what happened in the room. */
export class Reporter {
  readonly #desk: Desk;
  #before: RoomState;
  /** The viewer took the hand down themselves; nobody need tell them. */
  ownHand = false;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#before = snapshot(desk.session.state);
  }

  update(state: RoomState): void {
    const before = this.#before;
    this.#before = snapshot(state);
    for (const change of changes(before, state, this.ownHand)) this.#tell(change);
    if ((state.people.get(state.you)?.hand ?? 0) > 0) this.ownHand = false;
    for (const guest of before.guests.keys()) {
      if (!state.guests.has(guest)) this.#desk.notices.withdraw(guest);
    }
  }

  #tell(change: Change): void {
    const { notices, session } = this.#desk;
    switch (change.what) {
      case "joined":
      case "left":
      case "hand":
        notices.tell(t(`notice.${change.what}`, { name: change.person.name }));
        break;
      case "knocks":
        notices.tell(t("lobby.knocks", { name: change.name }), {
          key: change.guest,
          stay: true,
          action: {
            label: t("lobby.admit"),
            run: () => void this.#desk.ask({ type: "admit", guest: change.guest, in: true }),
          },
        });
        break;
      case "blocked":
        notices.tell(t(blockedWords[change.source]), { kind: "bad" });
        break;
      case "allowed":
        if (change.source === "microphone") notices.tell(t("notice.unmuted"), { kind: "good" });
        if (change.source === "camera") notices.tell(t("notice.allowed"), { kind: "good" });
        break;
      case "handDown":
        notices.tell(t("notice.hand.down"));
        break;
      case "role":
        notices.tell(t(`notice.role.${change.role}`));
        break;
      case "seat":
        notices.tell(t("notice.seat", { seat: change.seat + 1 }));
        break;
      case "filterFailed": {
        const { name, error } = change.filter;
        notices.tell(t("notice.filter.failed", { filter: titled(name), why: error }), { kind: "bad" });
        break;
      }
      case "filterGone": {
        const words = t("notice.filter.gone", { filter: onSource(change.filter) });
        if (!this.#desk.filters.took(change.filter.id)) notices.tell(words, { kind: "bad" });
        break;
      }
      case "aside":
        notices.tell(t("notice.aside", { names: list(change.names) }), { key: "aside" });
        break;
      case "asideEnd":
        notices.tell(t("notice.aside.end"), { key: "aside", kind: "good" });
        break;
      case "locked":
      case "unlocked":
        notices.tell(t(`notice.${change.what}`));
        break;
      case "item": {
        const name = session.state.people.get(change.owner)?.name;
        if (name) notices.tell(t("notice.items", { name, title: change.title || t("items.screen") }));
        break;
      }
    }
  }
}

/** The maps as they are now: whoever keeps the state may change them in place. */
function snapshot(state: RoomState): RoomState {
  return {
    ...state,
    people: new Map(state.people),
    items: new Map(state.items),
    asides: new Map(state.asides),
    guests: new Map(state.guests),
  };
}

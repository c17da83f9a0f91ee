import type { RoomState } from "../session/session";
import { list, t } from "../text/text";
import type { Part } from "./desk";
import { icon } from "./icons";
import { make, mark, say } from "./make";
import { watchers } from "./order";

/** The line above the hall: the room, how many, one's connection, and who looks at the viewer. */
export class Header implements Part {
  readonly element: HTMLElement;
  readonly #room = make("span", { class: "roomname" });
  readonly #lock = make("span", { class: "lock", hidden: true });
  readonly #count = make("span", { class: "count" });
  readonly #glance = make("p", { class: "pill glance" });
  readonly #glanceWords = make("span");
  readonly #status = make("p", { class: "pill connection" });
  readonly #statusWords = make("span");

  constructor() {
    this.#lock.append(icon("lock"), make("span", { class: "unseen" }, t("head.locked")));
    this.#lock.title = t("head.locked");
    this.#glance.append(icon("eye"), this.#glanceWords);
    this.#status.append(make("i", { "aria-hidden": "true" }), this.#statusWords);
    this.element = make(
      "header",
      { class: "roombar" },
      make("h1", { class: "pill" }, this.#room, this.#lock, this.#count),
      this.#glance,
      this.#status,
    );
  }

  update(state: RoomState): void {
    say(this.#room, state.room?.name ?? t("brand"));
    this.#lock.hidden = !state.room?.locked;
    say(this.#count, t("head.people", { n: state.people.size }));
    const names = watchers(state).map((p) => p.name);
    this.#glance.hidden = names.length === 0;
    const key = names.length === 1 ? "head.glance" : "head.glances";
    if (names.length > 0) say(this.#glanceWords, t(key, { names: list(names) }));
    const quality = state.people.get(state.you)?.quality ?? "unknown";
    mark(this.#status, "data-quality", quality);
    say(
      this.#statusWords,
      quality === "good" || quality === "unknown" ? t("head.live") : t(`quality.${quality}`),
    );
  }
}

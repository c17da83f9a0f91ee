import type { RoomState } from "../../session/session";
import { t } from "../../text/text";
import type { Desk, Panel } from "../desk";
import { arrange, make, say } from "../make";
import { places } from "./links";
import { Section } from "./section";

/** The filters on what the viewer sends; for hosts those of the rigs that nobody is at, too. */
export class FiltersPanel implements Panel {
  readonly title = t("filters.title");
  readonly element: HTMLElement;
  readonly #desk: Desk;
  readonly #intro = make("p", { class: "hint" });
  readonly #list = make("div", { class: "sources" });
  readonly #sections = new Map<string, Section>();
  readonly #said = make("p", { class: "unseen", role: "status" });

  constructor(desk: Desk) {
    this.#desk = desk;
    this.element = make("div", { class: "filters" }, this.#intro, this.#list, this.#said);
  }

  opened(): undefined {
    this.#desk.filters.onChange = () => this.update(this.#desk.session.state);
  }

  closed(): void {
    this.#desk.filters.onChange = () => {};
  }

  update(state: RoomState): void {
    const none = this.#desk.session.welcome?.filters.length === 0;
    const listener = state.people.get(state.you)?.role === "listener";
    say(this.#intro, t(none ? "filters.none" : listener ? "filters.listener" : "filters.intro"));
    const all = new Map(places(state).map((p) => [`${p.person.id} ${p.source}`, p]));
    arrange(this.#list, this.#sections, none ? [] : [...all.keys()], (key) => {
      const { person, source } = all.get(key) ?? {};
      if (!person || !source) throw new Error(`there is no place ${key}`);
      return new Section(person, source, this.#desk, (words) => say(this.#said, words));
    });
    for (const section of this.#sections.values()) section.update(state);
  }
}

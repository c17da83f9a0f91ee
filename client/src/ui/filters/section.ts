import type { Person, Source } from "../../protocol/room.gen";
import { chainOf } from "../../session/filters";
import type { RoomState } from "../../session/session";
import { t } from "../../text/text";
import type { Desk } from "../desk";
import { icon } from "../icons";
import { arrange, make } from "../make";
import { Card } from "./card";
import { Chooser } from "./chooser";
import { titled } from "./control";
import { added, kindsFor } from "./links";
import { icons, sourceName } from "./words";

/** The filters on one source of a person, in their order. */
export class Section {
  readonly element: HTMLElement;
  readonly #person: string;
  readonly #source: Source;
  readonly #desk: Desk;
  readonly #said: (words: string) => void;
  readonly #chooser: Chooser;
  readonly #off = make("p", { class: "hint" }, t("filters.off"));
  readonly #empty = make("p", { class: "hint" }, t("filters.empty"));
  readonly #list = make("ol", { class: "chain" });
  readonly #cards = new Map<string, Card>();
  readonly #states = new Map<string, string>();
  #adding = false; // what comes next was chosen here

  /** said: a short text for those who do not see the state change. */
  constructor(person: Person, source: Source, desk: Desk, said: (words: string) => void) {
    this.#person = person.id;
    this.#source = source;
    this.#desk = desk;
    this.#said = said;
    const what = sourceName(source);
    const title =
      person.unattended || person.program ? t("filters.rig", { name: person.name, source: what }) : what;
    const kinds = kindsFor(source, desk.session.welcome?.filters ?? []);
    this.#chooser = new Chooser(title, kinds, ({ name }) => {
      this.#adding = true;
      void desk.filters
        .of(person.id, source)
        .change(added(name))
        .finally(() => {
          this.#adding = false;
        });
    });
    this.element = make(
      "section",
      { "data-source": source, "data-person": person.id },
      make("h3", {}, icon(icons[source]), title),
      this.#off,
      this.#empty,
      this.#list,
      this.#chooser.element,
    );
  }

  update(state: RoomState): void {
    const person = state.people.get(this.#person);
    const filters = chainOf(state, this.#person, this.#source);
    this.#off.hidden = this.#source === "view" || person?.[this.#source] !== "off";
    this.#empty.hidden = filters.length > 0 || !this.#off.hidden;
    const byId = new Map(filters.map((f) => [f.id, f]));
    const focused = document.activeElement;
    arrange(this.#list, this.#cards, [...byId.keys()], (id) => this.#card(id, filters.length));
    // A card that was moved has lost the focus.
    if (focused instanceof HTMLElement && document.activeElement !== focused && this.#list.contains(focused))
      focused.focus({ preventScroll: true });
    filters.forEach((f, i) => {
      const fares = f.state === "opening" && !this.#off.hidden ? "waiting" : f.state;
      this.#cards.get(f.id)?.update(f, fares, i === 0, i === filters.length - 1);
      if (this.#states.get(f.id) !== fares && this.#states.has(f.id))
        this.#said(t("filters.said", { filter: titled(f.name), state: t(`filters.${fares}`) }));
      this.#states.set(f.id, fares);
    });
  }

  #card(id: string, among: number): Card {
    const { filters, session } = this.#desk;
    const filter = chainOf(session.state, this.#person, this.#source).find((f) => f.id === id);
    if (!filter) throw new Error(`there is no filter ${id}`);
    const kind = session.welcome?.filters.find((k) => k.name === filter.name);
    const chain = filters.of(this.#person, this.#source);
    const ends = {
      remove: () => {
        this.#chooser.focus();
        void filters.remove(this.#person, filter);
      },
      renew: () => {
        this.#chooser.focus();
        void filters.renew(this.#person, filter);
      },
    };
    return new Card(filter, kind, chain, ends, this.#adding || among === 1);
  }
}

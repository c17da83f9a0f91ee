import type { Filter, Person } from "../../protocol/room.gen";
import { touching } from "../../session/filters";
import { t } from "../../text/text";
import type { Desk } from "../desk";
import { icon } from "../icons";
import { arrange, button, make, mark, say } from "../make";
import { titled } from "./control";
import { onSource, touch } from "./words";

/** A small mark: how many filters work on what somebody sends; its name says which. */
export class TouchMark {
  readonly element = make("span", { class: "touched", role: "img", hidden: true });
  readonly #count = make("span", { "aria-hidden": "true" });

  constructor() {
    this.element.append(icon("filters"), this.#count);
  }

  update(person: Person): void {
    const filters = touching(person);
    this.element.hidden = filters.length === 0;
    if (filters.length === 0) return;
    say(this.#count, String(filters.length));
    const words = touch(person.name, filters);
    mark(this.element, "title", words);
    mark(this.element, "aria-label", words);
  }
}

/** The filters on what somebody sends, as all may know them; hosts may take them away. */
export class TouchList {
  readonly element = make("div", { class: "touches" });
  readonly #title = make("p", { class: "hint", "aria-hidden": "true" });
  readonly #list = make("ul");
  readonly #desk: Desk;
  readonly #rows = new Map<string, Row>();

  constructor(desk: Desk) {
    this.#desk = desk;
    this.element.append(this.#title, this.#list);
  }

  update(person: Person, may: boolean): void {
    const { filters } = person;
    const title = t("filters.list", { name: person.name });
    say(this.#title, title);
    mark(this.#list, "aria-label", title);
    this.element.hidden = filters.length === 0;
    const byId = new Map(filters.map((f) => [f.id, f]));
    arrange(this.#list, this.#rows, [...byId.keys()], () => {
      return new Row((filter) => void this.#desk.filters.remove(person.id, filter));
    });
    for (const [id, row] of this.#rows) {
      const filter = byId.get(id);
      if (filter) row.update(filter, person.name, may);
    }
  }
}

class Row {
  readonly element: HTMLElement;
  readonly #name = make("span", { class: "name" });
  readonly #state = make("span", { class: "filterstate" });
  readonly #take: HTMLButtonElement;
  #filter: Filter | undefined;

  constructor(take: (filter: Filter) => void) {
    this.#take = button(t("filters.take"), () => this.#filter && take(this.#filter));
    this.element = make("li", {}, this.#name, this.#state, this.#take);
  }

  update(filter: Filter, person: string, may: boolean): void {
    this.#filter = filter;
    say(this.#name, onSource(filter));
    say(this.#state, t(`filters.${filter.state}`));
    mark(this.#state, "data-state", filter.state);
    mark(this.#state, "title", filter.error || undefined);
    mark(this.#take, "aria-label", t("filters.take.from", { filter: titled(filter.name), name: person }));
    this.#take.hidden = !may;
  }
}

import type { FilterFigures } from "../../protocol/room.gen";
import type { RoomState } from "../../session/session";
import { t } from "../../text/text";
import { arrange, make, say } from "../make";
import { onSource } from "./words";

const columns = ["mean", "longest", "frames", "late", "errors", "restarts", "queue"] as const;

/** How all filters of the room fare. */
export class Fares {
  readonly element: HTMLElement;
  readonly #list = make("ul");
  readonly #rows = new Map<string, Fare>();

  constructor() {
    this.element = make("section", { class: "fares" }, make("h3", {}, t("figures.filters")), this.#list);
  }

  show(figures: Readonly<Record<string, FilterFigures>>, state: RoomState): void {
    const names = namesOf(figures, state);
    this.element.hidden = names.size === 0;
    arrange(this.#list, this.#rows, [...names.keys()], () => new Fare());
    for (const [id, name] of names) {
      const fared = figures[id];
      if (fared) this.#rows.get(id)?.show(name, fared);
    }
  }
}

/** The filters that there are figures of, by person; one that the room does not name any more has gone. */
function namesOf(figures: Readonly<Record<string, FilterFigures>>, state: RoomState): Map<string, string> {
  const names = new Map<string, string>();
  for (const person of state.people.values()) {
    for (const f of person.filters) {
      if (!Object.hasOwn(figures, f.id)) continue;
      names.set(f.id, t("figures.filter.of", { filter: onSource(f), name: person.name }));
    }
  }
  return names;
}

class Fare {
  readonly element: HTMLElement;
  readonly #name = make("p", { class: "name" });
  readonly #values = columns.map(() => make("dd"));

  constructor() {
    const cells = columns.map((column, i) => {
      const value = this.#values[i] as HTMLElement;
      return make("div", { "data-figure": column }, make("dt", {}, t(`figures.filter.${column}`)), value);
    });
    this.element = make("li", {}, this.#name, make("dl", {}, ...cells));
  }

  show(name: string, figures: FilterFigures): void {
    say(this.#name, name);
    columns.forEach((column, i) => {
      const n = figures[column];
      const value = this.#values[i] as HTMLElement;
      say(value, column === "mean" || column === "longest" ? n.toFixed(1) : String(n));
    });
  }
}

import type { FilterFigures } from "../../protocol/room.gen";
import type { RoomState } from "../../session/session";
import { t } from "../../text/text";
import { arrange, make, say } from "../make";
import { onSource } from "./words";

const columns = ["mean", "longest", "frames", "late", "errors", "restarts", "queue"] as const;

/** What the filters of everybody in the room cost, and how they fare. */
export class FilterFiguresTable {
  readonly element: HTMLElement;
  readonly #body = make("div", { class: "filterfigures" });
  readonly #rows = new Map<string, Row>();

  constructor() {
    this.element = make("section", { hidden: true }, make("h3", {}, t("figures.filters")), this.#body);
  }

  /** figures: by filter. */
  show(figures: Readonly<Record<string, FilterFigures>>, state: RoomState): void {
    const all = new Map(
      [...state.people.values()].flatMap((person) =>
        person.filters.map((f) => [f.id, { person, f }] as const),
      ),
    );
    const ids = [...all.keys()].filter((id) => id in figures);
    this.element.hidden = ids.length === 0;
    arrange(this.#body, this.#rows, ids, () => new Row());
    for (const [id, row] of this.#rows) {
      const [of, told] = [all.get(id), figures[id]];
      if (of && told)
        row.show(t("figures.filter.of", { filter: onSource(of.f), name: of.person.name }), told);
    }
  }
}

class Row {
  readonly element: HTMLElement;
  readonly #title = make("h4");
  readonly #values = new Map(columns.map((c) => [c, make("dd")]));

  constructor() {
    const cells = [...this.#values].map(([c, value]) =>
      make("div", {}, make("dt", {}, t(`figures.filter.${c}`)), value),
    );
    this.element = make("div", {}, this.#title, make("dl", {}, ...cells));
  }

  show(title: string, figures: FilterFigures): void {
    say(this.#title, title);
    for (const [c, value] of this.#values)
      say(value, c === "mean" || c === "longest" ? figures[c].toFixed(1) : String(figures[c]));
  }
}

import type { Filter, FilterKind } from "../../protocol/room.gen";
import { t } from "../../text/text";
import { button, iconButton, make, mark, say } from "../make";
import type { Chain } from "./chain";
import { titled } from "./control";
import { Knob, theirs } from "./knob";
import { moved } from "./links";
import { cost } from "./words";

/** How a filter fares; waiting: for its source to be on. */
export type Fares = Filter["state"] | "waiting";

/** What ends a filter: it goes, or the same one is put there anew. */
export interface Ends {
  remove(): void;
  renew(): void;
}

/** One filter of a chain: how it fares, its place and its parameters. */
export class Card {
  readonly element: HTMLElement;
  readonly #id: string;
  readonly #knobs = new Map<string, Knob>();
  readonly #state = make("span", { class: "filterstate" });
  readonly #why = make("p", { class: "problem" });
  readonly #again: HTMLButtonElement;
  readonly #earlier: HTMLButtonElement;
  readonly #later: HTMLButtonElement;

  /** kind: undefined where the node did not describe it; open: its settings are shown at once. */
  constructor(filter: Filter, kind: FilterKind | undefined, chain: Chain, ends: Ends, open: boolean) {
    this.#id = filter.id;
    const name = titled(filter.name);
    const move = (by: number) => {
      const button = by < 0 ? this.#earlier : this.#later;
      if (button.getAttribute("aria-disabled") !== "true") void chain.change(moved(filter.id, by));
    };
    this.#earlier = iconButton(t("filters.earlier", { filter: name }), "up", () => move(-1));
    this.#later = iconButton(t("filters.after", { filter: name }), "down", () => move(1));
    this.#again = button(t("filters.again"), () => ends.renew());
    this.#again.setAttribute("aria-label", t("filters.again.name", { filter: name }));
    this.element = make(
      "li",
      { class: "filter", "data-filter": filter.id },
      make(
        "div",
        { class: "filterhead" },
        make("h4", {}, name),
        this.#state,
        this.#earlier,
        this.#later,
        iconButton(t("filters.remove", { filter: name }), "close", () => ends.remove()),
      ),
      this.#why,
      this.#again,
      ...(kind ? described(kind) : []),
      kind && kind.parameters.length > 0 ? this.#settings(kind, chain, name, open) : undefined,
    );
  }

  /** Takes what the room says of it; first, last: in its chain. */
  update(filter: Filter, fares: Fares, first: boolean, last: boolean): void {
    mark(this.#state, "data-state", fares);
    say(this.#state, t(`filters.${fares}`));
    const why = filter.state === "failed" ? t("filters.why", { why: filter.error }) : "";
    say(this.#why, why);
    this.#why.hidden = why === "";
    this.#again.hidden = filter.state !== "failed";
    mark(this.#earlier, "aria-disabled", first ? "true" : undefined);
    mark(this.#later, "aria-disabled", last ? "true" : undefined);
    this.#earlier.hidden = this.#later.hidden = first && last;
    for (const [parameter, knob] of this.#knobs) knob.update(filter.values[parameter] ?? "");
  }

  #settings(kind: FilterKind, chain: Chain, name: string, open: boolean): HTMLElement {
    for (const parameter of kind.parameters) {
      const turning = {
        tune: (value: string) => chain.tune(this.#id, parameter.name, value),
        wanted: () => chain.wanted(this.#id, parameter.name),
      };
      this.#knobs.set(parameter.name, new Knob(parameter, turning));
    }
    const summary = make("summary", {}, t("filters.settings"));
    summary.setAttribute("aria-label", t("filters.settings.of", { filter: name }));
    const knobs = [...this.#knobs.values()].map((k) => k.element);
    return make("details", { open }, summary, make("div", { class: "knobs" }, ...knobs));
  }
}

/** What a kind of filter does, hides and costs. */
export function described(kind: FilterKind): HTMLElement[] {
  const lines = [make("p", { class: "hint" }, theirs(kind.summary))];
  if (kind.private) lines.push(make("p", { class: "hint hides" }, t("filters.private")));
  const costs = cost(kind);
  if (costs) lines.push(make("p", { class: "hint costs" }, costs));
  return lines;
}

import type { FilterKind } from "../../protocol/room.gen";
import { t } from "../../text/text";
import { button, make } from "../make";
import { described } from "./card";
import { titled } from "./control";

let ids = 0; // ids must differ within the document

/** The kinds of filters for a source, behind a button. Escape shuts them. */
export class Chooser {
  readonly element: HTMLElement;
  readonly #open: HTMLButtonElement;
  readonly #list: HTMLElement;

  constructor(source: string, kinds: readonly FilterKind[], choose: (kind: FilterKind) => void) {
    const id = `kinds-${++ids}`;
    this.#open = button(t("filters.add"), () => this.#show(this.#list.hidden === true), { icon: "larger" });
    this.#open.setAttribute("aria-controls", id);
    this.#open.setAttribute("aria-label", t("filters.add.to", { source }));
    this.#list = make("ul", { class: "kinds", id, "aria-label": t("filters.kinds", { source }) });
    for (const kind of kinds) this.#list.append(this.#entry(kind, choose));
    this.element = make("div", { class: "chooser" }, this.#open, this.#list);
    if (kinds.length === 0)
      this.element.replaceChildren(make("p", { class: "hint" }, t("filters.kinds.none")));
    this.element.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || this.#list.hidden) return;
      e.preventDefault();
      this.#show(false);
      this.#open.focus();
    });
    this.#show(false);
  }

  focus(): void {
    this.#open.focus({ preventScroll: true });
  }

  #show(on: boolean): void {
    this.#list.hidden = !on;
    this.#open.setAttribute("aria-expanded", String(on));
    if (on) this.#list.querySelector("button")?.focus();
  }

  #entry(kind: FilterKind, choose: (kind: FilterKind) => void): HTMLElement {
    const id = `kinds-${++ids}`;
    const choice = button(titled(kind.name), () => {
      this.#show(false);
      this.#open.focus();
      choose(kind);
    });
    choice.setAttribute("aria-describedby", id);
    return make("li", { "data-kind": kind.name }, choice, make("div", { id }, ...described(kind)));
  }
}

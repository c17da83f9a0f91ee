import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Panel } from "./desk";
import { iconButton, make, say } from "./make";

export type PanelName = "people" | "chat" | "items" | "filters" | "settings" | "statistics" | "more";

/** The panels beside the hall; one is open at a time, and only that one is kept up to date. */
export class Panels {
  readonly element: HTMLElement;
  readonly #title = make("h2", { id: "side-title", tabindex: -1 });
  readonly #body = make("div", { class: "body" });
  readonly #panels: Readonly<Record<PanelName, Panel>>;
  #open: PanelName | undefined;
  #from: HTMLElement | undefined;
  #state: RoomState | undefined;
  onChange: (open: PanelName | undefined) => void = () => {};

  constructor(panels: Readonly<Record<PanelName, Panel>>) {
    this.#panels = panels;
    const head = make(
      "header",
      {},
      this.#title,
      iconButton(t("close"), "close", () => this.open(undefined)),
    );
    this.element = make(
      "section",
      { class: "side", "aria-labelledby": "side-title", hidden: true },
      head,
      this.#body,
    );
  }

  get current(): PanelName | undefined {
    return this.#open;
  }

  /** Opens one, or none; the focus goes there, and back to where it came from. */
  open(name: PanelName | undefined): void {
    if (name === this.#open) return;
    const focused = this.element.contains(document.activeElement);
    if (this.#open) this.#panels[this.#open].closed?.();
    else if (document.activeElement instanceof HTMLElement) this.#from = document.activeElement;
    this.#open = name;
    this.element.hidden = name === undefined;
    if (name === undefined) {
      this.#body.replaceChildren();
      if (focused) this.#from?.focus({ preventScroll: true });
    } else this.#show(this.#panels[name]);
    this.onChange(name);
  }

  toggle(name: PanelName): void {
    this.open(this.#open === name ? undefined : name);
  }

  update(state: RoomState): void {
    this.#state = state;
    if (this.#open) this.#panels[this.#open].update(state);
  }

  #show(panel: Panel): void {
    say(this.#title, panel.title);
    this.#body.replaceChildren(panel.element);
    if (this.#state) panel.update(this.#state);
    (panel.opened?.() ?? this.#title).focus({ preventScroll: true });
  }
}

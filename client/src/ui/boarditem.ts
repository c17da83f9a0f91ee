import type { Item } from "../protocol/room.gen";
import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Desk } from "./desk";
import { icon } from "./icons";
import { button, iconButton, make, mark, say } from "./make";
import { nudged, type Step, stepOf } from "./nudge";

const steps: readonly Step[] = [
  "left",
  "right",
  "up",
  "down",
  "near",
  "far",
  "turnLeft",
  "turnRight",
  "larger",
  "smaller",
];

/** One work item of the list. */
export class BoardItem {
  readonly element: HTMLElement;
  readonly #id: string;
  readonly #desk: Desk;
  readonly #title = make("span", { class: "name" });
  readonly #by = make("span", { class: "facts" });
  readonly #show: HTMLButtonElement;
  readonly #move: HTMLButtonElement;
  readonly #remove: HTMLButtonElement;
  #pad: HTMLElement | undefined;
  /** Where the item is once all steps are done: the node's state is a round trip behind. */
  #ahead: Pick<Item, "pose" | "width"> | undefined;
  #asked = 0;

  constructor(id: string, desk: Desk) {
    this.#id = id;
    this.#desk = desk;
    const item = desk.session.state.items.get(id);
    this.#show = button(t("items.focus.short"), () => desk.actions.focus(id), { icon: "eye" });
    this.#move = button(t("items.move"), () => this.#toggle());
    this.#move.setAttribute("aria-expanded", "false");
    this.#remove = button(t("items.remove"), () => void this.#clear(), { class: "danger" });
    this.element = make(
      "li",
      { class: "item", "data-item": id },
      make("span", { class: "kind" }, icon(item?.kind === "screen" ? "screen" : "picture")),
      make("div", { class: "who" }, this.#title, this.#by),
      make("div", { class: "row" }, this.#show, this.#move, this.#remove),
    );
  }

  update(state: RoomState): void {
    const item = state.items.get(this.#id);
    if (!item) return;
    const owner = state.people.get(item.owner);
    const title = item.title || t("items.screen");
    const may = item.owner === state.you || state.people.get(state.you)?.role === "host";
    say(this.#title, title);
    say(this.#by, owner ? t("items.by", { name: owner.id === state.you ? t("you") : owner.name }) : "");
    mark(this.#show, "aria-label", t("items.focus", { title }));
    mark(this.#move, "aria-label", t("items.move.title", { title }));
    mark(this.#remove, "aria-label", t("items.remove.title", { title }));
    this.#move.hidden = this.#remove.hidden = !may;
    if (this.#asked === 0) this.#ahead = undefined;
  }

  async #clear(): Promise<void> {
    const item = this.#desk.session.state.items.get(this.#id);
    const own = item?.owner === this.#desk.session.state.you;
    if (item?.kind === "screen" && own && this.#desk.publishing.on("screen")) await this.#desk.share(false);
    else await this.#desk.ask({ type: "clear", item: this.#id });
  }

  #toggle(): void {
    if (this.#pad) {
      this.#pad.remove();
      this.#pad = undefined;
    } else {
      this.#pad = this.#makePad();
      this.element.append(this.#pad);
      this.#pad.querySelector("button")?.focus();
    }
    this.#move.setAttribute("aria-expanded", String(this.#pad !== undefined));
  }

  #makePad(): HTMLElement {
    const pad = make(
      "div",
      { class: "pad", role: "group", "aria-label": this.#move.getAttribute("aria-label") ?? "" },
      ...steps.map((step) => iconButton(t(`items.${step}`), step, () => this.#step(step, false))),
      make("p", { class: "hint" }, t("items.move.keys")),
    );
    pad.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const step = stepOf(e.key);
      if (!step) return;
      e.preventDefault();
      this.#step(step, e.shiftKey);
    });
    return pad;
  }

  #step(step: Step, small: boolean): void {
    const from = this.#ahead ?? this.#desk.session.state.items.get(this.#id);
    if (!from) return;
    this.#ahead = nudged(from, step, small);
    this.#asked++;
    void this.#desk.ask({ type: "move", item: this.#id, ...this.#ahead }).finally(() => {
      this.#asked--;
    });
  }
}

import type { RoomState } from "../session/session";
import { list, t } from "../text/text";
import type { Desk, Part } from "./desk";
import { icon } from "./icons";
import { button, make, say } from "./make";
import { company } from "./order";

/** Says that one speaks aside, with whom, and what the others hear; one cannot forget it. */
export class AsideBanner implements Part {
  readonly element: HTMLElement;
  readonly #with = make("strong");
  readonly #heard = make("span", { class: "heard" });

  constructor(desk: Desk) {
    this.element = make(
      "section",
      { class: "asidebanner", role: "status", hidden: true },
      icon("aside"),
      make("p", {}, this.#with, " ", this.#heard),
      button(t("aside.leave"), () => void desk.ask({ type: "whisper", person: "" }), { class: "primary" }),
    );
  }

  update(state: RoomState): void {
    const others = company(state);
    this.element.hidden = others === undefined;
    if (!others) return;
    const names = list(others.map((p) => p.name));
    say(this.#with, others.length > 0 ? t("aside.with", { names }) : t("aside.alone"));
    say(this.#heard, t(state.room?.murmur ? "aside.murmur" : "aside.silent"));
  }
}

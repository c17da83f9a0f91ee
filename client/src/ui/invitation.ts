import { t } from "../text/text";
import type { Desk } from "./desk";
import { button, make, say } from "./make";

/** Copies the invitation link; where the browser does not let it, the link is shown to be copied by hand. */
export class Invitation {
  readonly element = make("div", { class: "invitation" });
  readonly #desk: Desk;
  readonly #said = make("p", { class: "hint", role: "status" });
  readonly #link = make("input", { readonly: true, "aria-label": t("room.invite.manual"), hidden: true });

  constructor(desk: Desk) {
    this.#desk = desk;
    this.element.append(
      button(t("room.invite"), () => void this.#copy(), { icon: "link" }),
      this.#said,
      this.#link,
    );
  }

  async #copy(): Promise<void> {
    this.#link.hidden = true;
    let link: string;
    try {
      link = await this.#desk.actions.invitation();
    } catch (error) {
      say(this.#said, t("failed", { why: error instanceof Error ? error.message : String(error) }));
      return;
    }
    try {
      await navigator.clipboard.writeText(link);
      say(this.#said, t("room.invited"));
    } catch {
      say(this.#said, t("room.invite.manual"));
      this.#link.value = link;
      this.#link.hidden = false;
      this.#link.select();
    }
  }
}

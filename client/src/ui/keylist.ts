import { en } from "../text/tables";
import { type Key, t } from "../text/text";
import { iconButton, make } from "./make";
import { listing } from "./shortcuts";

/** The list of shortcuts, over everything else. */
export class KeyList {
  readonly element = make("dialog", { class: "keys", "aria-labelledby": "keys-title" });

  constructor() {
    const rows = listing.map(({ key, does }) =>
      make(
        "div",
        {},
        make("dt", {}, make("kbd", {}, Object.hasOwn(en, key) ? t(key as "keys.space") : key)),
        make("dd", {}, t(does as Exclude<Key, never> & "keys.chat")),
      ),
    );
    this.element.append(
      make(
        "header",
        {},
        make("h2", { id: "keys-title" }, t("keys.title")),
        iconButton(t("close"), "close", () => this.element.close()),
      ),
      make("dl", {}, ...rows),
    );
    this.element.addEventListener("click", (e) => {
      if (e.target === this.element) this.element.close();
    });
  }

  toggle(): void {
    if (this.element.open) this.element.close();
    else this.element.showModal();
  }
}

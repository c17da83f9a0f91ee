import { t } from "../text/text";
import { button, iconButton, make } from "./make";

export interface Telling {
  kind?: "plain" | "good" | "bad";
  action?: { label: string; run: () => void };
  /** Stays until it is dismissed, acted on or taken back. */
  stay?: boolean;
  /** One with the same key replaces the one before. */
  key?: string;
}

const most = 4;
const shown = 6000; // ms

/**
 * Short notices. They are spoken politely; pointer or focus on one keeps it.
 * When more than four would show, the oldest that need not stay goes.
 */
export class Notices {
  readonly element = make("div", {
    class: "notices",
    role: "log",
    "aria-label": t("notices"),
    "aria-live": "polite",
  });
  readonly #shown: { box: HTMLElement; key: string | undefined; stay: boolean; gone: () => void }[] = [];

  tell(text: string, telling: Telling = {}): void {
    const { kind = "plain", action, stay = false, key } = telling;
    if (key) this.withdraw(key);
    const box = make("div", { class: "toast", "data-kind": kind }, make("p", {}, text));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const gone = () => {
      clearTimeout(timer);
      box.remove();
      const at = this.#shown.findIndex((s) => s.box === box);
      if (at >= 0) this.#shown.splice(at, 1);
    };
    if (action) {
      box.append(
        button(action.label, () => {
          gone();
          action.run();
        }),
      );
    }
    box.append(iconButton(t("dismiss"), "close", gone, "icon small"));
    const wait = () => {
      clearTimeout(timer);
      if (!stay) timer = setTimeout(gone, shown);
    };
    for (const begin of ["pointerenter", "focusin"]) box.addEventListener(begin, () => clearTimeout(timer));
    for (const end of ["pointerleave", "focusout"]) box.addEventListener(end, wait);
    this.#shown.push({ box, key, stay, gone });
    this.element.append(box);
    wait();
    if (this.#shown.length > most) (this.#shown.find((s) => !s.stay) ?? this.#shown[0])?.gone();
  }

  /** Takes back the one with a key. */
  withdraw(key: string): void {
    this.#shown.find((s) => s.key === key)?.gone();
  }

  clear(): void {
    for (const s of [...this.#shown]) s.gone();
  }
}

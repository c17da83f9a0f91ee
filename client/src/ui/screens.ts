import type { Refused, Stage } from "../session/session";
import { en } from "../text/tables";
import { t } from "../text/text";
import { button, make, say } from "./make";

/** Ends after which the same page cannot come in again, whatever the person does. */
const final: ReadonlySet<string> = new Set([
  "token",
  "token-expired",
  "forbidden",
  "removed",
  "denied",
  "end-to-end-encryption",
]);
const stale: ReadonlySet<string> = new Set(["protocol-version", "malformed"]);

export interface ScreenActions {
  leave(): void;
  enterAgain(): void;
}

/** Tells why it ended, in the page's language; the node's words where there are no own. */
export function reasonOf(reason: Refused): string {
  const key = `end.${reason.error}`;
  return Object.hasOwn(en, key) ? t(key as "end.other") : reason.message || t("end.other");
}

export function mayEnterAgain(reason: Refused | undefined): boolean {
  return reason === undefined || !final.has(reason.error);
}

/** What is shown instead of the room, or over it, while one is not in it. */
export class Screens {
  readonly element = make("section", { class: "screen", hidden: true });
  readonly #actions: ScreenActions;
  readonly #title = make("h1", { tabindex: -1 });
  readonly #text = make("p");
  readonly #clock = make("p", { class: "clock" });
  readonly #buttons = make("div", { class: "row" });
  #timer: ReturnType<typeof setInterval> | undefined;
  #stage: Stage | undefined;

  constructor(actions: ScreenActions) {
    this.#actions = actions;
    this.element.append(
      make(
        "div",
        { class: "card" },
        make("div", { class: "waitmark", "aria-hidden": "true" }),
        this.#title,
        this.#text,
        this.#clock,
        this.#buttons,
      ),
    );
  }

  /** kept: until when the seat is kept; next: when the link tries again; both of performance.now(). */
  show(stage: Stage, room: string, reason?: Refused, kept?: number, next?: number): void {
    clearInterval(this.#timer);
    const before = this.#stage;
    this.#stage = stage;
    this.element.hidden = stage === "in";
    this.element.dataset.stage = stage;
    if (stage === "in") return;
    this.#buttons.replaceChildren();
    say(this.#clock, "");
    switch (stage) {
      case "entering":
        this.#tell(t("entering.title"), t("entering.text"));
        break;
      case "waiting":
        this.#tell(t("waiting.title"), t("waiting.text"));
        if (room) say(this.#clock, t("waiting.room", { room }));
        this.#buttons.append(button(t("waiting.leave"), () => this.#actions.leave()));
        break;
      case "away":
        this.#tell(t("away.title"), t("away.text"));
        this.#buttons.append(button(t("bar.leave"), () => this.#actions.leave(), { class: "quiet" }));
        this.#count(kept, next);
        break;
      case "ended":
        this.#end(reason);
        break;
    }
    if (before !== stage) this.#title.focus({ preventScroll: true });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tell(title: string, text: string): void {
    say(this.#title, title);
    say(this.#text, text);
  }

  #end(reason: Refused | undefined): void {
    if (reason) this.#tell(t("ended.title"), reasonOf(reason));
    else this.#tell(t("ended.left.title"), t("ended.left.text"));
    if (reason && stale.has(reason.error)) {
      this.#buttons.append(button(t("ended.reload"), () => location.reload(), { class: "primary" }));
    } else if (mayEnterAgain(reason)) {
      this.#buttons.append(button(t("ended.again"), () => this.#actions.enterAgain(), { class: "primary" }));
    }
  }

  #count(kept: number | undefined, next: number | undefined): void {
    const seconds = (until: number) => Math.ceil((until - performance.now()) / 1000);
    const draw = () => {
      const lines: string[] = [];
      if (kept !== undefined)
        lines.push(seconds(kept) > 0 ? t("away.kept", { n: seconds(kept) }) : t("away.over"));
      lines.push(
        next !== undefined && seconds(next) > 0 ? t("away.next", { n: seconds(next) }) : t("away.now"),
      );
      say(this.#clock, lines.join(" "));
    };
    draw();
    this.#timer = setInterval(draw, 1000);
  }
}

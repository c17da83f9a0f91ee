import type { Line } from "../protocol/room.gen";
import type { RoomState } from "../session/session";
import { t, timeOfDay } from "../text/text";
import type { Desk, Panel } from "./desk";
import { linked } from "./links";
import { arrange, button, make, mark, say } from "./make";
import { company } from "./order";

export const longestLine = 2000; // characters
const warnFrom = 200; // characters before the end

/** The chat. New lines are spoken politely; one sees the newest unless one has scrolled up. */
export class Chat implements Panel {
  readonly title = t("chat.title");
  readonly element = make("div", { class: "chat" });
  readonly #desk: Desk;
  readonly #list = make("ol", {
    role: "log",
    "aria-label": t("chat.lines"),
    "aria-live": "polite",
    tabindex: 0,
  });
  readonly #empty = make("p", { class: "empty" }, t("chat.empty"));
  readonly #fresh: HTMLButtonElement;
  readonly #field = make("textarea", { rows: 1, id: "chat-field" });
  readonly #label = make("label", { for: "chat-field", class: "unseen" });
  readonly #send: HTMLButtonElement;
  readonly #count = make("p", { class: "count", role: "status" });
  readonly #box = make("input", { type: "checkbox" });
  readonly #aside: HTMLElement;
  readonly #rows = new Map<string, { element: HTMLElement }>();

  constructor(desk: Desk, draft: string) {
    this.#desk = desk;
    this.#field.value = draft;
    this.#fresh = button(t("chat.new"), () => this.#toEnd(), { class: "fresh", icon: "down" });
    this.#fresh.hidden = true;
    this.#send = button(t("chat.send"), () => void this.#say(), { class: "primary" });
    this.#aside = make("label", { class: "only" }, this.#box, make("span", {}, t("chat.aside")));
    this.element.append(
      make("div", { class: "lines" }, this.#empty, this.#list, this.#fresh),
      make(
        "form",
        {},
        this.#aside,
        this.#label,
        make("div", { class: "write" }, this.#field, this.#send),
        this.#count,
      ),
    );
    this.#listen();
    this.#judge();
  }

  /** What is written and not sent. */
  get draft(): string {
    return this.#field.value;
  }

  opened(): HTMLElement {
    this.#toEnd();
    return this.#field;
  }

  update(state: RoomState): void {
    const [atEnd, before] = [this.#atEnd(), this.#rows.size];
    this.#empty.hidden = state.lines.length > 0;
    const lines = new Map(state.lines.map((l) => [l.id, l]));
    arrange(this.#list, this.#rows, [...lines.keys()], (id) => this.#row(lines.get(id), state.you));
    if (this.#rows.size !== before) {
      if (atEnd) this.#toEnd();
      else this.#fresh.hidden = this.#rows.size < before;
    }
    const inAside = company(state) !== undefined;
    if (inAside === this.#aside.hidden) this.#box.checked = inAside; // who speaks aside writes aside
    this.#aside.hidden = !inAside;
    this.#name();
  }

  #listen(): void {
    this.#field.addEventListener("input", () => this.#judge());
    this.#field.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
      e.preventDefault();
      void this.#say();
    });
    this.#box.addEventListener("change", () => this.#name());
    this.#list.addEventListener("scroll", () => {
      if (this.#atEnd()) this.#fresh.hidden = true;
    });
    this.element.querySelector("form")?.addEventListener("submit", (e) => e.preventDefault());
  }

  #name(): void {
    const words = t(this.#only ? "chat.write.aside" : "chat.write");
    say(this.#label, words);
    mark(this.#field, "placeholder", words);
    mark(this.element, "data-aside", this.#only ? "" : undefined);
  }

  get #only(): boolean {
    return this.#box.checked && !this.#aside.hidden;
  }

  #row(line: Line | undefined, you: string): { element: HTMLElement } {
    const element = make("li", { "data-line": line?.id });
    if (!line) return { element };
    if (line.from === you) element.dataset.own = "";
    if (line.aside) element.dataset.aside = "";
    const at = new Date(line.at);
    element.append(
      make(
        "p",
        { class: "head" },
        make("b", {}, line.name),
        make("time", { datetime: at.toISOString() }, timeOfDay(line.at)),
        line.aside !== "" && make("span", { class: "mark" }, t("chat.aside.mark")),
      ),
      make("p", { class: "text", dir: "auto" }, ...linked(line.text)),
    );
    return { element };
  }

  #judge(): void {
    const left = longestLine - [...this.#field.value].length;
    const words =
      left < 0 ? t("chat.long", { n: -left }) : left <= warnFrom ? t("chat.left", { n: left }) : "";
    say(this.#count, words);
    mark(this.#count, "data-over", left < 0 ? "" : undefined);
    mark(this.#field, "aria-invalid", left < 0 ? "true" : undefined);
    this.#send.disabled = left < 0 || this.#field.value.trim() === "";
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight + 2, 140)}px`;
  }

  async #say(): Promise<void> {
    const text = this.#field.value.trim();
    if (!text || [...text].length > longestLine) return;
    this.#field.value = "";
    this.#judge();
    const done = await this.#desk.ask({ type: "say", text, aside: this.#only });
    if (done || this.#field.value) return;
    this.#field.value = text; // nothing that was written is lost
    this.#judge();
  }

  #atEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #toEnd(): void {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#fresh.hidden = true;
  }
}

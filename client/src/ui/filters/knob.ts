import type { FilterParameter } from "../../protocol/room.gen";
import { language, t } from "../../text/text";
import { make, mark, offer, say, toggle } from "../make";
import { type Control, controlOf, held, same, titled, translated, written } from "./control";

/** What a knob does with what somebody sets. */
export interface Turning {
  tune(value: string): void;
  /** What is asked for and not yet so. */
  wanted(): string | undefined;
}

let ids = 0; // ids must differ within the document

/** The control of one parameter. What the room says is shown as soon as nothing is asked for. */
export class Knob {
  readonly element: HTMLElement;
  readonly #parameter: FilterParameter;
  readonly #control: Control;
  readonly #turning: Turning;
  readonly #id = `knob-${++ids}`;
  readonly #problem = make("p", { class: "hint problem", role: "alert" });
  #last = ""; // shown by the room, or asked for since
  readonly #show: (value: string) => void;

  constructor(parameter: FilterParameter, turning: Turning) {
    this.#parameter = parameter;
    this.#control = controlOf(parameter);
    this.#turning = turning;
    const parts = this.#parts();
    this.#show = parts.show;
    this.element = make(
      "div",
      { class: "knob", "data-parameter": parameter.name, "data-kind": this.#control.kind },
      ...parts.elements,
      this.#problem,
    );
  }

  /** Takes what the room says. */
  update(value: string): void {
    if (this.#turning.wanted() !== undefined) return;
    this.#last = held(this.#control, value);
    this.#show(this.#last);
  }

  #parts(): { elements: HTMLElement[]; show: (value: string) => void } {
    const control = this.#control;
    switch (control.kind) {
      case "number":
        return this.#number(control);
      case "switch":
        return this.#switch();
      case "choice":
        return this.#choice(control.choices);
      default:
        return this.#field(control.kind);
    }
  }

  /** Takes what somebody set; done: they let go of it. */
  #set(value: string, done: boolean): boolean {
    const text = written(this.#control, value);
    say(this.#problem, text === undefined ? this.#refusal() : "");
    if (text === undefined) return false;
    if ((this.#parameter.live || done) && !this.#is(text)) {
      this.#last = text;
      this.#turning.tune(text);
    }
    return true;
  }

  #is(text: string): boolean {
    return this.#control.kind === "number" ? same(text, this.#last) : text === this.#last;
  }

  #refusal(): string {
    return this.#control.kind === "number" ? this.#range() : t("filters.long");
  }

  #range(): string {
    const { min, max } = this.#parameter;
    const unit = this.#unit();
    return t("filters.takes", { min, max: unit ? `${max} ${unit}` : max });
  }

  #number({ min, max, step }: Control & { kind: "number" }) {
    const unit = this.#unit();
    const about = { "aria-describedby": `${this.#id}-help` };
    const slider = make("input", { type: "range", id: this.#id, min, max, step, ...about });
    const exact = make("input", { type: "number", min, max, step: "any", inputmode: "decimal", ...about });
    exact.setAttribute("aria-label", t("filters.exactly", { parameter: titled(this.#parameter.name) }));
    const spoken = () => mark(slider, "aria-valuetext", unit ? `${exact.value} ${unit}` : exact.value);
    const slide = (done: boolean) => {
      exact.value = slider.value;
      exact.removeAttribute("aria-invalid");
      spoken();
      this.#set(slider.value, done);
    };
    slider.addEventListener("input", () => slide(false));
    slider.addEventListener("change", () => slide(true));
    const write = (done: boolean) => {
      const well = this.#set(exact.value, done);
      exact.setAttribute("aria-invalid", String(!well));
      if (well) slider.value = exact.value;
      spoken();
    };
    exact.addEventListener("input", () => write(false));
    exact.addEventListener("change", () => write(true));
    const show = (value: string) => {
      // Half a number that somebody is writing is theirs.
      if (document.activeElement === exact && exact.getAttribute("aria-invalid") === "true") return;
      if (slider.value !== value) slider.value = value;
      if (exact.value === "" || Number(exact.value) !== Number(value)) exact.value = value;
      spoken();
    };
    const line = make("div", { class: "line" }, slider, exact, make("span", { class: "unit" }, unit));
    return { elements: [this.#label(), line, this.#help()], show };
  }

  #switch() {
    const { line, box } = toggle(titled(this.#parameter.name), "", false, (on) =>
      this.#set(String(on), true),
    );
    mark(box, "aria-describedby", `${this.#id}-help`);
    const show = (value: string) => {
      box.checked = value === "true";
    };
    return { elements: [line, this.#help()], show };
  }

  #choice(choices: readonly string[]) {
    const select = make("select", { id: this.#id, "aria-describedby": `${this.#id}-help` });
    const options = choices.map((id) => ({ id, label: titled(id) }));
    offer(select, options, this.#parameter.default);
    select.addEventListener("change", () => this.#set(select.value, true));
    return {
      elements: [this.#label(), select, this.#help()],
      show: (v: string) => offer(select, options, v),
    };
  }

  #field(kind: "colour" | "text") {
    const input = make("input", {
      id: this.#id,
      type: kind === "colour" ? "color" : undefined,
      "aria-describedby": `${this.#id}-help`,
    });
    const set = (done: boolean) => mark(input, "aria-invalid", String(!this.#set(input.value, done)));
    input.addEventListener("input", () => kind === "colour" && set(false));
    input.addEventListener("change", () => set(true));
    let shown = "";
    const show = (value: string) => {
      // What somebody is writing is theirs until they are done.
      if (value === shown && document.activeElement === input) return;
      shown = value;
      if (input.value !== value) input.value = value;
    };
    return { elements: [this.#label(), input, this.#help()], show };
  }

  #unit(): string {
    const { unit } = this.#parameter;
    return translated(unit) ?? unit;
  }

  #label(): HTMLElement {
    return make("label", { for: this.#id }, titled(this.#parameter.name));
  }

  #help(): HTMLElement {
    const { help, live } = this.#parameter;
    return make(
      "p",
      { class: "hint", id: `${this.#id}-help` },
      theirs(help),
      !live && ` ${t("filters.restart")}`,
    );
  }
}

/** A text of the node's: in English, where the page has no other words for it. */
export function theirs(text: string): HTMLElement {
  const own = translated(text);
  if (own !== undefined) return make("span", {}, /[。！？]$/.test(own) ? own : `${own}。`);
  const sentence = text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
  const shown = sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
  return make("span", { lang: language() === "en" ? undefined : "en" }, shown);
}

import "./head.css";
import { type Calibration, fitted, load, onTop, save } from "../eye/tracking/calibration";
import type { Head } from "../eye/tracking/head";
import type { State } from "../eye/tracking/tracker";
import type { Words } from "../eye/tracking/words";

/** What the panel asks for. */
export interface HeadActions {
  start(): void;
  stop(): void;
  recentre(): void;
}

const fresh = 500; // milliseconds for which a head counts as where one sits now

/** The button "Follow my head" and what it opens: consent, state and calibration. */
export class HeadPanel {
  readonly button = made("button", { type: "button", id: "button-head" });
  readonly panel = made("section", { className: "panel head", id: "head", hidden: true });
  /** The camera's picture, mirrored; in sight while the camera is on. */
  readonly video = made("video", { className: "self", muted: true, playsInline: true });
  calibration: Calibration = load();

  readonly #words: Words;
  readonly #actions: HeadActions;
  readonly #toggle = made("button", { type: "button" });
  readonly #state = made("p", { className: "state", role: "status" });
  readonly #fit: HTMLButtonElement;
  readonly #recentre: HTMLButtonElement;
  #running = false;
  #head: { head: Head; at: number } | undefined;

  constructor(words: Words, actions: HeadActions) {
    this.#words = words;
    this.#actions = actions;
    this.button.textContent = words.button;
    this.button.title = words.hint;
    this.button.setAttribute("aria-expanded", "false");
    this.button.setAttribute("aria-controls", this.panel.id);
    this.button.addEventListener("click", () => this.toggle());
    this.panel.setAttribute("aria-label", words.title);
    this.#state.ariaLive = "polite";
    this.video.ariaHidden = "true";
    this.video.tabIndex = -1;
    this.#toggle.className = "main";
    this.#toggle.addEventListener("click", () => (this.#running ? actions.stop() : actions.start()));
    this.#fit = this.#press(words.fit, () => this.#fitDistance());
    this.#recentre = this.#press(words.recentre, () => actions.recentre());
    this.panel.append(
      made("h2", { textContent: words.title }),
      made("p", { textContent: words.privacy }),
      this.#toggle,
      this.#state,
      this.#form(),
      made("p", { className: "note", textContent: words.mouse }),
    );
    this.show({ name: "off" });
  }

  toggle(): void {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
  }

  show(state: State): void {
    const words = this.#words;
    const refused = state.name === "refused";
    this.#running = state.name !== "off" && !refused;
    this.#toggle.textContent = this.#running ? words.stop : words.start;
    this.#say(refused ? words.refusals[state.why] : words.states[state.name]);
    this.#state.dataset.kind = refused || state.name === "lost" ? "bad" : this.#running ? "good" : "";
    this.button.dataset.state = state.name;
    this.video.hidden = this.#fit.disabled = this.#recentre.disabled = !this.#running;
    if (!this.#running) this.#head = undefined;
  }

  /** Where the head is now, for the buttons that ask for it. */
  see(head: Head, now = performance.now()): void {
    this.#head = { head, at: now };
  }

  #say(text: string): void {
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  #form(): HTMLElement {
    const form = made("form", {});
    form.addEventListener("submit", (e) => e.preventDefault());
    const { words, above } = { words: this.#words, above: this.#number("cameraAbove", -150, 150) };
    const width = this.#number("screenWidth", 5, 400, (metres) => {
      this.#set({ cameraAbove: onTop(metres) });
      above.value = centimetres(this.calibration.cameraAbove);
    });
    const distance = this.#number("distance", 20, 400);
    form.append(
      labelled(words.width, width),
      labelled(words.distance, distance),
      labelled(words.above, above),
      this.#fit,
      this.#recentre,
    );
    return form;
  }

  /** A field in centimetres of a length in metres. */
  #number(
    name: "screenWidth" | "distance" | "cameraAbove",
    min: number,
    max: number,
    changed: (metres: number) => void = () => {},
  ): HTMLInputElement {
    const input = made("input", { type: "number", min: String(min), max: String(max), step: "0.5", name });
    input.value = centimetres(this.calibration[name]);
    input.addEventListener("change", () => {
      const metres = Number(input.value) / 100;
      if (input.value === "" || !input.validity.valid) {
        input.reportValidity();
        return;
      }
      this.#set({ [name]: metres });
      changed(metres);
    });
    return input;
  }

  #fitDistance(): void {
    if (!this.#head || performance.now() - this.#head.at > fresh) {
      this.#say(this.#words.states.lost);
      return;
    }
    this.#set(fitted(this.#head.head, this.calibration));
    this.#actions.recentre();
    this.#say(this.#words.fitted);
  }

  #set(change: Partial<Calibration>): void {
    this.calibration = { ...this.calibration, ...change };
    save(this.calibration);
  }

  #press(text: string, run: () => void): HTMLButtonElement {
    const button = made("button", { type: "button", textContent: text });
    button.addEventListener("click", run);
    return button;
  }
}

const centimetres = (metres: number) => String(Math.round(metres * 200) / 2);

function labelled(text: string, field: HTMLElement): HTMLElement {
  const label = made("label", {});
  label.append(made("span", { textContent: text }), field);
  return label;
}

function made<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}

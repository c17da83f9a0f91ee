/** What the page says when there is no picture: what happened, and what to do. */
export interface Notice {
  title: string;
  text: string;
  /** The button, where there is something to press. */
  action?: { label: string; run: () => void };
  /** Asks for the node's key. */
  key?: boolean;
}

export class NoticeBoard {
  onKey: (key: string) => void = () => {};

  readonly #box = element("notice");
  readonly #title = element("notice-title");
  readonly #text = element("notice-text");
  readonly #button = element("notice-retry");
  readonly #form = element("notice-key") as HTMLFormElement;
  readonly #status = element("status");

  #action: () => void = () => {};

  constructor() {
    this.#button.addEventListener("click", () => this.#action());
    this.#form.addEventListener("submit", (e) => {
      e.preventDefault();
      const key = (element("key") as HTMLInputElement).value.trim();
      if (key) this.onKey(key);
    });
  }

  /** The short line in the bar. */
  status(text: string, kind: "good" | "busy" | "bad"): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.dataset.kind = kind;
  }

  show(n: Notice): void {
    this.#title.textContent = n.title;
    this.#text.textContent = n.text;
    this.#button.textContent = n.action?.label ?? "";
    this.#action = n.action?.run ?? (() => {});
    this.#button.hidden = n.action === undefined;
    this.#form.hidden = !n.key;
    this.#box.hidden = false;
  }

  hide(): void {
    this.#box.hidden = true;
  }
}

/** The element of the page with this id; the page and its script come together, so it is there. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element "${id}"`);
  return found;
}

/** The button of last resort. */
export const loadAgain = { label: "Load again", run: () => location.reload() };

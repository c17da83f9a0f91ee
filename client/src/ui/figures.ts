import type { Figures } from "../protocol/room.gen";
import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Panel } from "./desk";
import { Fares } from "./filters/fares";
import { arrange, make, say } from "./make";

interface Row {
  element: HTMLElement;
  value: HTMLElement;
}

/** What the node knows of the connection, and below it what the app mounts of its own. */
export class FiguresPanel implements Panel {
  readonly title = t("figures.title");
  readonly element: HTMLElement;
  readonly #list = make("dl", { class: "figures" });
  readonly #fares = new Fares();
  readonly #none = make("p", { class: "empty" }, t("figures.none"));
  readonly #rows = new Map<string, Row>();
  readonly #change: (open: boolean) => void;

  /** mount: the app's own figures; change: told when the panel opens and closes. */
  constructor(mount: HTMLElement, change: (open: boolean) => void) {
    this.#change = change;
    this.element = make("div", { class: "statistics" }, this.#none, this.#list, this.#fares.element, mount);
  }

  update(): void {}

  opened(): undefined {
    this.#change(true);
  }

  closed(): void {
    this.#change(false);
  }

  /** Takes what the node told; state has the names. */
  show(figures: Figures | undefined, state: RoomState): void {
    const name = (person: string) => state.people.get(person)?.name ?? person;
    const lines = figures ? linesOf(figures, name) : new Map<string, string>();
    this.#fares.show(figures?.filters ?? {}, state);
    this.#none.hidden = lines.size > 0;
    arrange(this.#list, this.#rows, [...lines.keys()], row);
    for (const [label, value] of lines) {
      const line = this.#rows.get(label);
      if (line) say(line.value, value);
    }
  }
}

function row(label: string): Row {
  const value = make("dd");
  return { element: make("div", {}, make("dt", {}, label), value), value };
}

function linesOf(f: Figures, name: (person: string) => string): Map<string, string> {
  const megabits = (bits: number) => `${(bits / 1e6).toFixed(2)} Mbit/s`;
  const lines = new Map([
    [t("figures.roundTrip"), `${f.roundTrip.toFixed(0)} ms`],
    [t("figures.loss"), `${(100 * f.loss).toFixed(1)} %`],
    [t("figures.estimate"), megabits(f.estimate)],
    [t("figures.sent"), megabits(f.sent)],
  ]);
  for (const [cube, stages] of Object.entries(f.views)) {
    const words = Object.entries(stages).map(([stage, ms]) => `${stage} ${ms.toFixed(1)} ms`);
    lines.set(t("figures.view", { cube }), words.join(", "));
  }
  for (const [person, n] of Object.entries(f.voices)) {
    lines.set(`${t("figures.voices")}: ${name(person)}`, t("figures.packets", { n }));
  }
  return lines;
}

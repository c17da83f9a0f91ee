import type { Info } from "../protocol/room.gen";
import type { RoomState } from "../session/session";
import { t } from "../text/text";
import type { Desk, Part } from "./desk";
import { button, choice, make, offer, say, toggle } from "./make";

const layouts = ["face-to-face", "round-table", "side-by-side"] as const;
const mostSeats = 12;

type Rule = "locked" | "lobby" | "murmur";

/** How the room is; hosts alone see it. */
export class Rules implements Part {
  readonly element: HTMLElement;
  readonly #desk: Desk;
  readonly #boxes = new Map<Rule, HTMLInputElement>();
  readonly #layout: ReturnType<typeof choice>;
  readonly #seats: ReturnType<typeof choice>;
  readonly #few = make("p", { class: "hint", role: "status" });
  readonly #arrange: HTMLButtonElement;
  #touched = false; // the lists say what the host is about to choose, not what the room is

  constructor(desk: Desk) {
    this.#desk = desk;
    this.element = make("details", { class: "rules" }, make("summary", {}, t("room.title")));
    for (const rule of ["locked", "lobby", "murmur"] as const) {
      const { line, box } = toggle(t(`room.${rule}`), t(`room.${rule}.hint`), false, (on) =>
        this.#rule(rule, on),
      );
      this.#boxes.set(rule, box);
      this.element.append(line);
    }
    const touch = () => {
      this.#touched = true;
      this.#judge();
    };
    this.#layout = choice(t("room.layout"), [], "", touch);
    this.#seats = choice(t("room.seats"), [], "", touch);
    this.#arrange = button(t("room.arrange"), () => void this.#rearrange());
    this.element.append(
      make("div", { class: "choices" }, this.#layout.line, this.#seats.line),
      this.#few,
      this.#arrange,
      make("p", { class: "hint" }, t("room.arrange.hint")),
    );
  }

  update(state: RoomState): void {
    const { room } = state;
    this.element.hidden = state.people.get(state.you)?.role !== "host" || !room;
    if (!room) return;
    for (const [rule, box] of this.#boxes) box.checked = room[rule];
    if (!this.#touched) this.#follow(room);
    this.#judge();
  }

  #follow(room: Info): void {
    const known: { id: string; label: string }[] = layouts.map((id) => ({
      id,
      label: t(`room.layout.${id}`),
    }));
    // One of a layout file has its own name.
    if (!known.some((l) => l.id === room.layout)) known.push({ id: room.layout, label: room.layout });
    offer(this.#layout.select, known, room.layout);
    const counts = Array.from({ length: mostSeats - 1 }, (_, i) => String(i + 2));
    const now = String(room.seats.length);
    if (!counts.includes(now)) counts.push(now);
    offer(
      this.#seats.select,
      counts.map((n) => ({ id: n, label: n })),
      now,
    );
  }

  #judge(): void {
    const { people, room } = this.#desk.session.state;
    const seated = [...people.values()].filter((p) => p.seat >= 0).length;
    const few = Number(this.#seats.select.value) < seated;
    say(this.#few, few ? t("room.seats.few", { n: seated }) : "");
    const same =
      this.#layout.select.value === room?.layout && this.#seats.select.value === String(room?.seats.length);
    this.#arrange.disabled = few || same;
  }

  #rule(rule: Rule, on: boolean): void {
    const { room } = this.#desk.session.state;
    if (!room) return;
    const { locked, lobby, murmur } = room;
    void this.#desk.ask({ type: "rule", locked, lobby, murmur, [rule]: on }).then((done) => {
      const box = this.#boxes.get(rule);
      if (!done && box) box.checked = !on;
    });
  }

  async #rearrange(): Promise<void> {
    const [layout, seats] = [this.#layout.select.value, Number(this.#seats.select.value)];
    const done = await this.#desk.ask({ type: "arrange", layout, seats });
    if (!done) return;
    this.#touched = false;
    this.update(this.#desk.session.state);
  }
}

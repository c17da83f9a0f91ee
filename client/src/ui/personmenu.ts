import type { Person, Role, Switch } from "../protocol/room.gen";
import type { RoomState, Source } from "../session/session";
import { t } from "../text/text";
import type { Desk } from "./desk";
import { TouchList } from "./filters/touched";
import { button, choice, make, offer, say } from "./make";
import { explained } from "./quality";

const roles: readonly Role[] = ["host", "speaker", "listener"];
const sureFor = 4000; // ms in which the second press removes

/** What may be done with a person: by everybody, and by hosts. */
export class PersonMenu {
  readonly element: HTMLElement;
  readonly #id: string;
  readonly #desk: Desk;
  readonly #own = make("div", { class: "row" });
  readonly #host = make("div", { class: "row" });
  readonly #choices = make("div", { class: "choices" });
  readonly #filters: TouchList;
  readonly #quality = make("p", { class: "hint" });
  readonly #role: ReturnType<typeof choice>;
  readonly #seat: ReturnType<typeof choice>;
  #volume: HTMLElement | undefined;
  #drawn = "";

  constructor(id: string, desk: Desk) {
    this.#id = id;
    this.#desk = desk;
    this.#role = choice(
      "",
      [],
      "",
      (role) => void desk.ask({ type: "appoint", person: id, role: role as Role }),
    );
    this.#seat = choice("", [], "", (seat) => this.#sit(Number(seat)));
    this.#choices.append(this.#role.line, this.#seat.line);
    this.#filters = new TouchList(desk);
    this.element = make(
      "div",
      { class: "menu" },
      this.#own,
      this.#host,
      this.#choices,
      this.#filters.element,
      this.#quality,
    );
  }

  update(state: RoomState): void {
    const [person, me] = [state.people.get(this.#id), state.people.get(state.you)];
    if (!person || !me) return;
    const [own, host] = [person.id === me.id, me.role === "host"];
    this.#drawVolume(person, own);
    this.#drawButtons(person, me);
    this.#role.line.hidden = !host;
    this.#seat.line.hidden = !host && !(own && me.role !== "listener");
    say(this.#role.line.firstElementChild as HTMLElement, t("people.role", { name: person.name }));
    say(
      this.#seat.line.firstElementChild as HTMLElement,
      own ? t("people.own") : t("people.toSeat", { name: person.name }),
    );
    offer(
      this.#role.select,
      roles.map((role) => ({ id: role, label: t(`people.${role}`) })),
      person.role,
    );
    offer(this.#seat.select, seats(person, state), String(person.seat));
    this.#choices.hidden = this.#role.line.hidden && this.#seat.line.hidden;
    this.#filters.update(person, own || host);
    say(this.#quality, explained(person.quality));
  }

  /** Buttons are made anew only where other ones are wanted, so that the focus stays. */
  #drawButtons(person: Person, me: Person): void {
    const [own, host] = [person.id === me.id, me.role === "host"];
    const together = person.aside !== "" && person.aside === me.aside;
    const drawn = JSON.stringify([
      own,
      host,
      together,
      person.aside !== "",
      person.microphone,
      person.camera,
      person.screen,
      person.hand > 0,
      person.name,
      person.role,
    ]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#own.replaceChildren(...(own ? [] : this.#forAll(person, together)));
    this.#host.replaceChildren(...(host ? this.#forHosts(person, own) : []));
    this.#own.hidden = this.#own.childElementCount === 0;
    this.#host.hidden = this.#host.childElementCount === 0;
  }

  #forAll(person: Person, together: boolean): HTMLElement[] {
    const whisper = together
      ? "people.whisper.leave"
      : person.aside
        ? "people.whisper.join"
        : "people.whisper";
    return [
      button(t("people.focus"), () => this.#desk.actions.focus(person.id), { icon: "eye" }),
      button(t(whisper), () => void this.#desk.ask({ type: "whisper", person: together ? "" : person.id }), {
        icon: "aside",
      }),
    ];
  }

  #forHosts(person: Person, own: boolean): HTMLElement[] {
    const block = (source: Source, stop: string, allow: string, on: Switch) =>
      on === "off" && source !== "microphone"
        ? undefined
        : button(
            on === "blocked" ? allow : stop,
            () =>
              void this.#desk.ask({ type: "block", person: person.id, source, blocked: on !== "blocked" }),
          );
    const others = own
      ? []
      : [
          person.role !== "listener" &&
            block("microphone", t("people.mute"), t("people.unmute"), person.microphone),
          block("camera", t("people.stopVideo"), t("people.allowVideo"), person.camera),
          block("screen", t("people.stopScreen"), t("people.allowScreen"), person.screen),
          person.hand > 0 &&
            button(t("people.handDown"), () => {
              void this.#desk.ask({ type: "raise", up: false, person: person.id });
            }),
          button(
            t("people.lobby"),
            () => void this.#desk.ask({ type: "remove", person: person.id, lobby: true }),
          ),
          this.#remove(person),
        ];
    return others.filter((b): b is HTMLButtonElement => b instanceof HTMLElement);
  }

  /** Removing asks for a second press. */
  #remove(person: Person): HTMLButtonElement {
    let sure = false;
    const made = button(
      t("people.remove"),
      () => {
        if (sure) void this.#desk.ask({ type: "remove", person: person.id, lobby: false });
        sure = !sure;
        say(made, sure ? t("people.remove.sure", { name: person.name }) : t("people.remove"));
        setTimeout(() => {
          sure = false;
          say(made, t("people.remove"));
        }, sureFor);
      },
      { class: "danger" },
    );
    return made;
  }

  #drawVolume(person: Person, own: boolean): void {
    if (own || this.#volume) return;
    const { memory, voices } = this.#desk;
    const percent = Math.round(100 * memory.volume(person.name));
    const slider = make("input", { type: "range", min: 0, max: 200, step: 5, value: percent });
    const shown = make("output", {}, t("people.volume.value", { n: percent }));
    slider.addEventListener("input", () => {
      const volume = Number(slider.value) / 100;
      say(shown, t("people.volume.value", { n: slider.value }));
      memory.setVolume(person.name, volume);
      voices.setVolume(person.id, volume);
    });
    this.#volume = make(
      "label",
      { class: "volume" },
      make("span", {}, t("people.volume", { name: person.name })),
      slider,
      shown,
    );
    this.#own.after(this.#volume);
  }

  #sit(seat: number): void {
    const { session } = this.#desk;
    const person = this.#id === session.state.you ? "" : this.#id;
    void this.#desk.ask({ type: "sit", person, seat });
  }
}

function seats(person: Person, state: RoomState) {
  const by = new Map([...state.people.values()].map((p) => [p.seat, p]));
  const all = (state.room?.seats ?? []).map((_, seat) => {
    const who = by.get(seat);
    const label = who
      ? `${t("people.seat", { seat: seat + 1 })}: ${who.name}`
      : t("people.free", { seat: seat + 1 });
    return { id: String(seat), label, disabled: who !== undefined && who.id !== person.id };
  });
  return [{ id: "-1", label: t("people.noSeat") }, ...all];
}

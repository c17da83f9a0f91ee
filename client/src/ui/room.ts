import "./form.css";
import "./room.css";
import "./panels.css";
import "./filters/filters.css";
import { Publishing } from "../devices/publishing";
import type { Done } from "../protocol/room.gen";
import type { Listener, Refused, Request, RoomState, Session, Source, Stage } from "../session/session";
import { speak, t } from "../text/text";
import { type Actions, type Desk, dismissed, type Equipment, words } from "./desk";
import { Chains } from "./filters/chain";
import { Counter, Frame } from "./frame";
import { hearKeys } from "./keyboard";
import { Notices } from "./notices";
import { Pickers } from "./pickers";
import type { Joining } from "./prejoin";
import type { Tracking } from "./settings";
import type { Command } from "./shortcuts";

const sources: readonly Source[] = ["microphone", "camera", "screen"];

/** The controls of a room: everything around the hall. */
export class RoomControls {
  /** Where the app mounts what is its own: the head tracking's panel, and figures. They outlive the language. */
  readonly mounts = { tracking: document.createElement("div"), statistics: document.createElement("div") };
  readonly #root: HTMLElement;
  readonly #desk: Desk;
  readonly #counter = new Counter();
  readonly #stops: (() => void)[] = [];
  #frame: Frame;
  #joining: Joining | undefined;
  #talking = false;
  #tracking: Tracking = { on: false, words: "" };
  #kept: number | undefined;

  constructor(root: HTMLElement, session: Session, actions: Actions, equipment: Equipment) {
    this.#root = root;
    const notices = new Notices();
    this.#desk = {
      ...equipment,
      session,
      actions,
      notices,
      filters: new Chains(
        () => session.state,
        (request) => this.#ask(request),
      ),
      publishing: new Publishing(session, equipment.devices),
      ask: (request) => this.#ask(request),
      publish: (source, on) => this.#publish(source, on),
      share: (on) => this.#share(on),
      raise: (up) => this.#raise(up),
      leave: () => void this.#leave(),
      renew: () => this.#renew(),
    };
    this.#restore();
    this.#frame = this.#build("");
    this.#desk.publishing.onChange = () => this.#draw();
    this.#stops.push(
      session.listen(this.#listener()),
      equipment.devices.listen({ ended: (source) => void this.#ended(source) }),
      hearKeys({
        single: () => equipment.memory.choices.keys,
        run: (command) => this.#run(command),
        talk: (on) => void this.#talk(on),
      }),
    );
    this.#stage(session.stage);
    this.#update(session.state);
  }

  /** How the viewer entered: once in, what was on is published, and who only listens stands up. */
  begin(joining: Joining): void {
    this.#joining = joining;
    if (this.#desk.session.stage === "in") void this.#begin();
  }

  /** Takes what the head tracking tells of itself. */
  showTracking(tracking: Tracking): void {
    this.#tracking = tracking;
    this.#frame.settings.show(tracking);
  }

  /** Takes the controls away and gives the devices back. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#frame.close();
    this.#root.replaceChildren();
    await this.#desk.publishing.dropAll();
  }

  #build(draft: string): Frame {
    const frame = new Frame(this.#desk, this.#counter, this.mounts, (command) => this.#run(command), draft);
    this.#root.classList.add("controls");
    this.#root.replaceChildren(...frame.elements);
    frame.settings.show(this.#tracking);
    return frame;
  }

  #renew(): void {
    const { choices } = this.#desk.memory;
    if (choices.language) speak(choices.language);
    const [open, draft] = [this.#frame.panels.current, this.#frame.chat.draft];
    this.#frame.close();
    this.#desk.notices.clear();
    this.#frame = this.#build(draft);
    this.#stage(this.#desk.session.stage);
    this.#frame.update(this.#desk.session.state, this.#talking);
    this.#frame.panels.open(open);
  }

  #restore(): void {
    const { memory, voices, notices, actions } = this.#desk;
    voices.mono = memory.choices.mono;
    Pickers.restore(voices, memory);
    document.documentElement.toggleAttribute("data-still", memory.choices.motion);
    actions.reduceMotion(memory.choices.motion || matchMedia("(prefers-reduced-motion: reduce)").matches);
    actions.declare(memory.choices.screen);
    voices.onBlocked = (blocked) => {
      if (!blocked) notices.withdraw("sound");
      else if (this.#desk.session.stage === "in") {
        const action = { label: t("notice.sound"), run: () => void voices.start() };
        notices.tell(t("notice.blocked"), { key: "sound", stay: true, action });
      }
    };
  }

  #listener(): Listener {
    return {
      stage: (stage, reason, retryIn) => this.#stage(stage, reason, retryIn),
      state: (state) => this.#update(state),
      figures: (figures) => this.#frame.showFigures(figures),
    };
  }

  #stage(stage: Stage, reason?: Refused, retryIn?: number): void {
    const { session, notices } = this.#desk;
    const now = performance.now();
    const away = this.#kept !== undefined;
    if (stage === "away") this.#kept ??= now + 1000 * (session.welcome?.keptSeconds ?? 0);
    else this.#kept = undefined;
    const room = session.state.room?.name ?? session.welcome?.room ?? "";
    this.#frame.stage(stage, room, reason, this.#kept, retryIn === undefined ? undefined : now + retryIn);
    // Sent back to the lobby: nothing goes on being sent, and nothing comes on by itself later.
    if (stage === "waiting") {
      for (const source of sources) if (this.#desk.publishing.on(source)) void this.#drop(source);
    }
    if (stage === "in") {
      void this.#desk.voices.start();
      if (away) notices.tell(t("notice.back"), { kind: "good" });
      void this.#begin();
    }
    if (stage === "ended") {
      notices.clear();
      void this.#desk.publishing.dropAll();
    }
  }

  #update(state: RoomState): void {
    const { memory, voices, publishing, filters } = this.#desk;
    filters.update();
    const me = state.people.get(state.you);
    for (const source of sources) {
      const mayNot = me && (me[source] === "blocked" || me.role === "listener");
      if (mayNot && publishing.on(source)) void this.#drop(source);
    }
    for (const person of state.people.values()) voices.setVolume(person.id, memory.volume(person.name));
    this.#draw(state);
  }

  #draw(state = this.#desk.session.state): void {
    this.#frame.update(state, this.#talking);
  }

  async #begin(): Promise<void> {
    const joining = this.#joining;
    if (!joining) return;
    this.#joining = undefined;
    if (joining.listen) await this.#ask({ type: "sit", person: "", seat: -1 });
    if (joining.microphone) await this.#publish("microphone", true);
    if (joining.camera) await this.#publish("camera", true);
  }

  async #ask(request: Request): Promise<Done | undefined> {
    try {
      return await this.#desk.session.ask(request);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#desk.notices.tell(t("failed", { why }), { kind: "bad" });
      return undefined;
    }
  }

  async #publish(source: Source, on: boolean): Promise<boolean> {
    try {
      await this.#desk.publishing.set(source, on);
      return true;
    } catch (error) {
      if (!dismissed(error))
        this.#desk.notices.tell(`${t(`bar.${source}`)}: ${words(error, source)}`, { kind: "bad" });
      return false;
    }
  }

  async #share(on: boolean): Promise<void> {
    const { session, devices } = this.#desk;
    if (!(await this.#publish("screen", on))) return;
    const { you, items, people } = session.state;
    const own = [...items.values()].find((i) => i.kind === "screen" && i.owner === you);
    if (!on) {
      if (own) await this.#ask({ type: "clear", item: own.id });
      return;
    }
    if (own) return;
    const { width = 16, height = 9 } = devices.track("screen")?.getSettings() ?? {};
    const title = t("items.screenOf", { name: people.get(you)?.name ?? "" });
    const placed = await this.#ask({
      type: "place",
      kind: "screen",
      title,
      picture: "",
      aspect: width / height,
    });
    if (!placed) await this.#publish("screen", false);
  }

  /** Stops and gives back a source; it is off whatever the node answers. */
  async #drop(source: Source): Promise<void> {
    await this.#desk.publishing.drop(source).catch(() => {});
  }

  async #ended(source: Source): Promise<void> {
    if (!this.#desk.publishing.on(source)) return;
    this.#desk.notices.tell(t(`device.ended.${source}`), source === "screen" ? {} : { kind: "bad" });
    if (source === "screen") await this.#share(false);
    else await this.#drop(source);
  }

  #raise(up: boolean): void {
    this.#frame.reporter.ownHand = !up;
    void this.#ask({ type: "raise", up, person: "" });
  }

  async #talk(on: boolean): Promise<void> {
    const { publishing, session } = this.#desk;
    const me = session.state.people.get(session.state.you);
    if (on && (publishing.on("microphone") || !me || me.role === "listener" || me.microphone === "blocked"))
      return;
    if (!on && !this.#talking) return;
    this.#talking = on;
    this.#draw();
    await this.#publish("microphone", on);
  }

  async #leave(): Promise<void> {
    await this.#desk.publishing.dropAll();
    this.#desk.actions.leave();
  }

  #run(command: Command): void {
    if (this.#desk.session.stage !== "in") return;
    const { publishing, session } = this.#desk;
    const me = session.state.people.get(session.state.you);
    switch (command) {
      case "microphone":
      case "camera":
        if (publishing.on(command) || (me && me[command] !== "blocked" && me.role !== "listener")) {
          void this.#publish(command, !publishing.on(command));
        }
        break;
      case "screen":
        if (publishing.on("screen") || (me && me.screen !== "blocked" && me.role !== "listener")) {
          void this.#share(!publishing.on("screen"));
        }
        break;
      case "hand":
        this.#raise((me?.hand ?? 0) === 0);
        break;
      case "keys":
        this.#frame.keys.toggle();
        break;
      case "full":
        toggleFullScreen();
        break;
      case "close":
        this.#frame.panels.open(undefined);
        break;
      case "talk":
        break;
      default:
        this.#frame.panels.toggle(command);
    }
  }
}

function toggleFullScreen(): void {
  if (!document.fullscreenEnabled) return;
  const done = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  done.catch(() => {}); // the browser may refuse, and shows so itself
}

import type { Figures } from "../protocol/room.gen";
import type { Refused, RoomState, Stage } from "../session/session";
import { AsideBanner } from "./asidebanner";
import { Bar } from "./bar";
import { Board } from "./board";
import { Chat } from "./chat";
import type { Desk } from "./desk";
import { FiguresPanel } from "./figures";
import { FiltersPanel } from "./filters/panel";
import { Header } from "./header";
import { KeyList } from "./keylist";
import { make } from "./make";
import { More } from "./more";
import { Panels } from "./panels";
import { People } from "./people";
import { Reporter } from "./reporter";
import { Screens } from "./screens";
import { Settings } from "./settings";
import type { Command } from "./shortcuts";
import { Unread } from "./unread";

/** What outlives the frame: a change of the language makes it anew. */
export class Counter {
  readonly unread = new Unread();
  figures: Figures | undefined;
}

/** All parts of the controls, in one language. */
export class Frame {
  readonly panels: Panels;
  readonly chat: Chat;
  readonly settings: Settings;
  readonly keys = new KeyList();
  readonly reporter: Reporter;
  readonly elements: readonly HTMLElement[];
  readonly #desk: Desk;
  readonly #counter: Counter;
  readonly #room = make("div", { class: "inroom" });
  readonly #bar: Bar;
  readonly #header = new Header();
  readonly #banner: AsideBanner;
  readonly #figures: FiguresPanel;
  readonly #screens: Screens;

  constructor(
    desk: Desk,
    counter: Counter,
    mounts: { tracking: HTMLElement; statistics: HTMLElement },
    run: (command: Command) => void,
    draft: string,
  ) {
    this.#desk = desk;
    this.#counter = counter;
    this.reporter = new Reporter(desk);
    this.chat = new Chat(desk, draft);
    this.settings = new Settings(
      desk,
      mounts.tracking,
      () => run("keys"),
      () => run("statistics"),
    );
    this.#figures = new FiguresPanel(mounts.statistics, (open) => {
      this.showFigures(counter.figures);
      desk.actions.statistics(open);
    });
    this.panels = new Panels({
      people: new People(desk),
      chat: this.chat,
      items: new Board(desk),
      filters: new FiltersPanel(desk),
      settings: this.settings,
      statistics: this.#figures,
      more: new More(run),
    });
    this.#bar = new Bar(desk, run, () => this.panels.toggle("more"));
    this.#banner = new AsideBanner(desk);
    this.#screens = new Screens({ leave: () => desk.leave(), enterAgain: () => desk.actions.enterAgain() });
    this.panels.onChange = (open) => {
      if (open === "chat") counter.unread.clear();
      this.#room.toggleAttribute("data-side", open !== undefined);
      this.#bar.show(open, counter.unread.count, false);
    };
    const top = make("div", { class: "top" }, this.#header.element, this.#banner.element);
    this.#room.append(top, this.#bar.element, this.panels.element);
    this.elements = [this.#room, desk.notices.element, this.#screens.element, this.keys.element];
  }

  update(state: RoomState, talking: boolean): void {
    this.#counter.unread.take(state.lines, state.you, this.panels.current === "chat");
    this.#header.update(state);
    this.#banner.update(state);
    this.#bar.update(state);
    this.#bar.show(this.panels.current, this.#counter.unread.count, talking);
    this.panels.update(state);
    this.reporter.update(state);
  }

  /** Shows where the page stands with the room. The room itself stays in sight, and out of reach, while one is away. */
  stage(stage: Stage, room: string, reason?: Refused, kept?: number, next?: number): void {
    if (stage !== "in" && stage !== "away") this.panels.open(undefined);
    this.#room.hidden = stage !== "in" && stage !== "away";
    this.#room.inert = stage === "away";
    this.#screens.show(stage, room, reason, kept, next);
  }

  showFigures(figures: Figures | undefined): void {
    this.#counter.figures = figures;
    if (this.panels.current !== "statistics") return;
    this.#figures.show(figures, this.#desk.session.state);
  }

  close(): void {
    this.panels.open(undefined);
    this.keys.element.close();
    this.settings.dispose();
    this.#screens.close();
  }
}

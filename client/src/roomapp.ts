import { Hall } from "./hall/hall";
import type { RoomHooks } from "./hooks";
import { type Options, withoutToken } from "./options";
import type { Figures } from "./protocol/room.gen";
import { Link, roomAddress } from "./session/link";
import { Meter } from "./stats/meter";
import { median } from "./stats/series";
import { element, loadAgain, type NoticeBoard } from "./ui/notice";

/** The page of a room: the link, the hall, and the controls around it. */
export class RoomApp {
  readonly link: Link;
  readonly hall: Hall;
  readonly #board: NoticeBoard;
  readonly #meters = new Map<string, Meter>();
  #figures: Figures | undefined;
  #contextTimer: number | undefined;

  constructor(room: string, options: Options, board: NoticeBoard) {
    this.#board = board;
    if (options.token) history.replaceState(history.state, "", withoutToken(new URL(location.href)));
    document.title = `${room} – VirtualCube`;
    for (const part of document.querySelectorAll<HTMLElement>(".bar, .tools, #video")) part.hidden = true;
    this.link = new Link({
      address: roomAddress(document.baseURI),
      room,
      token: options.token ?? "",
      name: "",
    });
    const canvas = element("canvas") as HTMLCanvasElement;
    canvas.setAttribute("role", "application");
    this.hall = new Hall(canvas, this.link, options, {
      seen: (cube, seen, now) => this.#meter(cube).see(seen, now),
      contextLost: () => this.#contextLost(),
      contextRestored: () => {
        window.clearTimeout(this.#contextTimer);
        this.#board.hide();
      },
    });
    this.link.listen({
      figures: (figures) => {
        this.#figures = figures;
      },
    });
  }

  start(): void {
    window.virtualcube = { ...window.virtualcube, room: this.#hooks() };
    window.setInterval(() => void this.#second(), 1000);
    // The controls' place: they ask for name and devices, and open the link with them.
    this.link.open();
  }

  #meter(cube: string): Meter {
    const known = this.#meters.get(cube);
    if (known) return known;
    const meter = new Meter(this.link.clock);
    this.#meters.set(cube, meter);
    return meter;
  }

  async #second(): Promise<void> {
    const now = performance.now();
    for (const meter of this.#meters.values()) meter.tick(now, undefined);
  }

  #contextLost(): void {
    this.#contextTimer = window.setTimeout(() => {
      this.#board.show({
        title: "The graphics card was taken away",
        text: "The browser lost its 3D graphics and did not get them back. Close other pages that use much of the graphics card, then load this one again.",
        action: loadAgain,
      });
    }, 5000);
  }

  #hooks(): RoomHooks {
    const { link, hall } = this;
    return {
      state: () => link.state,
      stage: () => ({
        stage: link.stage,
        media: link.connection,
        resumed: link.welcome?.resumed ?? false,
        nonsense: link.nonsense,
      }),
      project: (person, point) => hall.project(person, point),
      setEye: (p) => {
        hall.eye.set(p);
        hall.redraw();
      },
      setLook: (look) => {
        hall.looks.override = look;
      },
      figures: () => ({
        people: hall.shown(),
        views: Object.fromEntries(
          [...this.#meters].map(([cube, m]) => [
            cube,
            { shown: m.shown, held: m.held, latency: median(m.samples.slice(-60)) },
          ]),
        ),
        node: this.#figures,
        contextLost: hall.lost,
        software: hall.software,
      }),
      streams: () =>
        link.streams.map(({ stream, track }) => ({ ...stream, live: track.readyState === "live" })),
      screen: () => hall.screen,
    };
  }
}

import { monitorOfDiagonal } from "./assembly/monitor";
import { Devices } from "./devices/devices";
import { chinese, english } from "./eye/tracking/words";
import { Hall } from "./hall/hall";
import { followHead, type HeadHook } from "./head";
import type { RoomHooks } from "./hooks";
import { type Options, withoutToken } from "./options";
import { probesOf } from "./probes";
import type { Figures } from "./protocol/room.gen";
import { chainsOf } from "./session/filters";
import { Link, roomAddress } from "./session/link";
import { recall } from "./session/memory";
import type { Source } from "./session/session";
import { type Figures as Measured, Meter } from "./stats/meter";
import { median } from "./stats/series";
import { language, languageOf, speak, t } from "./text/text";
import { Memory, storageOf } from "./ui/choices";
import type { Actions } from "./ui/desk";
import { element, loadAgain, type NoticeBoard } from "./ui/notice";
import { type Joining, Prejoin, skipped } from "./ui/prejoin";
import { RoomControls } from "./ui/room";
import { Hearing } from "./voice/hearing";
import { Lips } from "./voice/lips";
import { Voices } from "./voice/voices";

const earsEvery = 100; // ms between moves of the ears to where the eye is

/** The page of a room: who one is, then the link, the hall, the voices and the controls around it. */
export class RoomApp {
  readonly link: Link;
  readonly hall: Hall;
  readonly #room: string;
  readonly #options: Options;
  readonly #board: NoticeBoard;
  readonly #memory = new Memory(storageOf(window));
  readonly #devices: Devices;
  readonly #voices = new Voices();
  readonly #lips = new Lips();
  readonly #meters = new Map<string, Meter>();
  readonly #measured = new Map<string, Measured>(); // of the last second, by cube
  #head: () => HeadHook | undefined = () => undefined;
  #figures: Figures | undefined;
  #contextTimer: number | undefined;
  #watched: HTMLElement | undefined; // where the page's own figures are shown

  constructor(room: string, options: Options, board: NoticeBoard) {
    this.#room = room;
    this.#options = options;
    this.#board = board;
    const { choices } = this.#memory;
    const address = new URL(location.href);
    speak(languageOf(address.searchParams.get("lang"), choices.language, navigator.languages));
    if (options.token) history.replaceState(history.state, "", withoutToken(address));
    document.title = `${room} – VirtualCube`;
    for (const part of document.querySelectorAll<HTMLElement>(".bar, .tools, #video")) part.hidden = true;
    this.#devices = new Devices(navigator.mediaDevices, {
      camera: choices.cameraId,
      microphone: choices.microphoneId,
    });
    this.link = new Link({
      address: roomAddress(document.baseURI),
      room,
      token: options.token ?? "",
      name: "",
    });
    const canvas = element("canvas") as HTMLCanvasElement;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", "The room in 3D, live.");
    const own = (source: Source) => this.link.own(source);
    this.hall = new Hall(
      canvas,
      this.link,
      { ...options, own },
      {
        seen: (cube, seen, now) => this.#meter(cube).see(seen, now),
        contextLost: () => this.#contextLost(),
        contextRestored: () => {
          window.clearTimeout(this.#contextTimer);
          this.#board.hide();
        },
      },
    );
    this.link.listen({
      figures: (figures) => {
        this.#figures = figures;
      },
    });
  }

  async start(): Promise<void> {
    window.virtualcube = { ...window.virtualcube, room: this.#hooks() };
    window.setInterval(() => this.#second(), 1000);
    const root = document.createElement("div");
    root.id = "room";
    document.body.append(root);
    const joining = await this.#ask(root);
    const equipment = { devices: this.#devices, voices: this.#voices, memory: this.#memory };
    const controls: RoomControls = new RoomControls(
      root,
      this.link,
      this.#actions(() => controls),
      equipment,
    );
    new Hearing(this.link, this.#voices);
    window.setInterval(() => {
      this.#voices.eye = this.hall.eye.position;
    }, earsEvery);
    void this.#voices.start();
    this.#follow(controls);
    controls.begin(joining);
    this.link.open(joining.name);
  }

  /** How the viewer enters. Who comes back to a seat is not asked again. */
  async #ask(root: HTMLElement): Promise<Joining> {
    const { choices } = this.#memory;
    const now = skipped(new URL(location.href), this.#memory);
    if (now) return now;
    if (recall(this.#room).resume) {
      return { name: choices.name, camera: false, microphone: false, listen: false };
    }
    const page = new Prejoin(root, {
      room: this.#room,
      devices: this.#devices,
      voices: this.#voices,
      memory: this.#memory,
      probes: probesOf(document.baseURI),
    });
    const joining = await page.ask();
    page.close();
    return joining;
  }

  #actions(controls: () => RoomControls): Actions {
    const { hall, link } = this;
    return {
      recentre: () => hall.eye.reset(),
      declare: ({ diagonal, distance }) => {
        const aspect = screen.width / Math.max(screen.height, 1);
        hall.declare(monitorOfDiagonal(diagonal, distance, aspect) ?? this.#options.monitor);
      },
      reduceMotion: () => hall.redraw(), // glides look at what the controls set on the document
      focus: (id) => hall.focus(id),
      statistics: (open) => {
        this.#watched = open ? controls().mounts.statistics : undefined;
        this.#drawFigures();
      },
      invitation: async () => this.#invitation(),
      leave: () => link.leave(),
      enterAgain: () => link.open(),
    };
  }

  /** Who has a token asks the node for one that others may have; without any, the address is enough. */
  async #invitation(): Promise<string> {
    const address = new URL(document.baseURI);
    address.search = address.hash = "";
    if (!recall(this.#room).token) {
      address.searchParams.set("room", this.#room);
      return address.href;
    }
    const { id } = await this.link.ask({ type: "invite" });
    address.hash = new URLSearchParams({ room: this.#room, token: id }).toString();
    return address.href;
  }

  #follow(controls: RoomControls): void {
    this.#head = followHead(this.hall.eye, controls.mounts.tracking, {
      words: language() === "zh" ? chinese : english,
      published: () => this.#devices.track("camera"),
      own: true,
      key: "",
      seen: (head) => {
        this.hall.looks.tracked = head && {
          point: head.eye,
          direction: head.forward,
          confidence: head.confidence,
        };
      },
    });
  }

  #meter(cube: string): Meter {
    const known = this.#meters.get(cube);
    if (known) return known;
    const meter = new Meter(this.link.clock);
    this.#meters.set(cube, meter);
    return meter;
  }

  #second(): void {
    const now = performance.now();
    for (const [cube, meter] of this.#meters) this.#measured.set(cube, meter.tick(now, undefined));
    this.#drawFigures();
    void this.#matchLips();
  }

  /** What the page itself measures of each cube's views, while somebody looks. */
  #drawFigures(): void {
    this.#watched?.replaceChildren(
      ...[...this.#measured].map(([cube, figures]) => {
        const line = document.createElement("p");
        const number = (v: number | undefined) => (v === undefined ? "–" : v.toFixed(0));
        line.textContent = t("figures.page", {
          cube,
          views: number(figures.viewsPerSecond),
          latency: number(figures.latency),
        });
        return line;
      }),
    );
  }

  async #matchLips(): Promise<void> {
    await this.#lips.measure(this.link.streams, ({ person, cube, source }) => {
      if (source === "camera") {
        const latency = this.hall.latency(person);
        return latency === undefined ? undefined : { way: 0, roundTrip: 0, latency }; // both came together
      }
      const latency = this.#measured.get(cube)?.latency;
      const way = this.#figures?.ways?.[person];
      if (way === undefined || latency === undefined) return undefined;
      return { way, latency, roundTrip: this.#figures?.roundTrip ?? 0 };
    });
    for (const person of this.link.state.people.keys()) this.hall.wait(person, this.#lips.wait(person));
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
      eye: () => hall.eye.position,
      setLook: (look) => {
        hall.looks.override = look;
      },
      ask: (request) => link.ask(request),
      filters: () => chainsOf(link.state, link.state.you),
      setFilters: (source, links) => link.ask({ type: "filter", person: "", source, links }),
      ears: () => Object.fromEntries(this.#voices.levels()),
      head: () => this.#head(),
      figures: () => ({
        people: hall.shown(),
        views: Object.fromEntries(
          [...this.#meters].map(([cube, m]) => [
            cube,
            { shown: m.shown, held: m.held, latency: median(m.samples.slice(-60)) },
          ]),
        ),
        lips: this.#lips.timings(),
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

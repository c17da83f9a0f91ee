/**
 * The voices of the others, each from its seat: one AudioContext, and a voice
 * a microphone stream.
 *
 *     remote track ─► MediaStreamAudioSourceNode ─► gain ─► PannerNode (HRTF) ─► out
 *          └─► muted <audio>, without which Chromium decodes nothing
 *
 * Chromium plays a voice in the middle until it has loaded its HRTF set, which
 * takes a moment after the context began.
 *
 * # Echo
 *
 * Tried in Chromium 156, headless, on Linux alone: which ear hears whom is
 * tested there (client/test/voices.mjs), echo is not, as there is no
 * loudspeaker. Not tried: Chrome on other systems, Edge, Firefox, Safari.
 *
 * Chromium long left WebAudio's output out of its echo cancellation (issue
 * 687574 of its tracker: what is played is known to the canceller only where a
 * peer connection plays it); processing in the audio service ("Chrome-wide
 * echo cancellation") covers it where the browser has that. Known workaround,
 * not taken: the mix goes through a pair of peer connections in the page into
 * an <audio> element (Hubs and BigBlueButton do). It recodes the mix, adds a
 * jitter buffer's delay, and could not be proved here. Who hears themselves
 * back asks the others to use headphones.
 */
import type { Vector } from "../protocol/protocol.gen";
import type { Arriving } from "../session/session";
import { face, put, set } from "./direction";
import { type Ears, Voice } from "./voice";

/** Where somebody is heard who has no seat yet: at the screen, before the viewer. */
const ahead: Vector = [0, 0, 1];

interface Heard {
  readonly track: MediaStreamTrack;
  readonly person: string;
  readonly sink: HTMLAudioElement;
  readonly voice: Voice;
}

/** AudioContext with what not every browser has. */
type Context = AudioContext & { setSinkId?(id: string): Promise<void> };

export class Voices {
  readonly #make: () => AudioContext;
  #context: Context | undefined;
  #all: GainNode | undefined;
  #arriving: readonly Arriving[] = [];
  readonly #heard = new Map<string, Heard>(); // by mid
  readonly #places = new Map<string, Vector>();
  readonly #volumes = new Map<string, number>();
  #eye: Vector = [0, 0, 0];
  #mono = false;
  #deaf = false;
  #output = "";
  #ended = new AbortController();
  /** Called when the browser stops the sound, or lets it play again. */
  onBlocked: (blocked: boolean) => void = () => {};

  constructor(make: () => AudioContext = () => new AudioContext({ latencyHint: "interactive" })) {
    this.#make = make;
  }

  /** Begins; best in a handler of a press, as browsers want. Resolves whether there is sound. */
  async start(): Promise<boolean> {
    const context = this.context;
    if (context.state !== "running") {
      // Without a press it never resolves in some browsers.
      await Promise.race([context.resume().catch(() => {}), new Promise((r) => setTimeout(r, 500))]);
    }
    const running = (context.state as AudioContextState) === "running";
    this.onBlocked(!running);
    return running;
  }

  /** The page's only one; made when first used. */
  get context(): AudioContext {
    if (this.#context) return this.#context;
    const context: Context = this.#make();
    this.#context = context;
    this.#all = new GainNode(context);
    this.#all.connect(context.destination);
    face(context.listener);
    put(context.listener, this.#eye, context.currentTime);
    // A phone call, a sleep or a changed device suspends it; any sign of life brings it back.
    const resume = () => {
      if (context.state !== "running" && context.state !== "closed") void this.start();
    };
    const options = { signal: this.#ended.signal, capture: true };
    for (const sign of ["pointerdown", "keydown", "visibilitychange"]) {
      document.addEventListener(sign, resume, options);
    }
    context.addEventListener("statechange", () => this.onBlocked(context.state !== "running"), options);
    if (this.#output) void this.setOutput(this.#output);
    this.#hear();
    return context;
  }

  /** Takes the streams that arrive, whole; those that are no microphone's are left alone. */
  take(arriving: readonly Arriving[]): void {
    this.#arriving = arriving.filter((a) => a.stream.source === "microphone");
    this.#hear();
  }

  /** Where a person is, in the viewer's cube, metres. Kept for those who do not speak yet. */
  place(person: string, at: Vector): void {
    this.#places.set(person, at);
    for (const h of this.#heard.values()) if (h.person === person) h.voice.place(at);
  }

  /** Forgets the places of those who are not in the room any more. */
  forget(present: (person: string) => boolean): void {
    for (const person of this.#places.keys()) if (!present(person)) this.#places.delete(person);
    for (const person of this.#volumes.keys()) if (!present(person)) this.#volumes.delete(person);
  }

  /** Where the viewer's eyes are, in the viewer's cube, metres. */
  set eye(at: Vector) {
    this.#eye = at;
    if (this.#context) put(this.#context.listener, at, this.#context.currentTime);
  }

  /** The same in both ears. */
  set mono(on: boolean) {
    this.#mono = on;
    for (const h of this.#heard.values()) h.voice.mono = on;
  }

  /** Nothing is heard while it is set. */
  set deaf(on: boolean) {
    this.#deaf = on;
    if (this.#context && this.#all) set(this.#all.gain, on ? 0 : 1, this.#context.currentTime);
  }

  get deaf(): boolean {
    return this.#deaf;
  }

  /** 0 to 2. */
  setVolume(person: string, volume: number): void {
    this.#volumes.set(person, Math.min(Math.max(volume, 0), 2));
    for (const h of this.#heard.values()) if (h.person === person) h.voice.volume = volume;
  }

  get choosesOutput(): boolean {
    return "setSinkId" in AudioContext.prototype;
  }

  /** Another loudspeaker; empty: the browser's own choice. One that is gone leaves the present one. */
  async setOutput(id: string): Promise<void> {
    this.#output = id;
    await this.#context?.setSinkId?.(id).catch(() => {});
  }

  /** What reaches the ears now, by participant; their strongest stream. */
  levels(): Map<string, Ears> {
    const levels = new Map<string, Ears>();
    for (const { person, voice } of this.#heard.values()) {
      const [now, before] = [voice.level(), levels.get(person)];
      if (!before || now.left + now.right > before.left + before.right) levels.set(person, now);
    }
    return levels;
  }

  async close(): Promise<void> {
    this.#arriving = [];
    this.#hear();
    this.#ended.abort();
    this.#ended = new AbortController();
    const context = this.#context;
    this.#context = undefined;
    this.#all = undefined;
    await context?.close();
  }

  /** Makes the voices those that arrive. Before the context is made none is. */
  #hear(): void {
    const wanted = new Map(this.#arriving.map((a) => [a.stream.mid, a]));
    for (const [mid, h] of this.#heard) {
      const still = wanted.get(mid);
      if (still?.track === h.track && still.stream.person === h.person) continue;
      h.voice.close();
      h.sink.srcObject = null;
      this.#heard.delete(mid);
    }
    if (!this.#context || !this.#all) return;
    for (const [mid, { stream, track }] of wanted) {
      const heard = this.#heard.get(mid) ?? this.#add(this.#context, this.#all, mid, stream.person, track);
      heard.voice.murmur = stream.murmur;
    }
  }

  #add(context: AudioContext, all: AudioNode, mid: string, person: string, track: MediaStreamTrack): Heard {
    const media = new MediaStream([track]);
    const sink = new Audio();
    sink.muted = true;
    sink.srcObject = media;
    sink.play().catch(() => {}); // muted: it may always; and the context says where it may not
    const source = context.createMediaStreamSource(media);
    const voice = new Voice(context, source, this.#places.get(person) ?? ahead, this.#mono);
    voice.volume = this.#volumes.get(person) ?? 1;
    voice.out.connect(all);
    const heard = { track, person, sink, voice };
    this.#heard.set(mid, heard);
    return heard;
  }
}

/**
 * Lips and voice. A view, or a webcam's picture, comes faster than its voice, which
 * waits in the browser's jitter buffer: so the view waits, as long as it takes for the
 * two to be less than `slack` apart. Motion of the viewer's own head waits for nothing.
 *
 *     voice = way to the node and in it + half a round trip + jitter buffer
 *     view  = capture to display, without the wait
 *
 * The node sends a webcam's pictures and their voice together: only what they take in
 * the page is compared.
 */
import type { Arriving } from "../session/session";
import { median } from "../stats/series";

const slack = 10; // ms that a view may be before its voice: what cannot be measured comes to it
const longest = 200; // ms
const step = 25; // ms by which a wait changes at once
const memory = 5; // seconds, whose middle counts: one of them may be odd
// From the jitter buffer through the audio graph, ms: what flash and beep were apart
// in three pages of Chromium beyond all that is measured (client/test/lips.mjs).
const ears = 45;

interface Buffered {
  delay: number; // seconds, summed over what came out
  count: number;
}

/** What is known of one person's view and voice, in the last second. */
export interface Known {
  way: number; // ms, of the voice until it left the node
  roundTrip: number; // ms
  latency: number; // ms, of the view, with its wait: of views since the last call alone, which set it
}

/** How long the two take, ms. */
export interface Timing {
  voice: number;
  view: number; // without its wait
  wait: number; // of the view
}

export class Lips {
  readonly #before = new Map<string, Buffered>(); // by mid
  readonly #waits = new Map<string, number>(); // ms, by participant
  readonly #recent = new Map<string, Timing[]>(); // of the last seconds, by participant

  /** How long a participant's view is to wait at present, ms. */
  wait(person: string): number {
    return this.#waits.get(person) ?? 0;
  }

  /** The middle of what was measured in the last seconds, by participant. */
  timings(): Record<string, Timing> {
    return Object.fromEntries(
      [...this.#recent.keys()].map((person) => [
        person,
        { ...this.#typical(person), wait: this.wait(person) },
      ]),
    );
  }

  /** To be called once a second, with what arrives and what is known of a view or a webcam; undefined: nothing. */
  async measure(
    streams: readonly Arriving[],
    known: (of: Arriving["stream"]) => Known | undefined,
  ): Promise<void> {
    const by = (source: string) =>
      new Map(streams.filter((a) => a.stream.source === source).map((a) => [a.stream.person, a]));
    const voices = by("microphone");
    for (const { stream } of new Map([...by("camera"), ...by("view")]).values()) {
      const voice = voices.get(stream.person);
      const k = known(stream);
      const buffer = voice && k && (await this.#buffer(voice));
      if (k && buffer !== undefined) this.#follow(stream.person, k, buffer);
      else if (!voice) {
        this.#waits.delete(stream.person);
        this.#recent.delete(stream.person);
      }
    }
  }

  #follow(person: string, { way, roundTrip, latency }: Known, buffer: number): void {
    const before = this.wait(person);
    const recent = this.#recent.get(person) ?? [];
    recent.push({ voice: way + roundTrip / 2 + buffer + ears, view: latency - before, wait: before });
    if (recent.length > memory) recent.shift();
    this.#recent.set(person, recent);
    const { voice, view } = this.#typical(person);
    const goal = Math.min(Math.max(voice - view - slack, 0), longest);
    this.#waits.set(person, before + Math.min(Math.max(goal - before, -step), step));
  }

  #typical(person: string): { voice: number; view: number } {
    const recent = this.#recent.get(person) ?? [];
    return { voice: median(recent.map((t) => t.voice)) ?? 0, view: median(recent.map((t) => t.view)) ?? 0 };
  }

  /** The mean wait in the jitter buffer of the last second, ms; undefined while nothing came out. */
  async #buffer({ stream, receiver }: Arriving): Promise<number | undefined> {
    const report = await receiver.getStats();
    for (const s of report.values()) {
      if (s.type !== "inbound-rtp" || s.kind !== "audio") continue;
      const now = { delay: s.jitterBufferDelay ?? 0, count: s.jitterBufferEmittedCount ?? 0 };
      const before = this.#before.get(stream.mid);
      this.#before.set(stream.mid, now);
      if (before && now.count > before.count)
        return (1000 * (now.delay - before.delay)) / (now.count - before.count);
    }
    return undefined;
  }
}

/**
 * The connection test: what is tested, in which order, what it means, and the
 * report. How a test is done is the app's (Probes); what it lacks is skipped.
 */
import { type Key, t } from "../text/text";

const order = ["browser", "secure", "node", "websocket", "udp", "tcp", "turn", "bitrate"] as const;
export type Probe = (typeof order)[number];
export type Grade = "waiting" | "running" | "good" | "fair" | "bad" | "skipped";

/** What a probe measured; it rejects where the thing does not work. */
export interface Measured {
  roundTrip?: number; // ms
  bitrate?: number; // bits a second
}

/** Each resolves when the thing is proved to work. Its time until then is taken here. */
export type Probes = Partial<
  Record<Exclude<Probe, "browser" | "secure">, (signal: AbortSignal) => Promise<Measured>>
>;

export interface Result extends Measured {
  probe: Probe;
  grade: Grade;
  ms?: number; // until it worked or did not
  problem?: string; // as the probe said it
}

export const leastBitrate = 1_000_000; // bits a second, for one view at full size
const patience = 10_000; // ms a probe

export class ConnectionCheck {
  readonly #probes: Probes;
  readonly #world: World;
  results: readonly Result[] = blank();
  /** Called after each step. */
  onChange: () => void = () => {};
  #abort: AbortController | undefined;

  constructor(probes: Probes, world: World = theWorld) {
    this.#probes = probes;
    this.#world = world;
  }

  get running(): boolean {
    return this.#abort !== undefined;
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** Tests one thing after another, since they would disturb each other. */
  async run(): Promise<void> {
    if (this.running) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.results = blank();
    for (const probe of order) {
      this.#set({ probe, grade: "running" });
      this.#set(abort.signal.aborted ? { probe, grade: "skipped" } : await this.#test(probe, abort.signal));
    }
    this.#abort = undefined;
    this.onChange();
  }

  async #test(probe: Probe, signal: AbortSignal): Promise<Result> {
    if (probe === "browser") {
      const lacking = this.#world.lacking();
      return lacking.length === 0
        ? { probe, grade: "good" }
        : { probe, grade: "bad", problem: lacking.join(", ") };
    }
    if (probe === "secure") return { probe, grade: this.#world.secure() ? "good" : "bad" };
    const run = this.#probes[probe];
    if (!run) return { probe, grade: "skipped" };
    const start = this.#world.now();
    const took = () => Math.round(this.#world.now() - start);
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const measured = await Promise.race([run(limit), ended(limit)]);
      return { probe, grade: gradeOf(measured), ms: took(), ...measured };
    } catch (error) {
      if (signal.aborted) return { probe, grade: "skipped", problem: t("check.cancelled") };
      return { probe, grade: "bad", ms: took(), problem: messageOf(error) };
    }
  }

  #set(result: Result): void {
    this.results = this.results.map((r) => (r.probe === result.probe ? result : r));
    this.onChange();
  }
}

function blank(): Result[] {
  return order.map((probe) => ({ probe, grade: "waiting" }));
}

function gradeOf({ bitrate }: Measured): Grade {
  return bitrate !== undefined && bitrate < leastBitrate ? "fair" : "good";
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function messageOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return t("check.timeout", { s: patience / 1000 });
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}

/** Of all: bad where one cannot take part, fair where it works with limits. */
export function verdict(results: readonly Result[]): "good" | "fair" | "bad" {
  const of = (probe: Probe) => results.find((r) => r.probe === probe)?.grade;
  if ((["browser", "node", "websocket"] as const).some((p) => of(p) === "bad")) return "bad";
  const ways = (["udp", "tcp", "turn"] as const).map(of);
  if (ways.includes("bad") && !ways.includes("good")) return "bad";
  return of("udp") === "bad" || of("secure") === "bad" || results.some((r) => r.grade === "fair")
    ? "fair"
    : "good";
}

/** One line: what was measured, or what to do. */
export function remark(r: Result): string {
  if (r.grade === "bad")
    return [remedyOf(r), r.probe === "browser" ? undefined : r.problem].filter(Boolean).join(" ");
  if (r.grade === "skipped") return r.problem ?? t("check.skipped");
  const parts = [
    r.roundTrip !== undefined ? t("check.rtt", { ms: Math.round(r.roundTrip) }) : undefined,
    r.bitrate !== undefined ? t("check.mbit", { mbit: (r.bitrate / 1e6).toFixed(1) }) : undefined,
    r.ms !== undefined && r.roundTrip === undefined && r.bitrate === undefined
      ? t("check.ms", { ms: r.ms })
      : undefined,
    r.grade === "fair" ? t("check.bitrate.bad", { mbit: leastBitrate / 1e6 }) : undefined,
  ];
  return parts.filter(Boolean).join(", ");
}

function remedyOf(r: Result): string {
  if (r.probe === "browser") return t("check.browser.bad", { what: r.problem ?? "" });
  if (r.probe === "bitrate") return t("check.bitrate.bad", { mbit: leastBitrate / 1e6 });
  const key: Key = `check.${r.probe}.bad`;
  return t(key);
}

/** The report for whoever runs the node. It has no token: of the address only node and path. */
export function report(results: readonly Result[], world: World = theWorld): string {
  const about = {
    report: "virtualcube connection test",
    version: 1,
    at: new Date().toISOString(),
    page: world.page(),
    browser: world.browser(),
    verdict: verdict(results),
    results,
  };
  return `${JSON.stringify(about, undefined, 2)}\n`;
}

/** What the test asks of the browser. */
export interface World {
  now(): number; // ms
  secure(): boolean;
  lacking(): string[];
  page(): string;
  browser(): string;
}

const theWorld: World = {
  now: () => performance.now(),
  secure: () => isSecureContext,
  lacking: () => {
    const needs: Record<string, boolean> = {
      WebRTC: "RTCPeerConnection" in globalThis,
      WebSocket: "WebSocket" in globalThis,
      "WebGL 2": "WebGL2RenderingContext" in globalThis,
      WebAudio: "AudioContext" in globalThis,
      requestVideoFrameCallback: "requestVideoFrameCallback" in HTMLVideoElement.prototype,
    };
    return Object.keys(needs).filter((name) => !needs[name]);
  },
  page: () => location.origin + location.pathname,
  browser: () => navigator.userAgent,
};

/** The node over HTTP, as a probe: the shortest of three round trips. */
export async function probeNode(signal: AbortSignal): Promise<Measured> {
  let roundTrip = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    const answer = await fetch(new URL("healthz", document.baseURI), { signal, cache: "no-store" });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim());
    await answer.arrayBuffer();
    roundTrip = Math.min(roundTrip, performance.now() - start);
  }
  return { roundTrip };
}

import type { Clock } from "../net/clock";
import { status } from "../view/glsl";
import type { Seen } from "../view/readback";
import { median, Series } from "./series";

const keptSamples = 600;

/** The page's figures of the last second. */
export interface Figures {
  viewsPerSecond: number | undefined;
  latency: number | undefined; // ms, median, capture to display
  bitrate: number | undefined; // bits a second received
  loss: number | undefined; // 0 to 1
  roundTrip: number | undefined; // ms
}

/**
 * Counts what the page receives and shows. A view counts once, by its
 * sequence number, when the GPU has drawn it; its latency is from the capture
 * instant in its strip to that moment.
 */
export class Meter {
  readonly series = {
    views: new Series(),
    latency: new Series(),
    bitrate: new Series(),
    loss: new Series(),
    roundTrip: new Series(),
  };
  /** Latencies of the last views, ms, oldest first. */
  readonly samples: number[] = [];
  shown = 0; // views since the page was loaded
  held = 0; // frames whose strip was bad
  repeated = 0; // frames whose sequence had been shown already

  readonly #clock: Clock;
  #second: number[] = [];
  #views = 0;
  #sequence = -1;
  #since: number | undefined;
  #bytes: number | undefined;
  #packets = { received: 0, lost: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes what the GPU read from a frame, and when it had drawn it. */
  see(seen: Seen, now: number): void {
    if (seen.status !== status.good) {
      this.held++;
      return;
    }
    if (seen.sequence === this.#sequence) {
      this.repeated++;
      return;
    }
    this.#sequence = seen.sequence;
    this.shown++;
    this.#views++;
    const latency = this.#clock.since(seen.milliseconds, now);
    if (latency === undefined) return;
    this.#second.push(latency);
    this.samples.push(latency);
    if (this.samples.length > keptSamples) this.samples.shift();
  }

  /** Closes a second. report is of the transport, if there is one. */
  tick(now: number, report: RTCStatsReport | undefined): Figures {
    const seconds = this.#since === undefined ? undefined : (now - this.#since) / 1000;
    this.#since = now;
    const received = this.#received(report, seconds);
    const figures: Figures = {
      viewsPerSecond: seconds && this.#views / seconds,
      latency: median(this.#second),
      ...received,
      roundTrip: this.#clock.trip,
    };
    this.#views = 0;
    this.#second = [];
    this.series.views.add(figures.viewsPerSecond);
    this.series.latency.add(figures.latency);
    this.series.bitrate.add(figures.bitrate);
    this.series.loss.add(figures.loss);
    this.series.roundTrip.add(figures.roundTrip);
    return figures;
  }

  #received(
    report: RTCStatsReport | undefined,
    seconds: number | undefined,
  ): Pick<Figures, "bitrate" | "loss"> {
    let inbound: RTCInboundRtpStreamStats | undefined;
    report?.forEach((entry) => {
      if (entry.type === "inbound-rtp" && entry.kind === "video") inbound = entry;
    });
    if (!inbound) {
      this.#bytes = undefined;
      return { bitrate: undefined, loss: undefined };
    }
    const bytes = inbound.bytesReceived ?? 0;
    const packets = { received: inbound.packetsReceived ?? 0, lost: inbound.packetsLost ?? 0 };
    const before = this.#bytes;
    const arrived = packets.received - this.#packets.received;
    // Packets that come late after all are subtracted from the lost ones.
    const lost = Math.max(0, packets.lost - this.#packets.lost);
    this.#bytes = bytes;
    this.#packets = packets;
    if (before === undefined || bytes < before || !seconds) return { bitrate: undefined, loss: undefined };
    return {
      bitrate: (8 * (bytes - before)) / seconds,
      loss: arrived + lost > 0 ? lost / (arrived + lost) : 0,
    };
  }
}

import {
  type IceServer,
  LOOK_CHANNEL,
  type Look,
  type Offer,
  type RoomRequest,
  type Stream,
} from "../protocol/room.gen";
import { attach, sources } from "./sending";
import type { Arriving, Source } from "./session";

const healPatience = 2000; // ms that a disconnected transport may take by itself
const restartPatience = 5000; // ms that a restart may take
const mostRestarts = 3; // in vain, after which a transport that once stood is given up
const mostOffers = 16; // that wait for their answer

export interface MediaListener {
  send(message: RoomRequest): void;
  /** What arrives, whole. */
  streams(streams: readonly Arriving[]): void;
  connected(): void;
  /** The transport broke or does not come about; it needs new ICE credentials. */
  broken(): void;
  /** All must begin anew. */
  hopeless(message: string): void;
}

/**
 * The peer connection of a participant: the node offers, the page answers in
 * order. An offer of another session than the one before, as after the node
 * lost its end, gets a new connection with the same tracks.
 */
export class Media {
  #ice: readonly IceServer[];
  readonly #tracks: ReadonlyMap<Source, MediaStreamTrack>;
  readonly #listener: MediaListener;
  #peer: RTCPeerConnection | undefined;
  #session = "";
  #look: RTCDataChannel | undefined;
  #named: readonly Stream[] = [];
  #order: Promise<void> = Promise.resolve();
  #waiting = 0;
  #timer: number | undefined;
  #restarts = 0;
  #stood = false; // it was connected once
  #closed = false;

  /** tracks are those that the page publishes; who owns them calls attach after a change. */
  constructor(
    ice: readonly IceServer[],
    tracks: ReadonlyMap<Source, MediaStreamTrack>,
    listener: MediaListener,
  ) {
    this.#ice = ice;
    this.#tracks = tracks;
    this.#listener = listener;
  }

  /** Takes other servers, as credentials end: for the next ICE restart. */
  set ice(servers: readonly IceServer[]) {
    this.#ice = servers;
    this.#peer?.setConfiguration(this.#configuration());
  }

  /** Answers an offer after those before it. */
  offer(offer: Offer): void {
    if (++this.#waiting > mostOffers) {
      this.#listener.hopeless("The node offers faster than this page can answer.");
      return;
    }
    this.#order = this.#order.then(() => this.#answer(offer)).finally(() => this.#waiting--);
  }

  /** Takes what the sections carry from now on. */
  name(streams: readonly Stream[]): void {
    this.#named = streams;
    this.#tell();
  }

  /** Sends what is published of a source, or nothing. */
  async attach(source: Source): Promise<void> {
    const sender = this.#peer?.getTransceivers()[sources.indexOf(source)]?.sender;
    if (sender) await attach(sender, source, this.#tracks.get(source));
  }

  look(look: Look): void {
    // What waits in the buffer is older than this one, hence worthless.
    if (this.#look?.readyState === "open" && this.#look.bufferedAmount === 0)
      this.#look.send(JSON.stringify(look));
  }

  async report(): Promise<RTCStatsReport | undefined> {
    return this.#peer?.getStats();
  }

  get connection(): RTCPeerConnectionState | "none" {
    return this.#peer?.connectionState ?? "none";
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #answer(offer: Offer): Promise<void> {
    if (this.#closed) return;
    try {
      const session = sessionOf(offer.sdp);
      if (!this.#peer || session !== this.#session) this.#begin(session);
      const peer = this.#peer as RTCPeerConnection;
      await peer.setRemoteDescription({ type: "offer", sdp: offer.sdp });
      // A remote offer makes its transceivers in the order of its sections.
      const own = peer.getTransceivers().slice(0, sources.length);
      for (const t of own) if (t.direction !== "sendonly") t.direction = "sendonly";
      await peer.setLocalDescription(await peer.createAnswer());
      if (this.#closed || peer !== this.#peer) return;
      this.#listener.send({ type: "answer", id: offer.id, sdp: peer.localDescription?.sdp ?? "" });
      this.#tell();
      if (this.#timer === undefined) this.#watch(peer);
      await Promise.all(sources.map((s) => this.attach(s)));
    } catch (cause) {
      if (this.#closed) return;
      this.#drop();
      this.#listener.hopeless(
        `The node's offer could not be used: ${cause instanceof Error ? cause.message : cause}`,
      );
    }
  }

  #begin(session: string): void {
    this.#drop();
    this.#session = session;
    const peer = new RTCPeerConnection(this.#configuration());
    this.#peer = peer;
    this.#look = peer.createDataChannel(LOOK_CHANNEL, {
      negotiated: true,
      id: 0,
      ordered: false,
      maxRetransmits: 0,
    });
    peer.addEventListener("icecandidate", (e) => {
      if (peer !== this.#peer || !e.candidate?.candidate) return;
      this.#listener.send({
        type: "candidate",
        candidate: e.candidate.candidate,
        mid: e.candidate.sdpMid ?? "",
      });
    });
    peer.addEventListener("connectionstatechange", () => this.#watch(peer));
  }

  #configuration(): RTCConfiguration {
    return {
      bundlePolicy: "max-bundle",
      iceServers: this.#ice.map(({ urls, username, credential }) => ({ urls, username, credential })),
    };
  }

  #watch(peer: RTCPeerConnection): void {
    if (peer !== this.#peer) return;
    clearTimeout(this.#timer);
    switch (peer.connectionState) {
      case "connected":
        this.#timer = undefined;
        this.#restarts = 0;
        this.#stood = true;
        this.#listener.connected();
        break;
      case "failed":
      case "closed":
        this.#repair();
        break;
      case "disconnected":
        this.#timer = setTimeout(() => this.#repair(), healPatience);
        break;
      default:
        this.#timer = setTimeout(() => this.#repair(), 2 * restartPatience);
    }
  }

  #repair(): void {
    clearTimeout(this.#timer);
    if (this.#stood && this.#restarts >= mostRestarts) {
      this.#listener.hopeless("The media connection to the node broke and did not come back.");
      return;
    }
    this.#restarts++;
    this.#timer = setTimeout(() => this.#repair(), restartPatience * this.#restarts);
    this.#listener.broken();
  }

  #tell(): void {
    const receivers = new Map(this.#peer?.getTransceivers().map((t) => [t.mid, t.receiver]));
    this.#listener.streams(
      this.#named.flatMap((stream) => {
        const receiver = receivers.get(stream.mid);
        return receiver ? [{ stream, receiver, track: receiver.track }] : [];
      }),
    );
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#restarts = 0;
    this.#stood = false;
    this.#peer?.close();
    this.#peer = undefined;
    this.#look = undefined;
  }
}

/** The id of a description's session, which stays that of its peer connection (RFC 8829, 5.2.1). */
function sessionOf(sdp: string): string {
  return /^o=\S+ (\S+)/m.exec(sdp)?.[1] ?? "";
}

/**
 * The link with the browser's own peer connections: a made-up node in the same
 * page, behind a made-up WebSocket, offers and receives. window.fake drives it.
 */
import type { RoomMessage, RoomRequest, Stream } from "../../src/protocol/room.gen";
import { Link } from "../../src/session/link";
import { info, person, roundTable } from "./hallsession";

const looks: unknown[] = [];

/** What a node keeps of one participant. */
class Node {
  peer: RTCPeerConnection | undefined;
  offers = 0;
  readonly asked: RoomRequest[] = [];
  say: (m: RoomMessage) => void = () => {};

  hear(m: RoomRequest): void {
    this.asked.push(m);
    if (m.type === "enter") void this.#enter(m.resume !== "", m.revision);
    if (m.type === "ping") this.say({ type: "pong", t0: m.t0, t1: performance.now(), t2: performance.now() });
    if (m.type === "publish") this.say({ type: "done", re: m.req, id: "" });
    if (m.type === "answer") void this.peer?.setRemoteDescription({ type: "answer", sdp: m.sdp });
    if (m.type === "candidate") {
      void this.peer?.addIceCandidate({ candidate: m.candidate, sdpMid: m.mid }).catch(() => {});
    }
    if (m.type === "restart") void this.offer(true);
  }

  async #enter(resumed: boolean, revision: number): Promise<void> {
    const welcome = { protocol: 1, version: "test", room: "demo", you: "p1", resume: "secret", resumed };
    this.say({ type: "welcome", ...welcome, keptSeconds: 60, ice: [], cubes: [], filters: [] });
    const room = info("round-table", roundTable(2), []);
    if (revision === 0) {
      this.say({
        type: "state",
        update: { revision: 1, full: true, room, people: [person("p1", "Me", 0), person("p2", "Ada", 1)] },
      });
    }
    if (this.peer && revision > 0) return;
    this.peer?.close();
    const peer = new RTCPeerConnection();
    this.peer = peer;
    for (const kind of ["audio", "video", "video"]) peer.addTransceiver(kind, { direction: "recvonly" });
    const options = { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 };
    peer
      .createDataChannel("look", options)
      .addEventListener("message", (e) => looks.push(JSON.parse(e.data)));
    await this.offer(false);
  }

  /** Sends a track of its own in a section of its own. */
  async send(track: MediaStreamTrack, stream: Omit<Stream, "mid">): Promise<void> {
    const section = this.peer?.addTransceiver(track, { direction: "sendonly" });
    await this.offer(false);
    this.say({ type: "streams", streams: [{ mid: section?.mid ?? "", ...stream }] });
  }

  /** As of a node that is ICE-lite, all its candidates are in the offer. */
  async offer(restart: boolean): Promise<void> {
    const peer = this.peer as RTCPeerConnection;
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: restart }));
    while (peer.iceGatheringState !== "complete") {
      await new Promise((done) => peer.addEventListener("icegatheringstatechange", done, { once: true }));
    }
    this.say({ type: "offer", id: ++this.offers, sdp: peer.localDescription?.sdp ?? "", restart });
  }
}

const node = new Node();
const sockets: Socket[] = [];

class Socket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 0;
  bufferedAmount = 0;

  constructor() {
    super();
    sockets.push(this);
    setTimeout(() => {
      this.readyState = 1;
      node.say = (m) => {
        if (this.readyState === 1)
          this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(m) }));
      };
      this.dispatchEvent(new Event("open"));
    });
  }

  send(text: string): void {
    setTimeout(() => node.hear(JSON.parse(text)));
  }

  close(): void {
    this.readyState = 3;
  }

  die(): void {
    this.close();
    this.dispatchEvent(new Event("close"));
  }
}
Object.assign(window, { WebSocket: Socket });

/** A video track of moving colours. */
function moving(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  const g = canvas.getContext("2d") as CanvasRenderingContext2D;
  let n = 0;
  setInterval(() => {
    n += 7;
    g.fillStyle = `hsl(${n} 70% 50%)`;
    g.fillRect(0, 0, 1280, 720);
  }, 66);
  return canvas.captureStream(15).getVideoTracks()[0] as MediaStreamTrack;
}

const make = () => new Link({ address: "ws://node/api/room", room: "demo", token: "t", name: "Me" });
const fake = {
  node,
  looks,
  link: make(),
  enter: () => fake.link.open(),
  die: () => sockets.at(-1)?.die(),
  /** As if the page was loaded again. */
  reload() {
    sockets.at(-1)?.close();
    fake.link = make();
    fake.link.open();
  },
  publish: (source: "camera" | "screen") => fake.link.publish(source, moving()),
  send: () => node.send(moving(), { person: "p2", source: "camera", cube: "", murmur: false }),
  look: () => fake.link.look({ eye: [0, 0, 0.1], direction: [0, 0, 1], confidence: 1 }),
  /** Frames that the node decoded of a section, and their height. */
  async received(section: number) {
    const receiver = node.peer?.getTransceivers()[section]?.receiver;
    const report = await receiver?.getStats();
    const inbound = [...(report?.values() ?? [])].find((s) => s.type === "inbound-rtp");
    return [inbound?.framesDecoded ?? 0, inbound?.frameHeight ?? 0];
  },
};
Object.assign(window, { fake });

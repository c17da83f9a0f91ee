/** A WebSocket and a peer connection without a network, for the link's tests. */

export type Sent = Record<string, unknown> & { type: string };

/** As much of a WebSocket as the link uses. */
export class Socket extends EventTarget {
  static OPEN = 1;
  static all: Socket[] = [];
  static get last(): Socket {
    return Socket.all.at(-1) as Socket;
  }
  readyState = 0;
  bufferedAmount = 0;
  sent: Sent[] = [];
  constructor(readonly address: string) {
    super();
    Socket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  hear(data: unknown) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(data) }));
  }
  die() {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
  of(type: string) {
    return this.sent.filter((m) => m.type === type);
  }
}

class Sender {
  track: unknown = null;
  parameters = { encodings: [{}] as Record<string, unknown>[] };
  async replaceTrack(track: unknown) {
    this.track = track;
  }
  getParameters() {
    return this.parameters;
  }
  async setParameters() {}
}

/** As much of an RTCPeerConnection as the link uses. */
export class Peer extends EventTarget {
  static all: Peer[] = [];
  static get last(): Peer {
    return Peer.all.at(-1) as Peer;
  }
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  transceivers: {
    mid: string;
    direction: string;
    sender: Sender;
    receiver: { track: { kind: string } };
  }[] = [];
  channels: { label: string; options: unknown; readyState: string; bufferedAmount: number; sent: Sent[] }[] =
    [];
  remote: string[] = [];
  constructor(readonly configuration: RTCConfiguration) {
    super();
    Peer.all.push(this);
  }
  setConfiguration(configuration: RTCConfiguration) {
    this.configured = configuration;
  }
  configured: RTCConfiguration | undefined;
  createDataChannel(label: string, options: unknown) {
    const sent: Sent[] = [];
    const c = {
      label,
      options,
      readyState: "open",
      bufferedAmount: 0,
      sent,
      send: (t: string) => sent.push(JSON.parse(t)),
    };
    this.channels.push(c);
    return c;
  }
  async setRemoteDescription(d: { sdp: string }) {
    if (d.sdp.includes("nonsense")) throw new Error("cannot parse");
    this.remote.push(d.sdp);
    const count = Number(/sections=(\d+)/.exec(d.sdp)?.[1]);
    for (let i = this.transceivers.length; i < count; i++) {
      this.transceivers.push({
        mid: String(i),
        direction: "recvonly",
        sender: new Sender(),
        receiver: { track: { kind: "video" } },
      });
    }
  }
  async createAnswer() {
    return { sdp: "answer" };
  }
  async setLocalDescription(d: { sdp: string }) {
    this.localDescription = d;
  }
  getTransceivers() {
    return this.transceivers;
  }
  close() {
    this.connectionState = "closed";
  }
  become(state: string) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

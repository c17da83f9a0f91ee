import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type Phase } from "./connection";

/** As much of a peer connection as Connection uses. */
class Peer extends EventTarget {
  static all: Peer[] = [];
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  channels: Channel[] = [];
  constructor() {
    super();
    Peer.all.push(this);
  }
  addTransceiver() {}
  createDataChannel(label: string) {
    const c = new Channel(label);
    this.channels.push(c);
    return c;
  }
  async createOffer() {
    return { sdp: "offer" };
  }
  async setLocalDescription(d: { sdp: string }) {
    this.localDescription = d;
  }
  async setRemoteDescription() {}
  close() {
    this.connectionState = "closed";
  }
  become(state: string) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

class Channel extends EventTarget {
  readyState = "connecting";
  bufferedAmount = 0;
  sent: { type: string; t0?: number }[] = [];
  constructor(readonly label: string) {
    super();
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  open() {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }
  hear(data: unknown) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(data) }));
  }
}

let requests: string[] = [];
let status = 201;
let phases: [Phase, number | undefined][] = [];

beforeEach(() => {
  vi.useFakeTimers();
  Peer.all = [];
  requests = [];
  phases = [];
  status = 201;
  vi.stubGlobal("RTCPeerConnection", Peer);
  vi.stubGlobal("fetch", async (_: unknown, init: RequestInit) => {
    requests.push(init.method ?? "GET");
    const response = new Response("answer", { status, headers: { Location: "/cube/whep/1" } });
    Object.defineProperty(response, "url", { value: "http://node/cube/whep" });
    return response;
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function opened() {
  const connection = new Connection("http://node/cube/whep", undefined, {
    phase: (phase, _, retryIn) => phases.push([phase, retryIn]),
    stream() {},
    message() {},
  });
  connection.open();
  await vi.advanceTimersByTimeAsync(0);
  return connection;
}

async function live() {
  const connection = await opened();
  Peer.all[0]?.channels[0]?.open();
  Peer.all[0]?.become("connected");
  return connection;
}

const names = () => phases.map(([phase]) => phase);

describe("connection", () => {
  it("joins, greets and pings", async () => {
    await live();
    expect(names()).toEqual(["connecting", "live"]);
    const [scene, eye] = Peer.all[0]?.channels ?? [];
    expect([scene?.label, eye?.label]).toEqual(["scene", "eye"]);
    expect(scene?.sent.map((m) => m.type)).toEqual(["hello", "ping"]);
  });

  it("tells the node when it leaves", async () => {
    (await live()).close();
    expect(requests).toEqual(["POST", "DELETE"]);
    expect(Peer.all[0]?.connectionState).toBe("closed");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Peer.all.length).toBe(1);
  });

  it("joins again when pings go unanswered, and not while they are answered", async () => {
    await live();
    const scene = Peer.all[0]?.channels[0];
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(1000);
      scene?.hear({ type: "pong", t0: scene.sent.at(-1)?.t0, t1: 1, t2: 1 });
    }
    expect(names()).toEqual(["connecting", "live"]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(names().at(-1)).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(700);
    expect(Peer.all.length).toBe(2);
    expect(requests).toEqual(["POST", "DELETE", "POST"]);
  });

  it("gives a broken transport some time", async () => {
    await live();
    Peer.all[0]?.become("disconnected");
    await vi.advanceTimersByTimeAsync(2000);
    Peer.all[0]?.become("connected");
    await vi.advanceTimersByTimeAsync(1000);
    expect(Peer.all.length).toBe(1);
    Peer.all[0]?.become("failed");
    expect(names().at(-1)).toBe("reconnecting");
  });

  it("waits longer after each refusal, and not at all when it makes no sense", async () => {
    status = 500;
    await opened();
    for (let i = 0; i < 4; i++) await vi.advanceTimersByTimeAsync(phases.at(-1)?.[1] ?? 0);
    const pauses = phases.flatMap(([, pause]) => (pause === undefined ? [] : [pause]));
    expect(pauses.length).toBe(5);
    for (let i = 1; i < pauses.length; i++) expect(pauses[i]).toBeGreaterThan(pauses[i - 1] as number);
    status = 404;
    await vi.advanceTimersByTimeAsync(20_000);
    const attempts = requests.length;
    expect(names().at(-1)).toBe("refused");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests.length).toBe(attempts);
  });

  it("gives up on a session without media", async () => {
    await opened();
    await vi.advanceTimersByTimeAsync(13_000);
    expect(names()).toContain("reconnecting");
  });

  it("sends eyes that nothing waits before, and counts nonsense", async () => {
    const connection = await live();
    const eye = Peer.all[0]?.channels[1];
    connection.sendEye([0, 0, 1]);
    expect(eye?.sent).toEqual([]);
    eye?.open();
    connection.sendEye([0, 0, 1]);
    if (eye) eye.bufferedAmount = 100;
    connection.sendEye([0, 0, 2]);
    expect(eye?.sent).toEqual([{ type: "eye", sequence: 2, position: [0, 0, 1], confidence: 1 }]);
    Peer.all[0]?.channels[0]?.hear({ type: "tomorrow" });
    expect(connection.nonsense).toBe(1);
  });
});

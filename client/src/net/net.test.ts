import { afterEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "./backoff";
import { Clock } from "./clock";
import { findCube } from "./node";
import { JoinError, join } from "./whep";

afterEach(() => vi.unstubAllGlobals());

describe("clock", () => {
  it("believes the exchange with the shortest trip", () => {
    const clock = new Clock();
    // The node's clock is 5000 ms ahead; the answer of the first was slow on its way back.
    clock.add(100, 5105, 5106, 151);
    clock.add(1000, 6001, 6001, 1002);
    clock.add(2000, 7020, 7020, 2021);
    expect(clock.trip).toBe(21);
    expect(clock.since(6001, 1041)).toBeCloseTo(40, 6);
  });
  it("unwraps the strip's 24 bits, and sees a little into the future", () => {
    const clock = new Clock();
    clock.add(0, 2 ** 24 + 10, 2 ** 24 + 10, 0);
    expect(clock.since(2 ** 24 - 5, 0)).toBeCloseTo(15, 6);
    expect(clock.since(12, 0)).toBeCloseTo(-2, 6);
  });
  it("knows nothing without an exchange, and refuses impossible ones", () => {
    const clock = new Clock();
    clock.add(100, 0, 50, 120);
    clock.add(Number.NaN, 0, 0, 0);
    expect(clock.since(0, 0)).toBeUndefined();
  });
});

describe("backoff", () => {
  it("doubles to its limit and starts anew", () => {
    const backoff = new Backoff(() => 0.5);
    const waits = Array.from({ length: 7 }, () => backoff.next());
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10000, 10000]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });
});

function peer() {
  return {
    localDescription: null as { sdp: string } | null,
    remote: undefined as unknown,
    async createOffer() {
      return { sdp: "offer" };
    },
    async setLocalDescription(d: { sdp: string }) {
      this.localDescription = d;
    },
    async setRemoteDescription(d: { sdp: string }) {
      if (d.sdp === "nonsense") throw new Error("no SDP");
      this.remote = d;
    },
  };
}

function answer(status: number, body: string, headers: Record<string, string> = {}) {
  const response = new Response(body, { status, headers });
  Object.defineProperty(response, "url", { value: "http://node/cube/whep" });
  return response;
}

async function tryJoin(fetched: Response | Error, key?: string) {
  const calls: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (url: string | URL, init: RequestInit) => {
    calls.push([String(url), init]);
    if (init.method === "DELETE") return new Response();
    if (fetched instanceof Error) throw fetched;
    return fetched;
  });
  const p = peer();
  const result = await join(
    p as unknown as RTCPeerConnection,
    "http://node/cube/whep",
    key,
    new AbortController().signal,
  ).catch((e: unknown) => e);
  return { result, calls, p };
}

describe("join", () => {
  it("posts the offer, takes the answer and deletes the session", async () => {
    const { result, calls, p } = await tryJoin(
      answer(201, "answer", { Location: "/cube/whep/42" }),
      "secret",
    );
    expect(p.remote).toEqual({ type: "answer", sdp: "answer" });
    expect(calls[0]?.[1].body).toBe("offer");
    expect(calls[0]?.[1].headers).toMatchObject({
      Authorization: "Bearer secret",
      "Content-Type": "application/sdp",
    });
    (result as { leave(): void }).leave();
    expect(calls[1]?.[0]).toBe("http://node/cube/whep/42");
    expect(calls[1]?.[1]).toMatchObject({ method: "DELETE", keepalive: true });
  });
  it.each([
    [401, {}, { retry: false, needsKey: true }],
    [404, {}, { retry: false, needsKey: false }],
    [503, { "Retry-After": "7" }, { retry: true, after: 7000 }],
    [406, {}, { retry: false }],
    [500, {}, { retry: true }],
    [400, {}, { retry: false }],
  ])("explains %d", async (code, headers, want) => {
    const { result } = await tryJoin(answer(code, "because", headers));
    expect(result).toBeInstanceOf(JoinError);
    expect(result).toMatchObject(want);
    expect((result as JoinError).remedy).not.toBe("");
  });
  it("explains a node that is away, and tries again", async () => {
    const { result } = await tryJoin(new TypeError("Failed to fetch"));
    expect(result).toMatchObject({ message: "The node cannot be reached.", retry: true });
  });
  it("ends a session whose answer is nonsense", async () => {
    const { result, calls } = await tryJoin(answer(201, "nonsense", { Location: "/cube/whep/42" }));
    expect(result).toBeInstanceOf(JoinError);
    expect(calls[1]?.[1].method).toBe("DELETE");
  });
});

describe("findCube", () => {
  const nodes = JSON.stringify({
    cubes: [{ name: "a", whep: "/a/whep" }, { name: "b", whep: "/b/whep" }, { bad: 1 }],
  });
  const find = (body: string, wanted?: string) => {
    vi.stubGlobal("fetch", async () => new Response(body));
    return findCube(wanted, new AbortController().signal);
  };
  it("takes the first, or the one that is asked for", async () => {
    expect((await find(nodes)).name).toBe("a");
    expect((await find(nodes, "b")).whep).toBe("/b/whep");
  });
  it("says what there is", async () => {
    await expect(find(nodes, "c")).rejects.toMatchObject({
      retry: false,
      remedy: expect.stringContaining("a, b"),
    });
    await expect(find("nonsense")).rejects.toBeInstanceOf(JoinError);
  });
});

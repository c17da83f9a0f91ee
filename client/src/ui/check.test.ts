import { describe, expect, it } from "vitest";
import { ConnectionCheck, type Probes, remark, report, verdict, type World } from "./check";

const world: World = {
  now: () => 0,
  secure: () => true,
  lacking: () => [],
  page: () => "https://node.example/",
  browser: () => "a browser",
};
const works = async () => ({ roundTrip: 12.4 });
const fails = async () => {
  throw new Error("no candidate pair");
};
const all: Probes = {
  node: works,
  websocket: works,
  udp: works,
  tcp: works,
  turn: works,
  bitrate: async () => ({ bitrate: 8e6 }),
};

async function resultsOf(probes: Probes, w: World = world) {
  const check = new ConnectionCheck(probes, w);
  await check.run();
  return check.results;
}

describe("the connection test", () => {
  it("goes through everything in order", async () => {
    const check = new ConnectionCheck(all, world);
    const seen: string[] = [];
    check.onChange = () => seen.push(check.results.map((r) => r.grade[0]).join(""));
    await check.run();
    expect(seen[0]).toBe("rwwwwwww");
    expect(seen.at(-1)).toBe("gggggggg");
    expect(verdict(check.results)).toBe("good");
    expect(check.results.map(remark).slice(2)).toEqual([
      ...Array.from({ length: 5 }, () => "round trip 12 ms"),
      "8.0 Mbit/s",
    ]);
  });

  it("skips what the node has no test for", async () => {
    const results = await resultsOf({ node: works });
    expect(results.map((r) => r.grade)).toEqual([
      "good",
      "good",
      "good",
      "skipped",
      "skipped",
      "skipped",
      "skipped",
      "skipped",
    ]);
    expect(verdict(results)).toBe("good");
  });

  it("is fair without UDP, with a slow link, and on an insecure page", async () => {
    expect(verdict(await resultsOf({ ...all, udp: fails }))).toBe("fair");
    expect(verdict(await resultsOf({ ...all, bitrate: async () => ({ bitrate: 3e5 }) }))).toBe("fair");
    expect(verdict(await resultsOf(all, { ...world, secure: () => false }))).toBe("fair");
    expect(verdict(await resultsOf({ ...all, turn: fails, tcp: fails }))).toBe("good");
  });

  it("is bad without messages, without any way for media, or in an old browser", async () => {
    expect(verdict(await resultsOf({ ...all, websocket: fails }))).toBe("bad");
    expect(verdict(await resultsOf({ ...all, udp: fails, tcp: fails, turn: fails }))).toBe("bad");
    const old = await resultsOf(all, { ...world, lacking: () => ["WebRTC"] });
    expect(verdict(old)).toBe("bad");
    expect(remark(old[0] as (typeof old)[0])).toContain("WebRTC");
  });

  it("says what to do and what the probe said", async () => {
    const udp = (await resultsOf({ ...all, udp: fails })).find((r) => r.probe === "udp");
    expect(udp && remark(udp)).toMatch(/TCP instead.*no candidate pair/);
  });

  it("stops", async () => {
    const check = new ConnectionCheck({ ...all, udp: () => new Promise(() => check.stop()) }, world);
    await check.run();
    expect(check.running).toBe(false);
    expect(check.results.slice(4).every((r) => r.grade === "skipped")).toBe(true);
  });

  it("reports it all", async () => {
    const text = report(await resultsOf({ ...all, udp: fails }), world);
    expect(JSON.parse(text)).toMatchObject({ version: 1, page: "https://node.example/", verdict: "fair" });
    expect(JSON.parse(text).results).toHaveLength(8);
  });
});

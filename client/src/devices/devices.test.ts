import { describe, expect, it } from "vitest";
import type { Source } from "../session/session";
import { causeOf, DeviceError } from "./cause";
import { Devices } from "./devices";
import { Publishing } from "./publishing";

/** A track, as far as it matters here. */
class FakeTrack extends EventTarget {
  readyState = "live";
  enabled = true;
  stop(): void {
    this.readyState = "ended";
  }
  unplug(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

function world() {
  const tracks: FakeTrack[] = [];
  const asked: MediaStreamConstraints[] = [];
  const sent: string[] = [];
  const answers: (DOMException | undefined)[] = [];
  const media = {
    addEventListener() {},
    enumerateDevices: async () => [],
    getUserMedia: async (constraints: MediaStreamConstraints) => {
      asked.push(constraints);
      const error = answers.shift();
      if (error) throw error;
      const track = new FakeTrack();
      tracks.push(track);
      return { getTracks: () => [track] };
    },
  };
  const devices = new Devices(media as unknown as MediaDevices, { camera: "", microphone: "gone" });
  const session = {
    publish: async (source: Source, track: MediaStreamTrack | undefined) => {
      sent.push(`${source} ${track ? "on" : "off"}`);
    },
  };
  return { tracks, asked, sent, answers, devices, session, publishing: new Publishing(session, devices) };
}

describe("publishing", () => {
  it("ends as the last press wants, however fast they come", async () => {
    const { publishing, sent, tracks } = world();
    const presses = [true, false, true, false].map((on) => publishing.set("microphone", on));
    await Promise.all(presses);
    expect(publishing.on("microphone")).toBe(false);
    expect(sent.at(-1)).not.toBe("microphone on");
    expect(tracks.every((t) => !t.enabled)).toBe(true);
    await publishing.set("microphone", true);
    expect(sent.at(-1)).toBe("microphone on");
    expect(tracks).toHaveLength(1); // it stayed open, silenced
  });

  it("gives the camera back when it goes off, before the node answers", async () => {
    const { publishing, session, tracks } = world();
    await publishing.set("camera", true);
    session.publish = async () => {
      expect(tracks[0]?.readyState).toBe("ended");
      throw new Error("the link is away");
    };
    await expect(publishing.set("camera", false)).rejects.toThrow("away");
    expect(publishing.on("camera")).toBe(false);
  });

  it("is off after a failure, and says why", async () => {
    const { publishing, answers, sent } = world();
    answers.push(new DOMException("Permission denied", "NotAllowedError"));
    await expect(publishing.set("camera", true)).rejects.toMatchObject({ reason: "denied" });
    expect(publishing.on("camera")).toBe(false);
    expect(sent).toEqual([]);
    await publishing.set("camera", true);
    expect(publishing.on("camera")).toBe(true);
  });

  it("takes another device in its place", async () => {
    const { publishing, asked, tracks, sent } = world();
    await publishing.set("microphone", true);
    await publishing.change("microphone", "headset");
    expect(tracks.map((t) => t.readyState)).toEqual(["ended", "live"]);
    expect(asked[1]).toMatchObject({ audio: { deviceId: { exact: "headset" }, echoCancellation: true } });
    expect(sent).toEqual(["microphone on", "microphone on"]);
  });
});

describe("devices", () => {
  it("take the browser's choice where the remembered one is gone", async () => {
    const { devices, answers, asked } = world();
    answers.push(new DOMException("", "OverconstrainedError"));
    await devices.open("microphone");
    expect(asked.map((a) => typeof a.audio === "object" && a.audio.deviceId)).toEqual([
      { exact: "gone" },
      undefined,
    ]);
    expect(devices.chosen("microphone")).toBe("");
  });

  it("tell when one is unplugged, not when it is closed", async () => {
    const { devices, tracks } = world();
    const ended: Source[] = [];
    devices.listen({ ended: (source) => ended.push(source) });
    await devices.open("camera");
    devices.close("camera");
    await devices.open("camera");
    tracks[1]?.unplug();
    expect(ended).toEqual(["camera"]);
    expect(devices.track("camera")).toBeUndefined();
  });

  it("are refused by an insecure page", async () => {
    const devices = new Devices(undefined, { camera: "", microphone: "" });
    await expect(devices.open("camera")).rejects.toMatchObject({ reason: "insecure" });
    await expect(devices.openScreen()).rejects.toMatchObject({ reason: "unsupported" });
    expect(await devices.inventory()).toEqual({ camera: [], microphone: [], speaker: [] });
  });
});

describe("causes", () => {
  it.each([
    ["NotAllowedError", "Permission denied", "denied"],
    ["NotAllowedError", "Permission denied by system", "system"],
    ["NotFoundError", "", "missing"],
    ["NotReadableError", "", "busy"],
    ["AbortError", "", "busy"],
    ["OverconstrainedError", "", "unfit"],
    ["InvalidStateError", "", "other"],
  ])("of %s %s", (name, message, reason) => {
    expect(causeOf(new DOMException(message, name), "device").reason).toBe(reason);
  });

  it("of a screen that was not chosen is a change of mind", () => {
    expect(causeOf(new DOMException("", "NotAllowedError"), "screen").reason).toBe("dismissed");
    const own = new DeviceError("missing", "x");
    expect(causeOf(own, "screen")).toBe(own);
    expect(causeOf("odd", "device").message).toBe("odd");
  });
});

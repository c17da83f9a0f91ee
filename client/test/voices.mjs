// Without a node: voices are heard at the ear that they are nearer to, equally
// in mono, more quietly from afar; remote ones through a real peer connection.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createServer } from "vite";
import { openPage, withBrowser } from "./browser.mjs";

const server = await createServer({
  root: join(import.meta.dirname, ".."),
  logLevel: "error",
  server: { port: 0, host: "127.0.0.1" },
});
await server.listen();
const address = new URL("test/fake/room.html", server.resolvedUrls.local[0]).href;
const decibels = (a, b) => 20 * Math.log10(a / b);

/**
 * Waits until Chromium has loaded its ears (HRTF). Until then a live context
 * plays everybody in the middle, and on a busy machine an offline one sometimes
 * waits for ever (10 of 76 runs of Chromium 156).
 */
async function warm(page) {
  await page.evaluate(async () => {
    const { voices, session } = window.meeting;
    await voices.start();
    const tone = new OscillatorNode(voices.context, { frequency: 1800 });
    const out = voices.context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    const stream = { mid: "0", person: "p2", source: "microphone", cube: "", murmur: false };
    voices.place("p2", [-1, 0, 0.2]);
    session.hear([{ track: out.stream.getTracks()[0], stream }]);
  });
  await page.waitForFunction(() => {
    const p2 = window.meeting.voices.levels().get("p2");
    return p2 && p2.left + p2.right > 0.02 && p2.right > 1.6 * p2.left;
  });
}

await withBrowser("voices", async (browser) => {
  const page = await openPage(browser, address);
  await page.waitForFunction(() => window.meeting);

  await warm(page);

  /** RMS of both ears, of a second of noise from there. */
  const ears = (at, options = {}) =>
    page.evaluate(
      async ([at, { mono = false, volume = 1, murmur = false, eye = [0, 0, 0] }]) => {
        const { Voice } = await import("/src/voice/voice.ts");
        const { face, put } = await import("/src/voice/direction.ts");
        const rate = window.meeting.voices.context.sampleRate;
        const context = new OfflineAudioContext(2, rate, rate);
        face(context.listener);
        put(context.listener, eye, 0);
        const noise = new AudioBuffer({ length: rate, sampleRate: rate });
        const samples = noise.getChannelData(0);
        for (let i = 0, seed = 1; i < samples.length; i++) {
          seed = (seed * 16807) % 2147483647;
          samples[i] = (0.4 * seed) / 2147483647 - 0.2;
        }
        const source = new AudioBufferSourceNode(context, { buffer: noise });
        const voice = new Voice(context, source, at, mono);
        voice.volume = volume;
        voice.murmur = murmur;
        voice.out.connect(context.destination);
        source.start();
        const heard = await context.startRendering();
        return [0, 1].map((ear) => {
          const all = heard.getChannelData(ear).subarray(rate / 10);
          return Math.sqrt(all.reduce((sum, s) => sum + s * s, 0) / all.length);
        });
      },
      [at, options],
    );

  // In the viewer's cube, +z is ahead and the right hand is at -x.
  const right = await ears([-1, 0, 0.3]);
  const left = await ears([1, 0, 0.3]);
  const ahead = await ears([0, 0, 1.2]);
  console.log(
    `right of the viewer ${decibels(right[1], right[0]).toFixed(1)} dB to the right, ` +
      `left ${decibels(left[0], left[1]).toFixed(1)} dB to the left, ` +
      `ahead ${decibels(ahead[1], ahead[0]).toFixed(1)} dB`,
  );
  assert.ok(decibels(right[1], right[0]) > 4, "who sits on the right is not louder on the right");
  assert.ok(decibels(left[0], left[1]) > 4, "who sits on the left is not louder on the left");
  assert.ok(Math.abs(decibels(ahead[1], ahead[0])) < 1, "who sits ahead is to be heard in the middle");

  // Who moves to the right has on the left who was ahead.
  const moved = await ears([0, 0, 0.4], { eye: [-0.6, 0, 0] });
  assert.ok(decibels(moved[0], moved[1]) > 4, "the eye's place does not matter");

  const mono = await ears([-1, 0, 0.3], { mono: true });
  assert.ok(mono[0] > 0.05 && Math.abs(mono[0] - mono[1]) < 1e-6, `mono: ${mono}`);

  const [near, far] = [await ears([0, 0, 1]), await ears([0, 0, 3])];
  // inverse, reference 1 m, rolloff 0.5: half at 3 m
  assert.ok(Math.abs(decibels(near[0], far[0]) - 6) < 0.7, `3 m: ${decibels(near[0], far[0])} dB less`);
  const murmur = await ears([0, 0, 1], { murmur: true });
  assert.ok(decibels(near[0], murmur[0]) > 8, "a murmur is not quieter");
  const soft = await ears([0, 0, 1], { volume: 0.5 });
  assert.ok(Math.abs(decibels(near[0], soft[0]) - 6) < 0.3, "the volume does not count");
  assert.deepEqual(page.errors, []);
  await page.close();
});

await withBrowser("voices over a peer connection", async (browser) => {
  const page = await openPage(browser, address);
  await page.waitForFunction(() => window.meeting);
  await page.click("#canvas");
  await page.evaluate(async () => {
    const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
    a.onicecandidate = (e) => e.candidate && b.addIceCandidate(e.candidate);
    b.onicecandidate = (e) => e.candidate && a.addIceCandidate(e.candidate);
    const { voices, session } = window.meeting;
    await voices.start();
    for (const frequency of [1800, 2600]) {
      const tone = new OscillatorNode(voices.context, { frequency });
      const out = voices.context.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      a.addTrack(out.stream.getTracks()[0], out.stream);
    }
    window.peers = [a, b];
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    const tracks = b.getReceivers().map((r) => r.track);
    const person = ["p2", "p3"];
    window.arriving = tracks.map((track, i) => ({
      track,
      receiver: b.getReceivers()[i],
      stream: { mid: String(i), person: person[i], source: "microphone", cube: "", murmur: false },
    }));
    voices.place("p2", [-1, 0, 0.2]);
    session.hear(window.arriving);
    voices.place("p3", [1, 0, 0.2]);
  });
  const levels = () => page.evaluate(() => Object.fromEntries(window.meeting.voices.levels()));
  // Until Chromium has loaded its ears (HRTF) it plays everybody in the middle.
  await page.waitForFunction(() => {
    const [p2, p3] = ["p2", "p3"].map((person) => window.meeting.voices.levels().get(person));
    return p2 && p3 && p2.left + p2.right > 0.02 && p2.right > 1.6 * p2.left && p3.left > 1.6 * p3.right;
  });
  const { p2, p3 } = await levels();
  console.log(
    `live: ${decibels(p2.right, p2.left).toFixed(1)} dB and ${decibels(p3.left, p3.right).toFixed(1)} dB`,
  );
  assert.ok(decibels(p2.right, p2.left) > 4 && decibels(p3.left, p3.right) > 4, JSON.stringify({ p2, p3 }));

  await page.evaluate(() => {
    window.meeting.voices.mono = true;
    window.meeting.voices.setVolume("p3", 0);
  });
  await page.waitForFunction(() => {
    const l = window.meeting.voices.levels();
    const [p2, p3] = [l.get("p2"), l.get("p3")];
    return Math.abs(p2.left - p2.right) < 1e-4 && p2.left > 0.02 && p3.left < 1e-3;
  });
  // Who goes is heard no more; who stays goes on.
  await page.evaluate(() => window.meeting.session.hear(window.arriving.slice(0, 1)));
  assert.deepEqual(Object.keys(await levels()), ["p2"]);
  assert.deepEqual(page.errors, []);
});
await server.close();

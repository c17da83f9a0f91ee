// A foreign WHEP client (@roamhq/wrtc: libwebrtc with other extension ids and
// no data channels) receives views whose strips can be read.
import assert from "node:assert/strict";
import { join } from "node:path";
import wrtc from "@roamhq/wrtc";
import { createServer } from "vite";
import { nodeAddress } from "./node.mjs";

const server = await createServer({
  root: join(import.meta.dirname, ".."),
  logLevel: "error",
  server: { middlewareMode: true },
});
const { decodeStrip, readStrip } = await server.ssrLoadModule("/src/pack/strip.ts");
const { layoutOfVideo } = await server.ssrLoadModule("/src/pack/layout.ts");

const wanted = 30; // views
const { cubes } = await (await fetch(nodeAddress("api/node"))).json();
const peer = new wrtc.RTCPeerConnection();
const { receiver } = peer.addTransceiver("video", { direction: "recvonly" });
const sequences = [];
const problems = [];
const sink = new wrtc.nonstandard.RTCVideoSink(receiver.track);
const done = new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`${sequences.length} of ${wanted} views came`)), 30_000);
  sink.onframe = ({ frame }) => {
    const layout = layoutOfVideo(frame.width, frame.height);
    const strip = layout ? decodeStrip(readStrip(frame.data, frame.width, layout)) : "size";
    if (typeof strip === "string") problems.push(`${strip} (${frame.width}x${frame.height})`);
    else sequences.push(strip.sequence);
    if (sequences.length < wanted) return;
    clearTimeout(timer);
    resolve();
  };
});

try {
  await peer.setLocalDescription(await peer.createOffer());
  const response = await fetch(nodeAddress(cubes[0].whep.slice(1)), {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: peer.localDescription.sdp,
  });
  assert.equal(response.status, 201, await response.clone().text());
  await peer.setRemoteDescription({ type: "answer", sdp: await response.text() });
  await done;
  for (let i = 1; i < sequences.length; i++) {
    const step = (sequences[i] - sequences[i - 1]) & 4095;
    assert.ok(step > 0 && step < 2048, `sequence ${sequences[i]} after ${sequences[i - 1]}`);
  }
  assert.deepEqual(problems, []);
  const gone = await fetch(new URL(response.headers.get("Location"), response.url), { method: "DELETE" });
  assert.ok(gone.ok, `DELETE: ${gone.status}`);
  console.log(`ok foreign (${sequences.length} views)`);
} catch (error) {
  console.error(`not ok foreign: ${error.stack}`);
  process.exitCode = 1;
} finally {
  sink.stop();
  peer.close();
  await server.close();
}
// The native threads of wrtc keep the process alive otherwise.
process.exit();

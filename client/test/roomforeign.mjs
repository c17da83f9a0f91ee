// Foreign software in a room (@roamhq/wrtc: libwebrtc): what one publishes by
// WHIP, another that watches by WHEP decodes, picture and sound. The node needs
// --dev.
import assert from "node:assert/strict";
import wrtc from "@roamhq/wrtc";
import { nodeAddress } from "./node.mjs";

const room = process.env.VIRTUALCUBE_ROOM ?? "demo";
const size = { width: 320, height: 240 };
const colour = [170, 90, 190]; // Y, U and V
const tone = 440; // Hz
const rate = 48_000; // samples a second
const wanted = { frames: 30, seconds: 1 }; // to be decoded

/** Offers to an endpoint of the room and takes the answer; the session's address. */
async function join(peer, path) {
  await peer.setLocalDescription(await peer.createOffer());
  const response = await fetch(nodeAddress(`room/${room}/${path}`), {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: peer.localDescription.sdp,
  });
  const answer = await response.text();
  assert.equal(response.status, 201, answer);
  await peer.setRemoteDescription({ type: "answer", sdp: answer });
  return new URL(response.headers.get("Location"), response.url);
}

/** Publishes a coloured picture and a tone; a function that ends it. */
function publish(peer) {
  const video = new wrtc.nonstandard.RTCVideoSource();
  const audio = new wrtc.nonstandard.RTCAudioSource();
  const tracks = [audio.createTrack(), video.createTrack()];
  for (const track of tracks) peer.addTransceiver(track, { direction: "sendonly" });
  const { width, height } = size;
  const data = new Uint8ClampedArray((width * height * 3) / 2);
  data.fill(colour[0], 0, width * height);
  data.fill(colour[1], width * height, (width * height * 5) / 4);
  data.fill(colour[2], (width * height * 5) / 4);
  const pictures = setInterval(() => video.onFrame({ width, height, data }), 50);
  const frames = rate / 100; // as many samples as wrtc wants at once
  let phase = 0;
  let due = Date.now();
  const sounds = setInterval(() => {
    for (; due <= Date.now(); due += 10) {
      const samples = new Int16Array(frames);
      for (let i = 0; i < frames; i++, phase++)
        samples[i] = 8000 * Math.sin((2 * Math.PI * tone * phase) / rate);
      audio.onData({
        samples,
        sampleRate: rate,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: frames,
      });
    }
  }, 10);
  return () => {
    clearInterval(pictures);
    clearInterval(sounds);
    for (const track of tracks) track.stop();
  };
}

/** The mean of part of a picture. */
function mean(data, begin, end) {
  let sum = 0;
  for (let i = begin; i < end; i++) sum += data[i];
  return sum / (end - begin);
}

/** Watches until enough of the tone and of the picture came. */
function decoded(video, audio) {
  let frames = 0;
  let seconds = 0; // of the tone
  let wave = []; // samples of the last tenth of a second
  let hertz = 0;
  let last = [];
  return new Promise((resolve, reject) => {
    const came = () =>
      `${frames} pictures, the last is ${last}, and ${seconds} s of the tone came, the last is ${hertz} Hz`;
    const timer = setTimeout(() => reject(new Error(came())), 30_000);
    const check = () => {
      if (frames < wanted.frames || seconds < wanted.seconds) return;
      clearTimeout(timer);
      resolve({ frames, seconds, hertz, colour: last });
    };
    video.onframe = ({ frame: { width, height, data } }) => {
      const [y, u] = [width * height, (width * height) / 4];
      last = [mean(data, 0, y), mean(data, y, y + u), mean(data, y + u, y + 2 * u)];
      if (last.every((value, i) => Math.abs(value - colour[i]) < 8)) frames++;
      check();
    };
    audio.ondata = ({ samples, sampleRate, channelCount }) => {
      wave.push(...samples.filter((_, i) => i % channelCount === 0));
      const length = wave.length / sampleRate;
      if (length < 0.1) return;
      let crossings = 0;
      for (let i = 1; i < wave.length; i++) if (wave[i - 1] < 0 && wave[i] >= 0) crossings++;
      const loud = Math.max(...wave) > 3000;
      hertz = loud ? crossings / length : 0;
      if (Math.abs(hertz - tone) < 0.05 * tone) seconds += length;
      wave = [];
      check();
    };
  });
}

const publisher = new wrtc.RTCPeerConnection();
const watcher = new wrtc.RTCPeerConnection();
const receive = (kind) => watcher.addTransceiver(kind, { direction: "recvonly" }).receiver.track;
const videoSink = new wrtc.nonstandard.RTCVideoSink(receive("video"));
const audioSink = new wrtc.nonstandard.RTCAudioSink(receive("audio"));
const stop = publish(publisher);

try {
  const published = await join(publisher, "whip?name=Studio");
  const watched = await join(watcher, "whep");
  const { frames, seconds, hertz, colour: seen } = await decoded(videoSink, audioSink);
  for (const session of [watched, published]) {
    const gone = await fetch(session, { method: "DELETE" });
    assert.ok(gone.ok, `DELETE: ${gone.status}`);
  }
  const sound = `${seconds.toFixed(1)} s of a tone of ${Math.round(hertz)} Hz`;
  console.log(`ok roomforeign (${frames} pictures of ${seen.map(Math.round)}, ${sound})`);
} catch (error) {
  console.error(`not ok roomforeign: ${error.stack}`);
  process.exitCode = 1;
} finally {
  stop();
  videoSink.stop();
  audioSink.stop();
  publisher.close();
  watcher.close();
}
// The native threads of wrtc keep the process alive otherwise.
process.exit();

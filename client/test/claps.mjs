// What the tests of a room share that flash and beep: a camera and a microphone
// made of them, and what comes of it on the canvas and at the ears of another page.

/** Pictures a second that the camera of a studio has. */
export const rate = 15;

/**
 * To be run in a page before its own code: its camera and its microphone flash and
 * beep at one instant, once a second. window.studio.still stops the pictures;
 * window.peers are the page's connections.
 */
export function studio() {
  const [width, height, period] = [320, 240, 1000];
  const rate = 15; // as above; this is run elsewhere
  window.studio = { still: false };
  window.peers = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      window.peers.push(this);
    }
  };
  const audio = new AudioContext();
  const [tone, gate, out] = [
    audio.createOscillator(),
    audio.createGain(),
    audio.createMediaStreamDestination(),
  ];
  tone.type = "sawtooth"; // a voice, somewhat: filters take other tones away
  tone.frequency.value = 150;
  gate.gain.value = 0;
  tone.connect(gate).connect(out);
  tone.start();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const g = canvas.getContext("2d");
  const pictures = canvas.captureStream(0);
  let last = 0;
  let number = 0;
  setInterval(() => {
    if (window.studio.still) return;
    const beat = Math.floor(performance.now() / period);
    const claps = beat !== last;
    last = beat;
    if (claps) {
      const at = audio.currentTime;
      gate.gain.setValueAtTime(0.6, at);
      gate.gain.setValueAtTime(0, at + 0.12);
    }
    const light = performance.now() % period < 150;
    g.fillStyle = light ? "#fff" : "#203040";
    g.fillRect(0, 0, width, height);
    g.fillStyle = "#c08060"; // what moves is encoded
    g.fillRect((5 * number++) % width, height - 30, 20, 20);
    pictures.getVideoTracks()[0].requestFrame();
  }, 1000 / rate);
  navigator.mediaDevices.getUserMedia = async ({ video }) =>
    new MediaStream((video ? pictures : out.stream).getTracks().map((t) => t.clone()));
}

/** Pictures that a page has sent, or got of a participant; what is on its way is not counted. */
export const pictures = (page, person) =>
  page.evaluate(async (person) => {
    const counts = { sent: 0, got: 0 };
    const mid = window.virtualcube.room
      .streams()
      .find((s) => s.person === person && s.source === "camera")?.mid;
    for (const peer of window.peers) {
      for (const s of (await peer.getStats()).values()) {
        if (s.kind !== "video") continue;
        if (s.type === "outbound-rtp") counts.sent += s.framesSent ?? 0;
        if (s.type === "inbound-rtp" && s.mid === mid) counts.got += s.framesReceived ?? 0;
      }
    }
    return counts;
  }, person);

/**
 * When a page shows a flash and when the beep of its participant comes to the
 * ears, ms. at: a point of their cube that flashes; without it whatever on the
 * canvas does.
 */
export const flashesAndBeeps = (page, person, seconds, at) =>
  page.evaluate(
    async ([person, at, seconds]) => {
      const { room } = window.virtualcube;
      const canvas = document.getElementById("canvas");
      const [columns, rows] = at ? [3, 3] : [24, 16];
      const g = new OffscreenCanvas(columns, rows).getContext("2d", { willReadFrequently: true });
      const [lights, sounds] = [[], []];
      const end = performance.now() + 1000 * seconds;
      const listening = setInterval(() => {
        const ear = room.ears()[person];
        sounds.push([performance.now(), ear ? ear.left + ear.right : 0]);
      }, 2);
      await new Promise((resolve) => {
        const look = (now) => {
          const p = at ? room.project(person, at) : [canvas.width / 2, canvas.height / 2];
          if (p) {
            const size = at ? [3, 3] : [canvas.width, canvas.height];
            // After the page's own callback, in the same display frame: the canvas still has its picture.
            g.drawImage(canvas, p[0] - size[0] / 2, p[1] - size[1] / 2, ...size, 0, 0, columns, rows);
            const { data } = g.getImageData(0, 0, columns, rows);
            const cells = [];
            for (let i = 0; i < data.length; i += 4) cells.push((data[i] + data[i + 1] + data[i + 2]) / 3);
            lights.push([performance.now(), cells]);
          }
          if (now < end) requestAnimationFrame(look);
          else resolve();
        };
        requestAnimationFrame(look);
      });
      clearInterval(listening);
      // Of the badge all cells, of the canvas the one that changes most.
      const range = (i) => {
        const values = lights.map(([, cells]) => cells[i]);
        return Math.max(...values) - Math.min(...values);
      };
      const all = [...(lights[0]?.[1] ?? []).keys()];
      const most = all.reduce((a, b) => (range(b) > range(a) ? b : a), 0);
      const light = ([now, cells]) => [
        now,
        at ? cells.reduce((a, b) => a + b, 0) / cells.length : cells[most],
      ];
      const onsets = (samples, quiet) => {
        const values = samples.map((s) => s[1]);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const threshold = low + quiet * (high - low);
        const found = [];
        for (let i = 1; i < samples.length; i++) {
          const last = found.at(-1) ?? Number.NEGATIVE_INFINITY;
          if (values[i] >= threshold && values[i - 1] < threshold && samples[i][0] - last > 400)
            found.push(samples[i][0]);
        }
        return { found, low, high };
      };
      return { flashes: onsets(lights.map(light), 0.5), beeps: onsets(sounds, 0.1), frames: lights.length };
    },
    [person, at, seconds],
  );

/** By how much beeps come after the flashes that they belong to, ms. */
export const apart = ({ flashes, beeps }) =>
  flashes.found.flatMap((f) => {
    const nearest = beeps.found.map((b) => b - f).toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
    return nearest !== undefined && Math.abs(nearest) < 400 ? [nearest] : [];
  });

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

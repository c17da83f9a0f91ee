// A webcam for the browser tests: a film of the repository's synthetic person
// (the page's picture in .github), who moves by known amounts, in a temporary
// file. Every picture carries its number in its last rows, nine blocks of 16
// pixels, the lowest bit first.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const size = [640, 480];
export const rate = 30; // the browser plays such files so
export const focal = 0.83 * size[0]; // pixels; calibration.ts's usual
export const distance = 0.6; // metres, of the eyes at rest
const seconds = { still: 2, sideways: 4, away: 1.5, back: 2.5, near: 3 };
export const frames = rate * Object.values(seconds).reduce((a, b) => a + b);

/** Where the head is in a picture: metres to the picture's right and nearer; absent between times. */
export function truth(frame) {
  let t = (((frame % frames) + frames) % frames) / rate;
  if (t < seconds.still) return { phase: "still", x: 0, nearer: 0 };
  t -= seconds.still;
  if (t < seconds.sideways) {
    return { phase: "sideways", x: 0.1 * Math.sin((2 * Math.PI * t) / seconds.sideways), nearer: 0 };
  }
  t -= seconds.sideways;
  if (t < seconds.away) return { phase: "away", x: 0, nearer: 0, absent: true };
  t -= seconds.away;
  if (t < seconds.back) return { phase: "back", x: 0, nearer: 0 };
  t -= seconds.back;
  return { phase: "near", x: 0, nearer: 0.06 * (1 - Math.cos((2 * Math.PI * t) / seconds.near)) };
}

/** Makes the film with a browser; returns its path and what removes it. */
export async function film(browser) {
  const picture = readFileSync(join(import.meta.dirname, "..", "..", ".github", "page.jpg"));
  const page = await browser.newPage();
  await page.evaluate(prepare, { picture: picture.toString("base64"), size });
  const folder = mkdtempSync(join(tmpdir(), "virtualcube-webcam-"));
  const path = join(folder, "person.mjpeg");
  const parts = [];
  for (let from = 0; from < frames; from += 30) {
    const places = Array.from({ length: 30 }, (_, n) => ({ number: from + n, ...truth(from + n) }));
    const texts = await page.evaluate(draw, { places, focal, distance });
    parts.push(...texts.map((text) => Buffer.from(text, "base64")));
  }
  writeFileSync(path, Buffer.concat(parts));
  await page.close();
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function prepare({ picture, size }) {
  const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
  globalThis.person = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  globalThis.canvas = new OffscreenCanvas(...size);
}

async function draw({ places, focal, distance }) {
  const eyes = [637, 181]; // between them, in the picture
  const apart = 40; // pixels
  const { canvas, person } = globalThis;
  const g = canvas.getContext("2d", { willReadFrequently: true });
  const texts = [];
  for (const { number, x, nearer, absent } of places) {
    g.resetTransform();
    g.fillStyle = "#777";
    g.fillRect(0, 0, canvas.width, canvas.height);
    const z = distance - nearer;
    const k = (0.063 * focal) / z / apart;
    g.setTransform(
      k,
      0,
      0,
      k,
      canvas.width / 2 + (x * focal) / z - k * eyes[0],
      canvas.height / 2 - k * eyes[1],
    );
    if (!absent) g.drawImage(person, 450, 60, 380, 500, 450, 60, 380, 500);
    g.resetTransform();
    for (let bit = 0; bit < 9; bit++) {
      g.fillStyle = number & (2 ** bit) ? "#fff" : "#000";
      g.fillRect(16 * bit, canvas.height - 16, 16, 16);
    }
    const noisy = g.getImageData(0, 0, canvas.width, canvas.height);
    // A sensor's noise of three levels, the same in every run.
    let seed = number + 1;
    for (let i = 0; i < noisy.data.length; i += 4) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const noise = ((seed >>> 24) + ((seed >>> 16) & 255) - 255) / 35;
      for (let c = 0; c < 3; c++) noisy.data[i + c] += noise;
    }
    g.putImageData(noisy, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(blob);
    });
    texts.push(url.slice(url.indexOf(",") + 1));
  }
  return texts;
}

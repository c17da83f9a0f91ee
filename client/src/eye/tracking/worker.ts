/** The worker: finds the face in each picture that it is sent, and sends its landmarks. */
import {
  around,
  detectorSide,
  drawing,
  inPicture,
  letterbox,
  likeliest,
  meshSide,
  type Square,
} from "./crop";
import { outerCorners, rigidIndices } from "./face";
import type { Landmarks } from "./head";
import type { Answer, Picture } from "./messages";
import { loadNetworks, type Networks } from "./network";
import type { Pixel } from "./pose";

const present = 0.5; // below, the face is looked for anew

const port = self as unknown as {
  postMessage(message: Answer): void;
  onmessage: ((e: MessageEvent<Picture>) => void) | null;
};

class Finder {
  readonly #networks: Networks;
  readonly #detector = context(detectorSide);
  readonly #mesh = context(meshSide);
  #square: Square | undefined; // where the face was, for the next picture

  constructor(networks: Networks) {
    this.#networks = networks;
  }

  find(bitmap: ImageBitmap): { detected: boolean; face: Landmarks | undefined } {
    const detected = this.#square === undefined;
    const square = this.#square ?? this.#detect(bitmap);
    const face = square && this.#landmarks(bitmap, square);
    if (!face) this.#square = undefined;
    return { detected, face };
  }

  #detect(bitmap: ImageBitmap): Square | undefined {
    const g = this.#detector;
    const { width, height } = bitmap;
    const { scale, x, y } = letterbox(width, height);
    g.clearRect(0, 0, detectorSide, detectorSide);
    g.drawImage(bitmap, x, y, width * scale, height * scale);
    const { scores, boxes } = this.#networks.detect(g.getImageData(0, 0, detectorSide, detectorSide).data);
    return likeliest(scores, boxes, width, height)?.square;
  }

  #landmarks(bitmap: ImageBitmap, square: Square): Landmarks | undefined {
    const g = this.#mesh;
    const { width, height } = bitmap;
    g.resetTransform();
    g.clearRect(0, 0, meshSide, meshSide);
    g.setTransform(...drawing(square, meshSide));
    g.drawImage(bitmap, 0, 0);
    const { points, presence } = this.#networks.mesh(g.getImageData(0, 0, meshSide, meshSide).data);
    if (!(presence >= present)) return undefined;
    const at = (n: number): Pixel =>
      inPicture(square, meshSide, [points[3 * n] ?? 0, points[3 * n + 1] ?? 0]);
    const all = Array.from({ length: points.length / 3 }, (_, n) => at(n));
    this.#square = around(all, at(outerCorners[0]), at(outerCorners[1]));
    return { points: rigidIndices.map(at), presence, width, height };
  }
}

function context(side: number): OffscreenCanvasRenderingContext2D {
  const g = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  if (!g) throw new Error("this browser draws nothing in a worker");
  g.imageSmoothingQuality = "medium";
  return g;
}

async function start(): Promise<void> {
  const finder = new Finder(await loadNetworks());
  port.onmessage = ({ data: { bitmap, at } }) => {
    const before = performance.now();
    try {
      const found = finder.find(bitmap);
      port.postMessage({ type: "seen", at, milliseconds: performance.now() - before, ...found });
    } catch (cause) {
      port.postMessage({ type: "failed", reason: String(cause) });
    } finally {
      bitmap.close();
    }
  };
  port.postMessage({ type: "ready" });
}

start().catch((cause: unknown) => port.postMessage({ type: "failed", reason: String(cause) }));

/**
 * The stage without a node: it shows a made-up packed view. For tests only;
 * window.fake draws views, whole or spoiled.
 */
import { listen } from "../../src/eye/controls";
import { Eye } from "../../src/eye/eye";
import type { Point } from "../../src/eye/projection";
import { optionsOf } from "../../src/options";
import { layoutOfVideo } from "../../src/pack/layout";
import type { Seen } from "../../src/view/readback";
import { Stage } from "../../src/view/stage";
import { drawTruth, drawView, framing, markers } from "./bust";

const canvas = document.getElementById("canvas") as HTMLCanvasElement;
const options = optionsOf(new URL(location.href));
const eye = new Eye([0, 0.02, 1.25]);
if (options.eye) eye.set(options.eye);
const seen: Seen[] = [];
const stage = new Stage(
  canvas,
  eye,
  { seen: (s) => seen.push(s), moved() {}, contextLost() {}, contextRestored() {} },
  options.plain,
);
listen(canvas, eye);
stage.addWindow(framing);
const packed = document.createElement("canvas");
let sequence = 0;

const fake = {
  markers,
  seen,
  /** Sends one view of the bust from an eye; spoil draws over the frame first. */
  send(from: Point, size = 512, spoil?: "strip" | "window") {
    const strip = {
      sequence: ++sequence,
      milliseconds: 1000 + sequence,
      eye: from,
      near: 0.8,
      far: 1.6,
      window: 7,
    };
    if (spoil === "window") strip.window = 9;
    drawView(packed, { width: size, height: size }, strip);
    if (spoil === "strip") {
      const g = packed.getContext("2d");
      g?.fillRect(0, 0, size, size + size / 2 + 6);
      g?.fillRect(40, size + size / 2, 24, 8);
    }
    const layout = layoutOfVideo(packed.width, packed.height);
    if (layout) stage.show(packed, layout);
  },
  setEye(p: Point) {
    eye.set(p);
    stage.redraw();
  },
  project: (p: Point) => stage.project(p),
  /** What the page's eye truly sees, in every step-th pixel both ways; as text, a character a byte. */
  truth(step: number) {
    const [x0, y0] = stage.project([0, 0, 0]);
    const [x1, y1] = stage.project([1, 1, 0]);
    const place = (x: number, y: number): Point => [
      (x * step - x0) / (x1 - x0),
      (y * step - y0) / (y1 - y0),
      0,
    ];
    const data = drawTruth(eye.position, canvas.width / step, canvas.height / step, place);
    return Array.from(data, (v) => String.fromCharCode(v)).join("");
  },
  loseContext() {
    const gl = canvas.getContext("webgl2");
    const lose = gl?.getExtension("WEBGL_lose_context");
    lose?.loseContext();
    return new Promise<void>((resolve) => {
      canvas.addEventListener("webglcontextrestored", () => resolve(), { once: true });
      setTimeout(() => lose?.restoreContext(), 100);
    });
  },
  /** Milliseconds that count displayed pictures take with the eye moving. */
  async time(count: number) {
    const start = performance.now();
    const gl = canvas.getContext("webgl2") as WebGL2RenderingContext;
    for (let i = 0; i < count; i++) {
      eye.set([0.05 * Math.sin(i), 0.02, 1.25]);
      await new Promise(requestAnimationFrame);
      gl.finish();
    }
    return (performance.now() - start) / count;
  },
};
declare global {
  interface Window {
    fake?: typeof fake;
  }
}
window.fake = fake;

/** What hands and keys move: to the right, up, and back from what is seen, metres; or to the middle. */
export interface Movable {
  move(right: number, up: number, back: number): void;
  reset(): void;
}

const dragReach = 0.9; // metres the eye moves over a drag of the canvas's height
const keyStep = 0.05; // metres
const wheelReach = 0.0012; // metres a pixel of wheel
const pinchReach = 1.2; // metres per doubling of the fingers' distance

/**
 * Hands and keys move the eye: drag and touch as if the person's room were
 * held, arrows as if one stepped aside, wheel, pinch, plus and minus for
 * distance, Home and a double click for the middle. Returns a function that
 * takes all of it away.
 */
export function listen(canvas: HTMLCanvasElement, eye: Movable): () => void {
  const ended = new AbortController();
  const options = { signal: ended.signal };
  const fingers = new Map<number, { x: number; y: number }>();

  canvas.addEventListener(
    "pointerdown",
    (e) => {
      if (e.pointerType === "mouse" && e.button !== 0) return;
      canvas.setPointerCapture(e.pointerId);
      fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      canvas.dataset.dragging = "";
    },
    options,
  );
  canvas.addEventListener(
    "pointermove",
    (e) => {
      const before = fingers.get(e.pointerId);
      if (!before) return;
      const spread = distance(fingers);
      fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      const scale = dragReach / canvas.clientHeight / fingers.size;
      eye.move(-(e.clientX - before.x) * scale, (e.clientY - before.y) * scale, 0);
      if (spread > 0) eye.move(0, 0, -pinchReach * Math.log2(distance(fingers) / spread));
    },
    options,
  );
  const lift = (e: PointerEvent) => {
    fingers.delete(e.pointerId);
    if (fingers.size === 0) delete canvas.dataset.dragging;
  };
  canvas.addEventListener("pointerup", lift, options);
  canvas.addEventListener("pointercancel", lift, options);
  canvas.addEventListener("dblclick", () => eye.reset(), options);
  canvas.addEventListener(
    "wheel",
    (e) => {
      e.preventDefault();
      const pixels = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? e.deltaY * 16 : e.deltaY;
      eye.move(0, 0, pixels * wheelReach);
    },
    { ...options, passive: false },
  );
  canvas.addEventListener(
    "keydown",
    (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (press(e.key, e.shiftKey ? keyStep / 5 : keyStep, eye)) e.preventDefault();
    },
    options,
  );
  return () => ended.abort();
}

function press(key: string, step: number, eye: Movable): boolean {
  switch (key) {
    case "ArrowLeft":
      eye.move(-step, 0, 0);
      return true;
    case "ArrowRight":
      eye.move(step, 0, 0);
      return true;
    case "ArrowUp":
      eye.move(0, step, 0);
      return true;
    case "ArrowDown":
      eye.move(0, -step, 0);
      return true;
    case "+":
    case "=":
    case "PageUp":
      eye.move(0, 0, -2 * step);
      return true;
    case "-":
    case "_":
    case "PageDown":
      eye.move(0, 0, 2 * step);
      return true;
    case "Home":
      eye.reset();
      return true;
    default:
      return false;
  }
}

/** Distance of the first two fingers, 0 with fewer. */
function distance(fingers: Map<number, { x: number; y: number }>): number {
  const [a, b] = [...fingers.values()];
  return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
}

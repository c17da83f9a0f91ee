import { CanvasTexture, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from "three";

const height = 64; // pixels of the canvas
const widest = 560;
const padding = 26;
const font =
  '600 34px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", "Noto Sans CJK SC", sans-serif';

/** What a plate says beside the text. */
export interface Marks {
  dim?: boolean; // the connection is lost
  muted?: boolean; // the microphone is off
  hand?: boolean; // it is raised
  eye?: boolean; // they look at the viewer
  filters?: number; // that work on what they send
}

/** A small plate with a text, drawn once a change. Its mesh has height 1 and faces +z. */
export class Plate {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  #said = "";
  #ratio = 1;

  /** With above it is to be read whatever is before it. */
  constructor(text: string, above = false) {
    const material = new MeshBasicMaterial({ transparent: true, depthWrite: false, depthTest: !above });
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.renderOrder = 3; // over people and things behind it
    this.say(text);
  }

  /** Width over height. */
  get ratio(): number {
    return this.#ratio;
  }

  say(text: string, marks: Marks = {}): void {
    const said = JSON.stringify([text, marks]);
    if (said === this.#said) return;
    this.#said = said;
    const canvas = draw(text, marks);
    this.#ratio = canvas.width / canvas.height;
    this.mesh.material.map?.dispose();
    const map = new CanvasTexture(canvas);
    map.colorSpace = SRGBColorSpace;
    map.anisotropy = 2;
    this.mesh.material.map = map;
    this.mesh.material.needsUpdate = true;
  }

  /** Gives it a height in metres. */
  scale(metres: number): void {
    this.mesh.scale.set(metres * this.#ratio, metres, 1);
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.map?.dispose();
    this.mesh.material.dispose();
  }
}

function draw(text: string, marks: Marks): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const g = canvas.getContext("2d");
  if (!g) return canvas;
  const { filters = 0 } = marks;
  const wand = filters > 0 && ((g: CanvasRenderingContext2D) => filtered(g, filters));
  const drawn = [wand, marks.muted && crossed, marks.hand && hand, marks.eye && eye].filter(
    (d) => typeof d === "function",
  );
  g.font = font;
  const room = widest - 2 * padding - 48 * drawn.length;
  const shown = fitting(g, text, room);
  canvas.width = Math.ceil(g.measureText(shown).width) + 2 * padding + 48 * drawn.length;
  canvas.height = height;
  g.fillStyle = "rgb(17 21 24 / 78%)";
  g.beginPath();
  g.roundRect(1, 1, canvas.width - 2, height - 2, height / 2 - 1);
  g.fill();
  if (marks.eye) {
    g.strokeStyle = lookColour;
    g.lineWidth = 3;
    g.stroke();
  }
  g.font = font;
  g.textBaseline = "middle";
  g.fillStyle = marks.dim ? "#8b949a" : "#f4f1ec";
  g.fillText(shown, padding, height / 2 + 2);
  drawn.forEach((glyph, i) => {
    g.save();
    g.translate(canvas.width - padding - 48 * (drawn.length - i) + 28, height / 2);
    glyph(g);
    g.restore();
  });
  return canvas;
}

/** The colour of "looks at you", here and on the rings. */
export const lookColour = "#f0b46a";

function fitting(g: CanvasRenderingContext2D, text: string, width: number): string {
  if (g.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && g.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}

/** A microphone, struck through. */
function crossed(g: CanvasRenderingContext2D): void {
  g.strokeStyle = "#ff8f7d";
  g.lineWidth = 3.5;
  g.lineCap = "round";
  g.beginPath();
  g.roundRect(-6, -18, 12, 22, 6);
  g.moveTo(-12, 0);
  g.arc(0, 0, 12, Math.PI, 0, true);
  g.moveTo(0, 12);
  g.lineTo(0, 18);
  g.moveTo(-15, -16);
  g.lineTo(15, 16);
  g.stroke();
}

/** A wand, and how many filters it stands for. */
function filtered(g: CanvasRenderingContext2D, count: number): void {
  g.strokeStyle = g.fillStyle = "#a9b6bd";
  g.lineWidth = 3;
  g.lineCap = "round";
  g.beginPath();
  g.moveTo(-18, 14);
  g.lineTo(-5, 1);
  g.moveTo(0, -16);
  g.lineTo(0, -8);
  g.moveTo(-4, -12);
  g.lineTo(4, -12);
  g.stroke();
  g.font = font.replace("34px", "24px");
  g.fillText(String(count), 4, 6);
}

function hand(g: CanvasRenderingContext2D): void {
  g.fillStyle = "#ffd76a";
  for (let i = 0; i < 4; i++) {
    g.beginPath();
    g.roundRect(-11 + 6 * i, -18 + 3 * Math.abs(i - 1.4), 5, 26, 2.5);
    g.fill();
  }
  g.beginPath();
  g.roundRect(-11, 0, 23, 18, 8);
  g.fill();
}

function eye(g: CanvasRenderingContext2D): void {
  g.strokeStyle = g.fillStyle = lookColour;
  g.lineWidth = 3.5;
  g.beginPath();
  g.moveTo(-18, 0);
  g.quadraticCurveTo(0, -20, 18, 0);
  g.quadraticCurveTo(0, 20, -18, 0);
  g.stroke();
  g.beginPath();
  g.arc(0, 0, 5.5, 0, 2 * Math.PI);
  g.fill();
}

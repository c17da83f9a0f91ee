const side = 512; // pixels, for 1.6 m
const rows = 10;

/** A floor of wooden planks that repeats on all sides. */
export function planks(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const g = canvas.getContext("2d");
  if (!g) return canvas;
  let seed = 11;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const height = side / rows;
  for (let row = 0; row < rows; row++) {
    const joint = random() * side;
    for (const start of [joint - side, joint - side / 2, joint, joint + side / 2]) {
      const tone = 108 + 26 * random();
      g.fillStyle = `rgb(${tone * 1.12}, ${tone * 0.86}, ${tone * 0.64})`;
      g.fillRect(start, row * height, side / 2, height);
      g.fillStyle = "rgba(30, 18, 10, 0.5)";
      g.fillRect(start, row * height, 1.5, height);
      for (let i = 0; i < 9; i++) {
        g.fillStyle = `rgba(50, 28, 14, ${0.05 + 0.07 * random()})`;
        g.fillRect(start, row * height + random() * height, side / 2, 0.6 + 1.2 * random());
      }
    }
    g.fillStyle = "rgba(30, 18, 10, 0.55)";
    g.fillRect(0, row * height, side, 1.5);
  }
  return canvas;
}

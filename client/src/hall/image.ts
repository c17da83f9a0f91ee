const mostBytes = 32 << 20;
const mostSide = 4096; // pixels

/** Fetches a picture from the node, and from nowhere else; larger ones are made smaller. */
export async function fetchPicture(path: string): Promise<ImageBitmap> {
  const address = new URL(path.replace(/^\/+/, ""), document.baseURI);
  if (address.origin !== location.origin) throw new Error(`picture ${path} is not of this node`);
  const response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`picture ${path}: ${response.status}`);
  if (Number(response.headers.get("Content-Length") ?? 0) > mostBytes)
    throw new Error(`picture ${path} is too large`);
  const whole = await createImageBitmap(await response.blob());
  const side = Math.max(whole.width, whole.height);
  if (side <= mostSide) return whole;
  const scale = mostSide / side;
  const small = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(whole.width * scale)),
    resizeHeight: Math.max(1, Math.round(whole.height * scale)),
    resizeQuality: "high",
  });
  whole.close();
  return small;
}

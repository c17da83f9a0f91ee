"""Trains the learned blend (render/learned) on samples of the synthetic rig.

    virtualcube samples --out DIR synthetic:
    python3 blend.py --samples DIR --out ../../render/learned

Every random number is drawn from --seed. The network sees what features.frag
gives it and is held to the truth in composites on random greys: colour by
squared error and structural similarity, matte by squared error. Colours are
turned and scaled at random, so that it learns what cameras agree on, not what
one person looks like. Real rigs validate (virtualcube eval), they never train.
"""

import argparse
import hashlib
import pathlib
import struct
import time

import jax
import jax.numpy as jnp
import numpy as np

FOURS = 8  # textures of features, four channels each
TAPS = 9  # pixels round a pixel, by rows; the fifth is itself
CAMERAS = 4
OUTPUTS = CAMERAS * TAPS + 4  # taps, matte, sharpening of all sides, of rows, of columns
KNOWN = 25  # the feature that is 1 where something is known
MATTE = 24
BLEND = 28  # Y, Cb, Cr of the lumigraph

# Of learned.frag.
ASIDE, LEAST, NOBODY = -4.0, 1e-3, 1e-4

CROP, BATCH = 80, 8
MARGIN = 6  # pixels at a crop's border that see too little to be judged

# BT.601, limited range: Y, Cb, Cr in 0..1 to R, G, B less the offset.
RGB = np.array([[1, 1, 1], [0, -0.344136, 1.772], [1.402, -0.714136, 0]]) * np.array([[255 / 219], [255 / 224], [255 / 224]])


def load(shown_name):
    """Returns the features (H, W, 32) and the truth (H, W, 4: Y, Cb, Cr, person)
    of a sample, cut to where something is."""
    shown = np.load(shown_name)
    truth = np.load(str(shown_name).replace(".shown.", ".truth.")).astype(np.float32) / 255
    shown = np.moveaxis(shown, 0, 2).reshape(shown.shape[1], shown.shape[2], 4 * FOURS)
    rows, columns = np.nonzero((shown[..., KNOWN] > 0) | (truth[..., 3] > 0))
    height, width = truth.shape[:2]
    y, x = max(0, rows.min() - 8), max(0, columns.min() - 8)
    cut = (slice(min(y, height - CROP), max(rows.max() + 9, y + CROP)), slice(min(x, width - CROP), max(columns.max() + 9, x + CROP)))
    r, g, b, person = np.moveaxis(truth[cut], 2, 0)
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    ycc = [luma * 219 / 255 + 16 / 255, (b - luma) / 1.772 * 224 / 255 + 128 / 255, (r - luma) / 1.402 * 224 / 255 + 128 / 255]
    return shown[cut].copy(), np.stack(ycc + [person], 2).astype(np.float16)


class Crops:
    """Draws batches of crops, of which some lie at the silhouette."""

    def __init__(self, samples, seed):
        self.samples, self.random = samples, np.random.default_rng(seed)
        self.person = [np.argwhere(t[..., 3] > 0.5) for _, t in samples]
        self.edge = [np.argwhere(edge(t[..., 3] > 0.5)) for _, t in samples]

    def batch(self):
        crops = [self.crop() for _ in range(BATCH)]
        return {k: jnp.asarray(np.stack([c[k] for c in crops])) for k in crops[0]}

    def crop(self):
        random = self.random
        i = random.integers(len(self.samples))
        shown, truth = self.samples[i]
        places = self.edge[i] if random.random() < 0.4 else self.person[i]
        at = places[random.integers(len(places))] - random.integers(CROP, size=2)
        y, x = np.clip(at, 0, np.array(truth.shape[:2]) - CROP)
        shown, truth = (a[y : y + CROP, x : x + CROP].astype(np.float32) for a in (shown, truth))
        if random.random() < 0.5:
            shown, truth = shown[:, ::-1], truth[:, ::-1]
        return self.recolour(shown.copy(), truth.copy()) | {"grey": np.float32(random.uniform(0.1, 0.9))}

    def recolour(self, shown, truth):
        random = self.random
        if random.random() < 0.7:
            gain, offset = random.uniform(0.6, 1.15), random.uniform(-0.04, 0.08)
            turn, vivid = random.uniform(0, 2 * np.pi), random.uniform(0.3, 1.4)
            rotate = np.eye(3, dtype=np.float32) * gain
            rotate[1:, 1:] = vivid * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            middle = np.array([0, 128, 128], np.float32) / 255
            known = shown[..., KNOWN : KNOWN + 1]
            for k in range(CAMERAS):
                shown[..., 4 * k : 4 * k + 3] = shown[..., 4 * k : 4 * k + 3] @ rotate
            shown[..., BLEND : BLEND + 3] = ((shown[..., BLEND : BLEND + 3] - middle) @ rotate + middle + [offset, 0, 0]) * known
            shown[..., BLEND + 3] *= gain
            truth[..., :3] = (truth[..., :3] - middle) @ rotate + middle + [offset, 0, 0]
        return {"shown": shown.astype(np.float32), "truth": truth.astype(np.float32)}


def edge(mask, reach=3):
    """Returns the pixels of a mask that lie within reach of its border."""
    inner = mask.copy()
    for axis in (0, 1):
        for by in range(-reach, reach + 1):
            inner &= np.roll(mask, by, axis)
    return mask & ~inner


def initial(seed, width, hidden):
    key, layers = jax.random.PRNGKey(seed), []
    sides = [4 * FOURS] + [width] * hidden
    for inputs, outputs in zip(sides, sides[1:]):
        key, draw = jax.random.split(key)
        layers.append((jax.random.normal(draw, (3, 3, inputs, outputs)) * np.sqrt(2 / (9 * inputs)), jnp.zeros(outputs)))
    key, draw = jax.random.split(key)
    # The last one starts near nothing: the lumigraph's own weights.
    layers.append((jax.random.normal(draw, (1, 1, width, OUTPUTS)) * 0.01 * np.sqrt(2 / width), jnp.zeros(OUTPUTS)))
    return layers


def convolve(x, weights):
    return jax.lax.conv_general_dilated(x, weights, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def apply(layers, shown):
    """Returns Y, Cb, Cr and the matte, as layer.frag and learned.frag draw them."""
    known, x = shown[..., KNOWN : KNOWN + 1], shown
    for weights, offsets in layers[:-1]:
        x = jax.nn.relu(convolve(x, weights) + offsets) * known
    weights, offsets = layers[-1]
    x = convolve(x, weights) + offsets

    count, height, width, _ = shown.shape
    cameras = shown[..., : 4 * CAMERAS].reshape(count, height, width, CAMERAS, 4)
    blend, share = shown[..., BLEND : BLEND + 3], cameras[..., 3]
    colours = blend[..., None, :] + cameras[..., :3] / 6
    taps, there = around(colours), around(known)[..., 0]  # (..., 9, cameras, 3) and (..., 9)

    start = jnp.full(TAPS, ASIDE).at[TAPS // 2].set(0)
    logits = x[..., : CAMERAS * TAPS].reshape(count, height, width, CAMERAS, TAPS) + jnp.log(share + LEAST)[..., None] + start
    logits = jnp.moveaxis(logits, -1, -2)
    e = jnp.exp(logits - logits.max((-2, -1), keepdims=True)) * (there + NOBODY)[..., None]
    colour = (e[..., None] * taps).sum((-3, -2)) / e.sum((-2, -1))[..., None]
    m = there[..., None] * share[..., None, :]
    luma = colour[..., 0]
    for k, sides in enumerate((slice(None), slice(3, 6), slice(1, None, 3))):
        mean = (m * taps[..., 0])[..., sides, :].sum((-2, -1)) / jnp.maximum(m[..., sides, :].sum((-2, -1)), 1e-4)
        luma = luma + x[..., CAMERAS * TAPS + 1 + k] * (blend[..., 0] - mean)
    colour = jnp.concatenate([luma[..., None], colour[..., 1:]], -1)
    matte = jnp.clip(shown[..., MATTE] + x[..., CAMERAS * TAPS], 0, 1) * known[..., 0]
    return colour, matte


def around(x):
    """Stacks the nine pixels round each behind the picture's axes."""
    height, width = x.shape[1:3]
    p = jnp.pad(x, ((0, 0), (1, 1), (1, 1)) + ((0, 0),) * (x.ndim - 3))
    return jnp.stack([p[:, y : y + height, x : x + width] for y in range(3) for x in range(3)], 3)


GAUSSIAN = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
GAUSSIAN = (GAUSSIAN / GAUSSIAN.sum()).astype(np.float32)


def blur(x):
    for shape in ((11, 1, 1, 1), (1, 11, 1, 1)):
        x = jax.lax.conv_general_dilated(x, GAUSSIAN.reshape(shape), (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return x


def similarity(x, y):
    """SSIM of lumas from 0 to 1 (Wang et al., 2004)."""
    x, y = x[..., None], y[..., None]
    mx, my = blur(x), blur(y)
    vx, vy, c = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    return ((2 * mx * my + 1e-4) * (2 * c + 9e-4) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4))).mean()


def loss(layers, batch):
    colour, matte = apply(layers, batch["shown"])
    person = batch["truth"][..., 3]
    grey = jnp.stack([batch["grey"], *[jnp.full_like(batch["grey"], 128 / 255)] * 2], -1)[:, None, None, :]
    ours = colour * matte[..., None] + grey * (1 - matte[..., None])
    true = batch["truth"][..., :3] * person[..., None] + grey * (1 - person[..., None])
    inner = (slice(None), slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    squared = ((((ours - true) @ RGB)[inner]) ** 2).mean()
    return 100 * squared + 0.5 * (1 - similarity(ours[..., 0] * 255 / 219, true[..., 0] * 255 / 219)) + 0.5 * ((matte - person)[inner] ** 2).mean()


@jax.jit
def step(layers, first, second, t, rate, batch):
    """One step of Adam (Kingma and Ba, 2015)."""
    value, gradient = jax.value_and_grad(loss)(layers, batch)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, second, gradient)
    layers = jax.tree.map(
        lambda p, m, v: p - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.99**t)) + 1e-8), layers, first, second
    )
    return layers, first, second, value


def train(samples, seed, steps, width, hidden):
    layers, crops = initial(seed, width, hidden), Crops(samples, seed)
    first = second = jax.tree.map(jnp.zeros_like, layers)
    began, values = time.time(), []
    for t in range(1, steps + 1):
        rate = 3e-3 * min(1, t / 50) * (0.5 + 0.5 * np.cos(np.pi * t / steps))
        layers, first, second, value = step(layers, first, second, t, rate, crops.batch())
        values.append(float(value))
        if t % 250 == 0 or t == steps:
            print(f"step {t} of {steps}: loss {np.mean(values[-250:]):.4f}, {time.time() - began:.0f} s", flush=True)
    return layers


def write(layers, folder):
    """Writes the format of learned.Parse, and its checksum beside it."""
    data = b"vcblend1" + struct.pack("<I", len(layers))
    for weights, _ in layers:
        data += struct.pack("<III", weights.shape[0] * weights.shape[1], weights.shape[2], weights.shape[3])
    for weights, offsets in layers:
        taps, inputs, outputs = weights.shape[0] * weights.shape[1], weights.shape[2], weights.shape[3]
        matrices = np.asarray(weights).reshape(taps, inputs // 4, 4, outputs // 4, 4).transpose(0, 1, 3, 2, 4)
        data += matrices.astype("<f4").tobytes() + np.asarray(offsets).astype("<f4").tobytes()
    (folder / "blend.weights").write_bytes(data)
    checksum = hashlib.sha256(data).hexdigest()
    (folder / "blend.weights.sha256").write_text(f"{checksum}  blend.weights\n")
    print(f"{len(data)} bytes, sha256 {checksum}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", required=True, type=pathlib.Path, help="folder that virtualcube samples wrote")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder of the weights")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=4500)
    parser.add_argument("--width", type=int, default=32, help="channels between layers, a multiple of 4 up to 32")
    parser.add_argument("--hidden", type=int, default=3, help="layers of 3 x 3 pixels")
    options = parser.parse_args()
    names = sorted(options.samples.glob("*.shown.npy"))
    if not names:
        parser.error(f"no samples in {options.samples}: draw them with virtualcube samples --out {options.samples} synthetic:")
    samples = [load(name) for name in names]
    print(f"{len(samples)} samples")
    write(train(samples, options.seed, options.steps, options.width, options.hidden), options.out)


if __name__ == "__main__":
    main()

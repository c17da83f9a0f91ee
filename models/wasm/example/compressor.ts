// A compressor: it makes what is loud quieter, so that somebody who shouts or
// comes near the microphone does not leap out of the room.
//
// Feed-forward, with a soft knee and the smooth, decoupled peak detector in decibels:
// Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design - A Tutorial
// and Analysis", Journal of the Audio Engineering Society 60 (6), 2012.

const description = `{
  "name": "compressor",
  "summary": "makes loud voices quieter",
  "latency_us": 2000,
  "late": "pass",
  "failing": "pass",
  "parameters": [
    {"name": "threshold", "type": "number", "default": -24, "min": -60, "max": 0, "unit": "dB", "help": "above which it works, of full scale", "live": true},
    {"name": "ratio", "type": "number", "default": 4, "min": 1, "max": 20, "help": "of dB above the threshold, before to after", "live": true},
    {"name": "knee", "type": "number", "default": 6, "min": 0.1, "max": 24, "unit": "dB", "help": "over which it sets in", "live": true},
    {"name": "attack", "type": "number", "default": 0.005, "min": 0.0001, "max": 0.5, "unit": "s", "help": "until it has done 63 % of what it does", "live": true},
    {"name": "release", "type": "number", "default": 0.15, "min": 0.005, "max": 2, "unit": "s", "help": "until it has let go by 63 %", "live": true},
    {"name": "gain", "type": "number", "default": 0, "min": 0, "max": 24, "unit": "dB", "help": "to make up for it", "live": true}
  ]
}`;

// The parameters, in the order of the description.
const values = new StaticArray<f64>(6);
const THRESHOLD = 0, RATIO = 1, KNEE = 2, ATTACK = 3, RELEASE = 4, GAIN = 5;

let rate: f64 = 48000;
let held: f64 = 0; // dB of reduction after the release, the detector's first half
let reduction: f64 = 0; // dB, smoothed by the attack too

const decibel = Math.LN10 / 20; // of an exponential

export function vc_abi(): i32 {
  return 1;
}

export function vc_describe(): usize {
  return text(description);
}

export function vc_parameter(index: i32, value: f64): void {
  values[index] = value;
}

export function vc_open(samplesPerSecond: i32): usize {
  rate = samplesPerSecond;
  return 0;
}

export function vc_buffer(bytes: i32): usize {
  return heap.alloc(bytes);
}

export function vc_process(input: usize, output: usize, samples: i32): usize {
  const attack = Math.exp(-1 / (values[ATTACK] * rate));
  const release = Math.exp(-1 / (values[RELEASE] * rate));
  for (let i = 0; i < samples; i++) {
    const at = <usize>i << 2;
    const x = <f64>load<f32>(input + at);
    const wanted = reductionOf(Math.log(Math.max(Math.abs(x), 1e-6)) / decibel);
    held = Math.max(wanted, release * held + (1 - release) * wanted);
    reduction = attack * reduction + (1 - attack) * held;
    const y = x * Math.exp((values[GAIN] - reduction) * decibel);
    store<f32>(output + at, <f32>Math.min(Math.max(y, -1), 1));
  }
  return 0;
}

/** By how many dB a level in dB is too loud: the static curve, with its knee. */
function reductionOf(level: f64): f64 {
  const over = level - values[THRESHOLD], knee = values[KNEE], slope = 1 - 1 / values[RATIO];
  if (2 * over < -knee) return 0;
  if (2 * over > knee) return slope * over;
  return slope * (over + knee / 2) ** 2 / (2 * knee);
}

/** Lays a text where the node reads it: its length, then UTF-8. */
function text(s: string): usize {
  const bytes = String.UTF8.byteLength(s);
  const at = heap.alloc(4 + bytes);
  store<u32>(at, bytes);
  String.UTF8.encodeUnsafe(changetype<usize>(s), s.length, at + 4);
  return at;
}

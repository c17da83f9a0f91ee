import type { Vector } from "../protocol/protocol.gen";
import { pannerAt, put, set } from "./direction";

/** RMS of both ears, 0 to 1. */
export interface Ears {
  left: number;
  right: number;
}

/** What a side discussion that one is not in is turned down to. */
const murmurGain = 0.35;
const window = 2048; // samples a level is measured over: 43 ms

/** One voice: from its samples to the ears. */
export class Voice {
  readonly #context: BaseAudioContext;
  readonly #source: AudioNode;
  readonly #gain: GainNode;
  readonly #out: GainNode;
  readonly #ears: readonly [AnalyserNode, AnalyserNode];
  readonly #samples = new Float32Array(window);
  readonly #panner: PannerNode;
  #mono: boolean | undefined;
  #volume = 1;
  #murmur = false;

  constructor(context: BaseAudioContext, source: AudioNode, at: Vector, mono: boolean) {
    this.#context = context;
    this.#source = source;
    // One channel whatever the microphone sends: a seat is a point, and mono is the same in both ears.
    this.#gain = new GainNode(context, { channelCount: 1, channelCountMode: "explicit" });
    this.#panner = pannerAt(context, at);
    this.#out = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.#ears = [
      new AnalyserNode(context, { fftSize: window }),
      new AnalyserNode(context, { fftSize: window }),
    ];
    source.connect(this.#gain);
    this.#out.connect(split);
    this.#ears.forEach((ear, side) => {
      split.connect(ear, side);
    });
    this.mono = mono;
  }

  /** What is heard; to be connected onwards. */
  get out(): AudioNode {
    return this.#out;
  }

  place(at: Vector): void {
    put(this.#panner, at, this.#context.currentTime);
  }

  set mono(on: boolean) {
    if (this.#mono === on) return;
    this.#mono = on;
    this.#gain.disconnect();
    this.#panner.disconnect();
    if (on) this.#gain.connect(this.#out);
    else this.#gain.connect(this.#panner).connect(this.#out);
  }

  set volume(volume: number) {
    this.#volume = volume;
    this.#apply();
  }

  set murmur(on: boolean) {
    this.#murmur = on;
    this.#apply();
  }

  /** What reaches the ears now, after panning. */
  level(): Ears {
    const [left, right] = this.#ears.map((ear) => {
      ear.getFloatTimeDomainData(this.#samples);
      return Math.sqrt(this.#samples.reduce((sum, s) => sum + s * s, 0) / window);
    });
    return { left: left ?? 0, right: right ?? 0 };
  }

  close(): void {
    this.#source.disconnect();
    this.#gain.disconnect();
    this.#panner.disconnect();
    this.#out.disconnect();
  }

  #apply(): void {
    set(this.#gain.gain, this.#volume * (this.#murmur ? murmurGain : 1), this.#context.currentTime);
  }
}

const quiet = -60; // dB below full scale where the bar is empty
const loud = -12; // dB where it is full

/** Where a bar stands for an RMS of 0 to 1: 0 to 1, as the ear judges. */
export function bar(rms: number): number {
  if (rms <= 0) return 0;
  return Math.min(Math.max((20 * Math.log10(rms) - quiet) / (loud - quiet), 0), 1);
}

/** The level of a microphone that is not played. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(1024);

  constructor(context: AudioContext, track: MediaStreamTrack) {
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = new AnalyserNode(context, { fftSize: this.#samples.length });
    this.#source.connect(this.#analyser);
  }

  /** RMS of the last 21 ms, 0 to 1. */
  get rms(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, s) => sum + s * s, 0) / this.#samples.length);
  }

  close(): void {
    this.#source.disconnect();
  }
}

/** Plays a soft tone left, then right; resolves when it is over. */
export function playTone(context: AudioContext): Promise<void> {
  const length = 0.55; // seconds a side
  const start = context.currentTime + 0.05;
  return new Promise((resolve) => {
    [-1, 1].forEach((pan, i) => {
      const from = start + i * (length + 0.1);
      const tone = new OscillatorNode(context, { frequency: i === 0 ? 523.25 : 659.25 });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.2, from + 0.04);
      gain.gain.linearRampToValueAtTime(0, from + length);
      tone.connect(gain).connect(new StereoPannerNode(context, { pan })).connect(context.destination);
      tone.start(from);
      tone.stop(from + length);
      if (pan === 1) tone.onended = () => resolve();
    });
  });
}

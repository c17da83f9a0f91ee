/**
 * Video frames of a track. Its element is in the document, muted and inline,
 * as some browsers give no frames otherwise.
 */
export class Feed {
  readonly track: MediaStreamTrack;
  readonly video: HTMLVideoElement;
  #ended = false;

  /** onFrame is called with each frame, before it is displayed. */
  constructor(
    track: MediaStreamTrack,
    onFrame: (video: HTMLVideoElement, of: VideoFrameCallbackMetadata) => void,
  ) {
    this.track = track;
    const video = document.createElement("video");
    video.muted = true;
    video.autoplay = true;
    video.playsInline = true;
    video.disablePictureInPicture = true;
    video.tabIndex = -1;
    video.setAttribute("aria-hidden", "true");
    video.style.cssText =
      "position:fixed;left:0;bottom:0;width:2px;height:2px;opacity:0.01;pointer-events:none";
    video.srcObject = new MediaStream([track]);
    document.body.append(video);
    this.video = video;
    const next = (_: number, of: VideoFrameCallbackMetadata) => {
      if (this.#ended) return;
      video.requestVideoFrameCallback(next);
      onFrame(video, of);
    };
    video.requestVideoFrameCallback(next);
    this.#play();
  }

  stop(): void {
    this.#ended = true;
    this.video.srcObject = null;
    this.video.remove();
  }

  /** Muted video may play without a gesture everywhere; where it may not, the next press starts it. */
  #play(): void {
    this.video.play().catch(() => {
      if (!this.#ended) addEventListener("pointerdown", () => this.#play(), { once: true });
    });
  }
}

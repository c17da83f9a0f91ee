import type { Notice } from "./notice";

/** Says what the browser lacks that the page cannot do without; undefined if nothing. */
export function explainMissing(w: Window & typeof globalThis): Notice | undefined {
  const what = !("RTCPeerConnection" in w)
    ? "live video (WebRTC)"
    : !("requestVideoFrameCallback" in w.HTMLVideoElement.prototype)
      ? "access to video frames (requestVideoFrameCallback)"
      : !("any" in w.AbortSignal)
        ? "cancelling (AbortSignal.any)"
        : undefined;
  if (what === undefined) return undefined;
  return {
    title: "This browser cannot show the cube",
    text: `It has no ${what}, or it is switched off. Use a current Chrome, Edge, Firefox or Safari.`,
  };
}

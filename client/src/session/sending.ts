import type { Source } from "./session";

/** The order of what a participant publishes: the first three sections of the node's offer. */
export const sources: readonly Source[] = ["microphone", "camera", "screen"];

interface Limit {
  hint: string; // of MediaStreamTrack.contentHint
  bitrate: number; // bits a second
  height?: number; // pixels, to which larger ones are scaled down
  priority: RTCPriorityType;
  /** What gives way when the link is narrow. */
  keep?: "maintain-framerate" | "maintain-resolution";
}

// Opus corrects errors in band and does not pause in silence as the node's
// offer says (useinbandfec=1, no usedtx): a sender follows its receiver there.
const limits: Record<Source, Limit> = {
  microphone: { hint: "speech", bitrate: 48_000, priority: "high" },
  camera: { hint: "motion", bitrate: 600_000, height: 360, priority: "medium", keep: "maintain-framerate" },
  screen: { hint: "detail", bitrate: 2_000_000, priority: "low", keep: "maintain-resolution" },
};

/** Sends a track of a source, or nothing more, without negotiation. */
export async function attach(
  sender: RTCRtpSender,
  source: Source,
  track: MediaStreamTrack | undefined,
): Promise<void> {
  const limit = limits[source];
  if (track) track.contentHint = limit.hint;
  await sender.replaceTrack(track ?? null);
  if (track) await restrict(sender, limit, track.getSettings().height);
}

async function restrict(sender: RTCRtpSender, limit: Limit, height: number | undefined): Promise<void> {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings[0];
  if (!encoding) return; // before the first answer; it is called again then
  encoding.maxBitrate = limit.bitrate;
  encoding.priority = limit.priority;
  encoding.networkPriority = limit.priority;
  if (limit.height && height) encoding.scaleResolutionDownBy = Math.max(1, height / limit.height);
  if (limit.keep) (parameters as { degradationPreference?: string }).degradationPreference = limit.keep;
  // A browser that knows one of them not sends with its own limits.
  await sender.setParameters(parameters).catch(() => {});
}

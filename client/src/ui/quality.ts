import type { Quality } from "../protocol/room.gen";
import { t } from "../text/text";

/**
 * The published thresholds of a connection's quality. The node judges
 * (session.QualityOf, whose numbers these are); the page only explains.
 */
export const thresholds = {
  good: { loss: 3, trip: 300 }, // per cent of packets, ms
  fair: { loss: 8, trip: 600 },
} as const;

/** The quality in words, with what it means. */
export function explained(quality: Quality): string {
  const { good, fair } = thresholds;
  return `${t(`quality.${quality}`)}. ${t("quality.legend", {
    good: good.loss,
    goodTrip: good.trip,
    fair: fair.loss,
    fairTrip: fair.trip,
  })}`;
}

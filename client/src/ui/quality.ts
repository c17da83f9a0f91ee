import type { Quality } from "../protocol/room.gen";
import { t } from "../text/text";

/**
 * The published thresholds of a connection's quality. The node judges
 * (session.QualityOf, whose numbers these are); the page only explains.
 */
export const thresholds = {
  good: { loss: 6, rate: 50 }, // per cent, of packets and of the bitrate wanted
  fair: { loss: 8, rate: 30 },
  lost: 3, // seconds without a sign of life
} as const;

/** The quality in words, with what it means. */
export function explained(quality: Quality): string {
  const { good, fair, lost } = thresholds;
  return `${t(`quality.${quality}`)}. ${t("quality.legend", {
    good: good.loss,
    goodRate: good.rate,
    fair: fair.loss,
    fairRate: fair.rate,
    lost,
  })}`;
}

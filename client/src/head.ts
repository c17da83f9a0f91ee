import type { Eye } from "./eye/eye";
import type { Point } from "./eye/projection";
import { Follower } from "./eye/tracking/follower";
import { type Head, headOf } from "./eye/tracking/head";
import { type Figures, Tracker } from "./eye/tracking/tracker";
import { english, type Words } from "./eye/tracking/words";
import { HeadPanel } from "./ui/head";

/** What head tracking does, for tests. */
export interface HeadHook {
  state: string;
  head: Head | undefined; // of the last picture with a face
  takenAt: number; // performance.now() of that picture
  lean: Point; // metres, now
  figures: Figures;
}

/**
 * Lets the eye follow the participant's head: adds the button to the toolbar
 * and the panel to the page. A track of the webcam that is published already
 * is looked at, as a clone; otherwise the camera is asked for. Returns what it
 * does at the moment.
 */
export function followHead(
  eye: Eye,
  toolbar: Element,
  words: Words = english,
  published: () => MediaStreamTrack | undefined = () => undefined,
): () => HeadHook {
  const follower = new Follower();
  let last: { head: Head; takenAt: number } | undefined;
  const panel = new HeadPanel(words, {
    start: () => void tracker.start(published()),
    stop: () => tracker.stop(),
    recentre: () => follower.recentre(),
  });
  const tracker = new Tracker(panel.video, {
    state(state) {
      panel.show(state);
      if (state.name === "off" || state.name === "refused") follower.release();
    },
    seen(face, takenAt) {
      const head = face && headOf(face, panel.calibration);
      if (!head) return;
      last = { head, takenAt };
      panel.see(head);
      follower.see(head, takenAt);
    },
  });
  eye.follow(follower);
  toolbar.prepend(panel.button);
  document.body.append(panel.panel, panel.video);
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target instanceof HTMLInputElement) return;
    if (e.key === "h" || e.key === "H") panel.toggle();
  });
  window.addEventListener("pagehide", () => tracker.stop());
  return () => ({
    state: tracker.state.name,
    head: last?.head,
    takenAt: last?.takenAt ?? 0,
    lean: follower.at(performance.now()),
    figures: { ...tracker.figures },
  });
}

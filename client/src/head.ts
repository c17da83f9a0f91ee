import type { Eye, Lean } from "./eye/eye";
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

export interface Following {
  words?: Words;
  /** The webcam that is published already: a clone of it is looked at. */
  published?: () => MediaStreamTrack | undefined;
  /** Whether the viewer looks along +z, as in a room's own cube, and not at a cube's front. */
  own?: boolean;
  /** The key that opens the panel; empty: none. */
  key?: string;
  /** Called with what is seen of the head; undefined: nothing any more. */
  seen?: (head: Head | undefined) => void;
}

/**
 * Lets the eye follow the participant's head: adds the button to the toolbar
 * and the panel to the page. Without a published track the camera is asked
 * for. Returns what it does at the moment.
 */
export function followHead(eye: Eye, toolbar: Element, following: Following = {}): () => HeadHook {
  const { words = english, published = () => undefined, own = false, key = "h", seen = () => {} } = following;
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
      if (state.name !== "tracking") seen(undefined);
      if (state.name === "off" || state.name === "refused") follower.release();
    },
    seen(face, takenAt) {
      const head = face && headOf(face, panel.calibration);
      if (!head) return;
      last = { head, takenAt };
      panel.see(head);
      follower.see(head, takenAt);
      seen(head);
    },
  });
  eye.follow(own ? turned(follower) : follower);
  toolbar.prepend(panel.button);
  document.body.append(panel.panel, panel.video);
  document.addEventListener("keydown", (e) => {
    if (!key || e.ctrlKey || e.metaKey || e.altKey || e.target instanceof HTMLInputElement) return;
    if (e.key.toLowerCase() === key) panel.toggle();
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

/** The same lean where the viewer looks along +z and has +x on the left. */
function turned(lean: Lean): Lean {
  return {
    at: (now) => {
      const [x, y, z] = lean.at(now);
      return [-x, y, -z];
    },
    recentre: () => lean.recentre(),
  };
}

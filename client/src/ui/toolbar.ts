import { element } from "./notice";

/** The buttons below the picture, and their keys. */
export class Toolbar {
  constructor(actions: { reset: () => void; panel: () => void }) {
    const panel = element("panel");
    const stats = element("button-stats");
    const full = element("button-full");
    const toggleStats = () => {
      panel.hidden = !panel.hidden;
      stats.setAttribute("aria-expanded", String(!panel.hidden));
      actions.panel();
    };
    element("button-reset").addEventListener("click", actions.reset);
    stats.addEventListener("click", toggleStats);
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener("click", toggleFullScreen);
    document.addEventListener("fullscreenchange", () => {
      full.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
    });
    document.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target instanceof HTMLInputElement) return;
      if (e.key === "s" || e.key === "S") toggleStats();
      if ((e.key === "f" || e.key === "F") && document.fullscreenEnabled) toggleFullScreen();
      if (e.key === "Escape" && !panel.hidden) toggleStats();
    });
  }
}

function toggleFullScreen(): void {
  const done = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  done.catch(() => {}); // the browser may refuse, and shows so itself
}

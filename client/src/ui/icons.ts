/** Line drawings on a grid of 24. */
const drawings = {
  microphone:
    "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11v1a6.5 6.5 0 0 0 13 0v-1M12 18.5V22",
  camera:
    "M4.5 6.5h8.5a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5H4.5A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5ZM14.5 10.7 21 7.3v9.4l-6.5-3.4",
  screen:
    "M4 4.5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1ZM8.5 20.5h7M12 13.5v-6M9.5 9.8 12 7.3l2.5 2.5",
  hand: "M8 12.5V6.3a1.5 1.5 0 0 1 3 0v4.7-6.5a1.5 1.5 0 0 1 3 0V11 6.3a1.5 1.5 0 0 1 3 0v8.2a6.5 6.5 0 0 1-6.5 6.5c-2.4 0-3.9-1-5-3l-2.2-4a1.5 1.5 0 0 1 2.6-1.5L8 15.5",
  chat: "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM7.5 9.5h9M7.5 12.8h6",
  people:
    "M9 11.3a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2ZM2.5 20a6.5 6.5 0 0 1 13 0M15.7 4.4a3.6 3.6 0 0 1 0 6.6M17.7 14.3a6.5 6.5 0 0 1 3.8 5.7",
  board: "M4 4h16v11.5H4ZM4 12.5l4-3.8 4 3.8 2.8-2.3 5.2 4.5M8 20.5l2-5M16 20.5l-2-5",
  settings:
    "M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM3.5 7h9.2M17.3 7h3.2M3.5 17h3.2M11.3 17h9.2",
  leave: "M13.5 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h7.5M10 12h11M17 8l4 4-4 4",
  more: "M5.5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2ZM12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2ZM18.5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z",
  filters: "M4 20 14 10M17.5 2.8v5.4M14.8 5.5h5.4M20 12.2v3.6M18.2 14h3.6M9 3.7v3.6M7.2 5.5h3.6",
  person: "M12 11.3a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2ZM4.5 20a7.5 7.5 0 0 1 15 0",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.7 12 5.7 21.5 12 21.5 12 18 18.3 12 18.3 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  speaker: "M4 9.5v5h3.5L12 18.8V5.2L7.5 9.5ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.7 7.7 0 0 1 0 11",
  aside: "M3 4.5h11.5v8H8l-3 3v-3H3ZM17.5 9H21v8h-2v3l-3-3h-5.5",
  lock: "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  link: "M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12.5 6M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7L11.5 18",
  picture: "M4 5h16v14H4ZM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.5h.01",
  statistics: "M4 20h16M7 16.5v-4M12 16.5V6M17 16.5v-7",
  keyboard: "M3 6.5h18v11H3ZM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  middle: "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM12 2.5v5M12 16.5v5M2.5 12h5M16.5 12h5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4 2.5 20h19ZM12 10v4.5M12 17.3h.01",
  left: "M19 12H5M11 6l-6 6 6 6",
  right: "M5 12h14M13 6l6 6-6 6",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  near: "M5 4h14M12 8v12M6.5 14.5 12 20l5.5-5.5",
  far: "M5 20h14M12 16V4M6.5 9.5 12 4l5.5 5.5",
  turnLeft: "M5 5v5h5M5.5 10a7 7 0 1 1-.3 5",
  turnRight: "M19 5v5h-5M18.5 10a7 7 0 1 0 .3 5",
  larger: "M12 5v14M5 12h14",
  smaller: "M5 12h14",
} as const;

export type Icon = keyof typeof drawings;

const space = "http://www.w3.org/2000/svg";

/** A drawing for eyes alone; its meaning is in a text beside it. A slash strikes it out. */
export function icon(which: Icon, slash = false): SVGSVGElement {
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "drawing");
  for (const line of slash ? [drawings[which], "M4 3.5 20.5 20"] : [drawings[which]]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

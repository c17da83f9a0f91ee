import type { Key } from "../text/text";

/** What a key does anywhere on the page. */
export type Command =
  | "microphone"
  | "camera"
  | "screen"
  | "hand"
  | "chat"
  | "people"
  | "items"
  | "filters"
  | "settings"
  | "statistics"
  | "keys"
  | "full"
  | "close"
  | "talk";

const letters: Readonly<Record<string, Command>> = {
  m: "microphone",
  v: "camera",
  d: "screen",
  h: "hand",
  c: "chat",
  p: "people",
  b: "items",
  l: "filters",
  e: "settings",
  s: "statistics",
  f: "full",
  "?": "keys",
  "？": "keys",
};

/** The key of a command, as it is shown. */
export const shown: Readonly<Partial<Record<Command, string>>> = Object.fromEntries(
  Object.entries(letters)
    .filter(([key]) => key !== "？")
    .map(([key, command]) => [command, key.toUpperCase()]),
);

/** The list of shortcuts: key, or a key of the table of texts, and what it does. */
export const listing: readonly { key: string | Key; does: Key }[] = [
  { key: "M", does: "keys.microphone" },
  { key: "keys.space", does: "keys.talk" },
  { key: "V", does: "keys.camera" },
  { key: "D", does: "keys.screen" },
  { key: "H", does: "keys.hand" },
  { key: "C", does: "keys.chat" },
  { key: "P", does: "keys.people" },
  { key: "B", does: "keys.items" },
  { key: "L", does: "keys.filters" },
  { key: "E", does: "keys.settings" },
  { key: "S", does: "keys.statistics" },
  { key: "F", does: "keys.full" },
  { key: "?", does: "keys.keys" },
  { key: "keys.esc", does: "keys.close" },
  { key: "keys.arrows.key", does: "keys.arrows" },
  { key: "+ −", does: "keys.zoom" },
  { key: "keys.home.key", does: "keys.home" },
];

/** What of a key press matters; KeyboardEvent has it. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
}

/** Where it was pressed: a field takes every key, something to press takes the space bar. */
export type Where = "field" | "press" | "page";

/** What a press means; undefined: nothing of ours. letters: whether single keys act at all. */
export function commandOf(e: Press, where: Where, single: boolean): Command | undefined {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return undefined;
  if (e.key === "Escape") return "close";
  if (where === "field" || !single) return undefined;
  if (e.key === " ") return where === "press" ? undefined : "talk";
  if (e.repeat) return undefined;
  // On a keyboard of another script the place of the key counts.
  const key = /^[\x20-\x7e？]$/.test(e.key) ? e.key.toLowerCase() : e.code.replace(/^Key/, "").toLowerCase();
  return Object.hasOwn(letters, key) ? letters[key] : undefined;
}

export function whereOf(target: EventTarget | null): Where {
  if (!(target instanceof Element)) return "page";
  if (target.closest("textarea, select, input:not([type=checkbox]), [contenteditable]")) return "field";
  return target.closest("button, a, summary, input, [role=button], video[controls]") ? "press" : "page";
}

import type { Line, Update } from "../protocol/room.gen";
import type { RoomState } from "./session";

const keptLines = 1000; // of the chat

export const nothing: RoomState = {
  you: "",
  room: undefined,
  people: new Map(),
  items: new Map(),
  asides: new Map(),
  guests: new Map(),
  lines: [],
};

/** The state after an update. What did not change stays the very same object. */
export function apply(state: RoomState, update: Update): RoomState {
  const before = update.full ? { ...nothing, you: state.you } : state;
  const gone = new Set(update.gone ?? []);
  return {
    you: before.you,
    room: update.room ?? before.room,
    people: merged(before.people, update.people, gone),
    items: merged(before.items, update.items, gone),
    asides: merged(before.asides, update.asides, gone),
    guests: merged(before.guests, update.guests, gone),
    lines: written(before.lines, update.lines, gone),
  };
}

function merged<T extends { id: string }>(
  before: ReadonlyMap<string, T>,
  changed: readonly T[] | undefined,
  gone: ReadonlySet<string>,
): ReadonlyMap<string, T> {
  const leave = [...gone].some((id) => before.has(id));
  if (!leave && !changed?.length) return before;
  const after = new Map(before);
  for (const entry of changed ?? []) after.set(entry.id, entry);
  for (const id of gone) after.delete(id);
  return after;
}

function written(
  before: readonly Line[],
  added: readonly Line[] | undefined,
  gone: ReadonlySet<string>,
): readonly Line[] {
  const leave = gone.size > 0 && before.some((l) => gone.has(l.id));
  if (!leave && !added?.length) return before;
  // A Map keeps the place of an entry that is written again.
  const lines = new Map(before.map((l) => [l.id, l]));
  for (const line of added ?? []) lines.set(line.id, line);
  for (const id of gone) lines.delete(id);
  return [...lines.values()].slice(-keptLines);
}

import type { Filter, Person, Role } from "../protocol/room.gen";
import type { RoomState, Source } from "../session/session";
import { company } from "./order";

/** What happened between two states of the room, as people are told of it. */
export type Change =
  | { what: "joined" | "left" | "hand"; person: Person }
  | { what: "knocks"; guest: string; name: string }
  | { what: "blocked" | "allowed"; source: Source }
  | { what: "handDown" }
  | { what: "role"; role: Role }
  | { what: "seat"; seat: number }
  | { what: "filterFailed" | "filterGone"; filter: Filter }
  | { what: "aside"; names: string[] }
  | { what: "asideEnd" }
  | { what: "locked" | "unlocked" }
  | { what: "item"; owner: string; title: string };

const sources: readonly Source[] = ["microphone", "camera", "screen"];

/**
 * Compares two states. Nothing is told of the first one, and of oneself only
 * what others did: ownHand says that the viewer took the hand down themselves.
 */
export function changes(before: RoomState, now: RoomState, ownHand: boolean): Change[] {
  if (before.you === "" || before.you !== now.you) return [];
  return [...coming(before, now), ...mine(before, now, ownHand), ...things(before, now)];
}

function coming(before: RoomState, now: RoomState): Change[] {
  const found: Change[] = [];
  for (const person of now.people.values()) {
    if (person.id === now.you) continue;
    const old = before.people.get(person.id);
    if (!old) found.push({ what: "joined", person });
    if (person.hand > 0 && !(old && old.hand > 0)) found.push({ what: "hand", person });
  }
  for (const person of before.people.values()) {
    if (person.id !== now.you && !now.people.has(person.id)) found.push({ what: "left", person });
  }
  for (const guest of now.guests.values()) {
    if (!before.guests.has(guest.id)) found.push({ what: "knocks", guest: guest.id, name: guest.name });
  }
  return found;
}

function mine(before: RoomState, now: RoomState, ownHand: boolean): Change[] {
  const [old, me] = [before.people.get(now.you), now.people.get(now.you)];
  if (!old || !me) return [];
  const found: Change[] = [];
  for (const source of sources) {
    if (me[source] === "blocked" && old[source] !== "blocked") found.push({ what: "blocked", source });
    if (me[source] !== "blocked" && old[source] === "blocked") found.push({ what: "allowed", source });
  }
  if (old.hand > 0 && me.hand === 0 && !ownHand) found.push({ what: "handDown" });
  if (old.role !== me.role) found.push({ what: "role", role: me.role });
  if (old.seat !== me.seat && me.seat >= 0) found.push({ what: "seat", seat: me.seat });
  return [...found, ...filters(old, me), ...aside(before, now)];
}

/** Of the viewer's own filters: what failed, and what is gone. */
function filters(old: Person, me: Person): Change[] {
  const found: Change[] = [];
  for (const filter of me.filters) {
    const before = old.filters.find((f) => f.id === filter.id);
    if (filter.state === "failed" && before?.state !== "failed") found.push({ what: "filterFailed", filter });
  }
  for (const filter of old.filters) {
    if (!me.filters.some((f) => f.id === filter.id)) found.push({ what: "filterGone", filter });
  }
  return found;
}

function aside(before: RoomState, now: RoomState): Change[] {
  const [old, present] = [company(before), company(now)];
  if (old && !present) return [{ what: "asideEnd" }];
  if (!present || present.length === 0) return [];
  const same = old && before.people.get(now.you)?.aside === now.people.get(now.you)?.aside;
  return same && old.length > 0 ? [] : [{ what: "aside", names: present.map((p) => p.name) }];
}

function things(before: RoomState, now: RoomState): Change[] {
  const found: Change[] = [];
  if (before.room && now.room && before.room.locked !== now.room.locked) {
    found.push({ what: now.room.locked ? "locked" : "unlocked" });
  }
  for (const item of now.items.values()) {
    if (before.items.has(item.id) || item.owner === now.you) continue;
    found.push({ what: "item", owner: item.owner, title: item.title });
  }
  return found;
}

import type { Filter, FilterKind, FilterLink, Person, Source } from "../../protocol/room.gen";
import type { RoomState } from "../../session/session";
import { same } from "./control";

/** A change of a chain; undefined: there is nothing to change any more. */
export type Edit = (filters: readonly Filter[]) => FilterLink[] | undefined;

const kept = (f: Filter): FilterLink => ({ id: f.id, name: f.name, values: {} });

export const added =
  (name: string): Edit =>
  (filters) => [...filters.map(kept), { id: "", name, values: {} }];

export const removed =
  (id: string): Edit =>
  (filters) =>
    filters.some((f) => f.id === id) ? filters.filter((f) => f.id !== id).map(kept) : undefined;

/** Moves a filter by so many places; by: -1 is earlier. */
export const moved =
  (id: string, by: number): Edit =>
  (filters) => {
    const from = filters.findIndex((f) => f.id === id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= filters.length) return undefined;
    const links = filters.map(kept);
    links.splice(to, 0, ...links.splice(from, 1));
    return links;
  };

/** Puts the same filter there anew, as after it failed. */
export const renewed =
  (id: string): Edit =>
  (filters) =>
    filters.some((f) => f.id === id)
      ? filters.map((f) => (f.id === id ? { id: "", name: f.name, values: f.values } : kept(f)))
      : undefined;

/** Values of filters, by id. What has gone is left out. */
export const tuned =
  (values: ReadonlyMap<string, Readonly<Record<string, string>>>): Edit =>
  (filters) =>
    filters.some((f) => values.has(f.id))
      ? filters.map((f) => ({ ...kept(f), values: values.get(f.id) ?? {} }))
      : undefined;

/** Whether the room's chain is the one that was asked for. */
export function settled(links: readonly FilterLink[], filters: readonly Filter[]): boolean {
  return (
    links.length === filters.length &&
    links.every((link, i) => {
      const f = filters[i];
      if (!f || f.name !== link.name || (link.id !== "" && f.id !== link.id)) return false;
      return Object.entries(link.values).every(([name, value]) => same(value, f.values[name] ?? ""));
    })
  );
}

const streams: Readonly<Record<Source, string>> = {
  microphone: "audio",
  camera: "video",
  screen: "video",
  view: "rgbd",
};

/** The kinds of filters that a source takes. */
export function kindsFor(source: Source, kinds: readonly FilterKind[]): FilterKind[] {
  return kinds.filter((k) => k.kind === streams[source]);
}

/** What the viewer may put filters on: what they send, and for hosts what software sends, and the rigs that nobody is at. */
export function places(state: RoomState): { person: Person; source: Source }[] {
  const me = state.people.get(state.you);
  if (!me || me.role === "listener") return [];
  const found: { person: Person; source: Source }[] = [];
  for (const source of ["microphone", "camera", "screen"] as const) {
    const used = me[source] === "on" || me.filters.some((f) => f.source === source);
    if (source !== "screen" || used) found.push({ person: me, source });
  }
  if (me.cube !== "") found.push({ person: me, source: "view" });
  if (me.role !== "host") return found;
  for (const person of state.people.values()) {
    if (person.unattended) found.push({ person, source: "view" });
    if (!person.unattended && !person.program) continue;
    if (person.microphone !== "off") found.push({ person, source: "microphone" });
    if (person.program && person.camera !== "off") found.push({ person, source: "camera" });
  }
  return found;
}

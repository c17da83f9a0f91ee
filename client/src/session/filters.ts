import type { Filter, Person, Source } from "../protocol/room.gen";
import type { RoomState } from "./session";

/** Those that work on what a person sends, or will: what failed does not. */
export function touching(person: Person): Filter[] {
  return person.filters.filter((f) => f.state !== "failed");
}

/** The filters on one source of a person, in their order. */
export function chainOf(state: RoomState, person: string, source: Source): Filter[] {
  return state.people.get(person)?.filters.filter((f) => f.source === source) ?? [];
}

/** The filters of a person by source. */
export function chainsOf(state: RoomState, person: string): Partial<Record<Source, Filter[]>> {
  const chains: Partial<Record<Source, Filter[]>> = {};
  for (const f of state.people.get(person)?.filters ?? []) {
    const chain = chains[f.source] ?? [];
    chain.push(f);
    chains[f.source] = chain;
  }
  return chains;
}

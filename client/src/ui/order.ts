import type { Person } from "../protocol/room.gen";
import type { RoomState } from "../session/session";

/** Who has raised the hand, the first first. */
export function hands(people: Iterable<Person>): Person[] {
  return [...people].filter((p) => p.hand > 0).sort((a, b) => a.hand - b.hand || byId(a, b));
}

/** Place among the raised hands from 1; 0: it is down. */
export function handPlace(people: Iterable<Person>, id: string): number {
  return hands(people).findIndex((p) => p.id === id) + 1;
}

/** As the list shows them: oneself, then by seat, then those without one; nobody moves for speaking. */
export function listed(state: RoomState): Person[] {
  const rank = (p: Person) => (p.id === state.you ? -1 : p.seat < 0 ? 1e9 : p.seat);
  return [...state.people.values()].sort((a, b) => rank(a) - rank(b) || byId(a, b));
}

/** Others that look at the viewer, and share it. */
export function watchers(state: RoomState): Person[] {
  if (state.you === "") return [];
  return listed(state).filter(
    (p) => p.id !== state.you && p.present && p.looks.shared && p.looks.at === state.you,
  );
}

/** The other members of the viewer's side discussion; undefined: in none. */
export function company(state: RoomState): Person[] | undefined {
  const aside = state.people.get(state.you)?.aside;
  const members = aside ? state.asides.get(aside)?.members : undefined;
  if (!aside) return undefined;
  return (members ?? [])
    .filter((id) => id !== state.you)
    .map((id) => state.people.get(id))
    .filter((p) => p !== undefined);
}

/** Ids are a letter and a number that grows. */
function byId(a: Person, b: Person): number {
  return Number(a.id.slice(1)) - Number(b.id.slice(1)) || a.id.localeCompare(b.id);
}

import type { Line } from "../protocol/room.gen";

/** Counts the lines of others that came since the chat was last looked at. */
export class Unread {
  #seen: string | undefined; // id of the last line that was seen
  #known = false; // whether there was a state before: what one finds on entering is not new
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes the lines as they are now; returns those of others that are new. */
  take(lines: readonly Line[], you: string, open: boolean): Line[] {
    const last = this.#seen;
    const from = last === undefined ? 0 : lines.findIndex((l) => l.id === last) + 1;
    // A chat that was cut at the front may have lost the line; ids grow, and tell.
    const fresh = from > 0 || last === undefined ? lines.slice(from) : lines.filter((l) => later(l.id, last));
    const others = this.#known ? fresh.filter((l) => l.from !== you) : [];
    this.#known = true;
    this.#seen = lines.at(-1)?.id ?? this.#seen;
    this.#count = open ? 0 : this.#count + others.length;
    return others;
  }

  /** The chat was looked at. */
  clear(): void {
    this.#count = 0;
  }
}

function later(id: string, than: string): boolean {
  return Number(id.slice(1)) > Number(than.slice(1));
}

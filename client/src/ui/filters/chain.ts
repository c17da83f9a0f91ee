import type { Done, Filter, FilterLink, Source } from "../../protocol/room.gen";
import { chainOf } from "../../session/filters";
import type { Request, RoomState } from "../../session/session";
import { same } from "./control";
import { type Edit, removed, renewed, settled, tuned } from "./links";

const every = 100; // ms between requests that set values
const patience = 1000; // ms after the answer until the state that it made must have come

type Ask = (request: Request) => Promise<Done | undefined>;

interface Wanted {
  value: string;
  stage: "new" | "asked" | "answered";
}

/**
 * The filters on one source of a person, as the viewer changes them. A request
 * names the whole chain, so one follows the other: a change is made of the chain
 * that the room says after the change before. Of values set in quick succession
 * the newest wins, and the last one is always sent.
 */
export class Chain {
  /** Something was answered or given up: what the room says is to be shown. */
  onChange: () => void = () => {};
  readonly #person: string; // empty: oneself
  readonly #source: Source;
  readonly #filters: () => readonly Filter[];
  readonly #ask: Ask;
  readonly #edits: { edit: Edit; done: (well: boolean) => void }[] = [];
  readonly #wanted = new Map<string, Wanted>();
  #working = false;
  #sent = -every;
  #awaited: { links: readonly FilterLink[]; come: () => void } | undefined;

  constructor(person: string, source: Source, filters: () => readonly Filter[], ask: Ask) {
    this.#person = person;
    this.#source = source;
    this.#filters = filters;
    this.#ask = ask;
  }

  /** Changes which filters there are; whether it was done. */
  change(edit: Edit): Promise<boolean> {
    return new Promise((done) => {
      this.#edits.push({ edit, done });
      void this.#work();
    });
  }

  /** Sets a parameter of a filter. */
  tune(id: string, parameter: string, value: string): void {
    this.#wanted.set(key(id, parameter), { value, stage: "new" });
    void this.#work();
  }

  /** What a parameter is to become and is not yet, as far as the room says. */
  wanted(id: string, parameter: string): string | undefined {
    return this.#wanted.get(key(id, parameter))?.value;
  }

  /** Takes what the room says now. */
  update(): void {
    const filters = this.#filters();
    for (const [at, { value, stage }] of this.#wanted) {
      const [id, parameter] = at.split(" ") as [string, string];
      const now = filters.find((f) => f.id === id)?.values[parameter];
      if (now === undefined || (stage !== "new" && same(now, value))) this.#wanted.delete(at);
    }
    if (this.#awaited && settled(this.#awaited.links, filters)) this.#awaited.come();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let more = true; more; ) {
      const next = this.#edits.shift();
      if (next) next.done(await this.#alter(next.edit));
      else more = await this.#set();
    }
    this.#working = false;
  }

  async #alter(edit: Edit): Promise<boolean> {
    const links = edit(this.#filters());
    if (!links) return true;
    const well = (await this.#request(links)) !== undefined;
    if (well) await this.#settle(links);
    this.onChange();
    return well;
  }

  /** Sends the values that are new; false: there are none. */
  async #set(): Promise<boolean> {
    if (![...this.#wanted.values()].some((w) => w.stage === "new")) return false;
    const wait = this.#sent + every - performance.now();
    if (wait > 0) {
      await new Promise((go) => setTimeout(go, wait));
      if (this.#edits.length > 0) return true;
    }
    const values = new Map<string, Record<string, string>>();
    const asked = new Map<string, Wanted>();
    for (const [at, wanted] of this.#wanted) {
      if (wanted.stage !== "new") continue;
      const [id, parameter] = at.split(" ") as [string, string];
      values.set(id, { ...values.get(id), [parameter]: wanted.value });
      asked.set(at, wanted);
      wanted.stage = "asked";
    }
    const links = tuned(values)(this.#filters());
    this.#sent = performance.now();
    const well = links !== undefined && (await this.#request(links)) !== undefined;
    if (well) this.#await(asked);
    else this.#forget(asked);
    return true;
  }

  /** The state follows the answer. Where it does not, as somebody else was quicker, what the room says counts. */
  #await(asked: ReadonlyMap<string, Wanted>): void {
    for (const wanted of asked.values()) wanted.stage = "answered";
    this.update();
    setTimeout(() => this.#forget(asked), patience);
    this.onChange();
  }

  #forget(asked: ReadonlyMap<string, Wanted>): void {
    for (const [at, wanted] of asked) if (this.#wanted.get(at) === wanted) this.#wanted.delete(at);
    this.onChange();
  }

  #request(links: FilterLink[]): Promise<Done | undefined> {
    return this.#ask({ type: "filter", person: this.#person, source: this.#source, links });
  }

  async #settle(links: readonly FilterLink[]): Promise<void> {
    if (settled(links, this.#filters())) return;
    await new Promise<void>((come) => {
      this.#awaited = { links, come };
      setTimeout(come, patience);
    });
    this.#awaited = undefined;
  }
}

const key = (id: string, parameter: string) => `${id} ${parameter}`; // neither has a space

/** The chains that the viewer has changed; they outlive the panel. */
export class Chains {
  onChange: () => void = () => {};
  readonly #state: () => RoomState;
  readonly #ask: Ask;
  readonly #chains = new Map<string, Chain>();
  readonly #taken = new Set<string>();

  constructor(state: () => RoomState, ask: Ask) {
    this.#state = state;
    this.#ask = ask;
  }

  of(person: string, source: Source): Chain {
    const at = `${person} ${source}`;
    const known = this.#chains.get(at);
    if (known) return known;
    const whose = person === this.#state().you ? "" : person;
    const chain = new Chain(whose, source, () => chainOf(this.#state(), person, source), this.#ask);
    chain.onChange = () => this.onChange();
    this.#chains.set(at, chain);
    return chain;
  }

  /** Takes a filter away. */
  async remove(person: string, { id, source }: Filter): Promise<boolean> {
    this.#taken.add(id);
    const well = await this.of(person, source).change(removed(id));
    if (!well) this.#taken.delete(id);
    return well;
  }

  /** Puts a filter there anew. */
  async renew(person: string, { id, source }: Filter): Promise<void> {
    this.#taken.add(id);
    if (!(await this.of(person, source).change(renewed(id)))) this.#taken.delete(id);
  }

  /** Whether the viewer ended a filter themselves. */
  took(id: string): boolean {
    return this.#taken.has(id);
  }

  update(): void {
    for (const chain of this.#chains.values()) chain.update();
    for (const at of this.#chains.keys()) {
      if (!this.#state().people.has(at.split(" ")[0] ?? "")) this.#chains.delete(at);
    }
  }
}

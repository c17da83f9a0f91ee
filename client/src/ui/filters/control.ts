import type { FilterParameter } from "../../protocol/room.gen";
import { language } from "../../text/text";
import { chinese } from "./chinese";

/** What a parameter is set with. */
export type Control =
  | { kind: "number"; min: number; max: number; step: number; digits: number; whole: boolean }
  | { kind: "switch" }
  | { kind: "choice"; choices: readonly string[] }
  | { kind: "colour" }
  | { kind: "text"; longest: number };

const longest = 256; // bytes of a text, as the node takes them
const steps = 100; // of a slider, at least

/** The control of a parameter; what is not known, or makes no sense, is written as text. */
export function controlOf(p: FilterParameter): Control {
  switch (p.type) {
    case "number":
    case "integer":
      if (!(p.max > p.min)) break;
      return { kind: "number", min: p.min, max: p.max, ...stepOf(p), whole: p.type === "integer" };
    case "switch":
    case "colour":
      return { kind: p.type };
    case "choice":
      if (p.choices.length > 0) return { kind: "choice", choices: p.choices };
      break;
  }
  return { kind: "text", longest };
}

/** A step of 1, 2 or 5 of some power of ten, so that a slider has a hundred of them or a few more. */
function stepOf({ type, min, max }: FilterParameter): { step: number; digits: number } {
  const power = Math.floor(Math.log10((max - min) / steps) + 1e-9);
  const lead = (max - min) / steps / 10 ** power + 1e-9;
  const digits = Math.max(0, -power);
  const step = Number(((lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * 10 ** power).toFixed(Math.min(digits, 20)));
  return type === "integer" ? { step: Math.max(1, step), digits: 0 } : { step, digits };
}

/** What somebody set, as the node reads it; undefined where the parameter does not take it. */
export function written(c: Control, set: string): string | undefined {
  switch (c.kind) {
    case "number": {
      const value = set.trim() === "" ? Number.NaN : Number(set);
      const fits = value >= c.min && value <= c.max && (!c.whole || Number.isInteger(value));
      return fits ? String(value) : undefined;
    }
    case "switch":
      return String(set === "true");
    case "choice":
      return c.choices.includes(set) ? set : undefined;
    case "colour":
      return /^#[0-9a-f]{6}$/i.test(set) ? set.toLowerCase() : undefined;
    case "text":
      return new TextEncoder().encode(set).length <= c.longest ? set : undefined;
  }
}

/** A value of the node, as a control holds it: numbers with as many digits as they need. */
export function held(c: Control, value: string): string {
  switch (c.kind) {
    case "number": {
      const n = Number(value);
      return Number.isFinite(n) ? String(Number(n.toFixed(Math.min(c.digits + 2, 20)))) : "";
    }
    case "switch":
      return String(["true", "on", "yes"].includes(value));
    default:
      return value;
  }
}

/** Whether two values are one, however they are written. */
export function same(a: string, b: string): boolean {
  return a === b || (a.trim() !== "" && b.trim() !== "" && Number(a) === Number(b));
}

/** What the page has in its own language for a word or a text of the node's. */
export function translated(words: string): string | undefined {
  return language() === "zh" && Object.hasOwn(chinese, words) ? chinese[words] : undefined;
}

/** A name of the node's as people read it: "eye-contact" is "Eye contact". */
export function titled(name: string): string {
  const own = translated(name);
  if (own !== undefined) return own;
  const words = name.replace(/-/g, " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Small checks of what comes from outside, put together by shape. They trust nothing and change nothing but null lists. */

export type Check = (value: unknown) => boolean;

const lists = new WeakSet<Check>();
const optional = new WeakSet<Check>();

export function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

/** A finite number within limits. */
export const number =
  (min = -Number.MAX_VALUE, max = Number.MAX_VALUE): Check =>
  (v) =>
    typeof v === "number" && v >= min && v <= max;

export const whole =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (v) =>
    Number.isInteger(v) && number(min, max)(v);

/** A string of at most max characters. */
export const string =
  (max: number): Check =>
  (v) =>
    typeof v === "string" && v.length <= max;

export const boolean: Check = (v) => typeof v === "boolean";

export const oneOf =
  (...values: readonly unknown[]): Check =>
  (v) =>
    values.includes(v);

/** A list of at most max. In a shape, null is taken as an empty one: nodes write none so. */
export function list(item: Check, max: number): Check {
  const check: Check = (v) => Array.isArray(v) && v.length <= max && v.every(item);
  lists.add(check);
  return check;
}

/** A list of exactly so many. */
export const tuple =
  (item: Check, length: number): Check =>
  (v) =>
    Array.isArray(v) && v.length === length && v.every(item);

/** A field that may be missing. */
export function maybe(check: Check): Check {
  const either: Check = (v) => v === undefined || check(v);
  optional.add(either);
  if (lists.has(check)) lists.add(either);
  return either;
}

/** A record with at least these fields. */
export function shape(fields: Record<string, Check>): Check {
  const entries = Object.entries(fields);
  return (v) => {
    if (!isRecord(v)) return false;
    return entries.every(([name, check]) => {
      if (v[name] === null && lists.has(check)) v[name] = [];
      else if (v[name] === null && optional.has(check)) delete v[name];
      return check(v[name]);
    });
  };
}

/** A record with any fields, at most so many, of one kind. */
export const table =
  (value: Check, max: number): Check =>
  (v) =>
    isRecord(v) && Object.keys(v).length <= max && Object.values(v).every(value);

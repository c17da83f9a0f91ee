import { en, zh } from "./tables";

export type Language = "en" | "zh";
export type Key = keyof typeof en;
export const languages: readonly { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "zh", name: "简体中文" },
];

/** The names in braces of a pattern. */
type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** What a key's pattern asks for; nothing where it has no braces. */
export type Params<K extends Key> = [Names<(typeof en)[K]>] extends [never]
  ? []
  : [Readonly<Record<Names<(typeof en)[K]>, string | number>>];

const tables: Record<Language, Record<Key, string>> = { en, zh };
const tags: Record<Language, string> = { en: "en", zh: "zh-Hans" };

// A document has one language, as its lang attribute says; so has this module.
let current: Language = "en";

export function language(): Language {
  return current;
}

/** Speaks a language from now on. Who shows text already shows it anew. */
export function speak(wanted: Language): void {
  current = wanted;
  if (typeof document !== "undefined") document.documentElement.lang = tags[wanted];
}

/** The language to begin with: the address's (?lang=), else the remembered one, else the browser's. */
export function languageOf(
  asked: string | null,
  remembered: string | undefined,
  browser: readonly string[],
): Language {
  for (const tag of [asked, remembered, ...browser]) {
    const found = languages.find(({ id }) => tag?.toLowerCase().split("-")[0] === id);
    if (found) return found.id;
  }
  return "en";
}

/** What the page says there, in its language. */
export function t<K extends Key>(key: K, ...params: Params<K>): string {
  return fill(tables[current][key], current, params[0] ?? {});
}

/** A pattern with its parameters; of "one|other" the form that {n} asks for. */
export function fill(
  pattern: string,
  spoken: Language,
  params: Readonly<Record<string, string | number>>,
): string {
  const [one = "", other] = pattern.split("|");
  const single =
    other === undefined || new Intl.PluralRules(tags[spoken]).select(Number(params.n ?? 0)) === "one";
  return (single ? one : other).replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Several names as the language lists them. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(tags[current], { type: "conjunction" }).format(names);
}

/** The time of day of a moment, ms since 1970. */
export function timeOfDay(at: number): string {
  return new Intl.DateTimeFormat(tags[current], { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** A file size in megabytes. */
export function megabytes(bytes: number): string {
  return new Intl.NumberFormat(tags[current], { maximumFractionDigits: 1 }).format(bytes / 2 ** 20);
}

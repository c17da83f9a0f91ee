/**
 * The tables of all parts, one a language. A part with strings of its own (as
 * the eye's head tracking) exports a table a language, which is spread here;
 * text.test.ts holds that both languages have the same.
 */
import { en as filters } from "../ui/filters/en";
import { zh as zhFilters } from "../ui/filters/zh";
import { en as room } from "./en";
import { zh as zhRoom } from "./zh";

export const en = { ...room, ...filters } as const;
export const zh: Record<keyof typeof en, string> = { ...zhRoom, ...zhFilters };

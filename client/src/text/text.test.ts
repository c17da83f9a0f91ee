import { afterEach, describe, expect, it } from "vitest";
import { en, zh } from "./tables";
import { fill, languageOf, list, speak, t } from "./text";

afterEach(() => speak("en"));

const placeholders = (s: string) => [...new Set([...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort();

describe("the tables", () => {
  const keys = Object.keys(en) as (keyof typeof en)[];

  it("have the same keys", () => {
    expect(Object.keys(zh).sort()).toEqual([...keys].sort());
  });

  it.each(keys)("have the same placeholders and no empty text: %s", (key) => {
    expect(en[key].trim()).not.toBe("");
    expect(zh[key].trim()).not.toBe("");
    expect(placeholders(zh[key])).toEqual(placeholders(en[key]));
  });

  it("give both forms where a number asks for them, with the number", () => {
    for (const key of keys.filter((k) => en[k].includes("|"))) {
      for (const form of en[key].split("|")) expect(form, key).toContain("{n}");
      expect(zh[key], key).not.toContain("|");
    }
  });

  it("use Chinese punctuation between Chinese words", () => {
    for (const key of keys) expect(zh[key], key).not.toMatch(/[一-鿿][,;?!()]|[一-鿿]:(?!\/\/)/);
  });
});

describe("text", () => {
  it("fills in parameters and leaves unknown ones", () => {
    expect(fill("{a} and {b}", "en", { a: "x" })).toBe("x and {b}");
    expect(fill("{a}", "en", { a: "$&{b}" })).toBe("$&{b}");
  });

  it("chooses the form by number", () => {
    expect(t("head.people", { n: 1 })).toBe("1 person");
    expect(t("head.people", { n: 4 })).toBe("4 people");
    speak("zh");
    expect(t("head.people", { n: 1 })).toBe("1 人");
  });

  it("lists names", () => {
    expect(list(["Anna", "Wei", "Li"])).toBe("Anna, Wei, and Li");
    speak("zh");
    expect(list(["安娜", "小李"])).toBe("安娜和小李");
  });

  it("takes the address's language before the remembered and the browser's", () => {
    expect(languageOf("zh-CN", "en", ["en-US"])).toBe("zh");
    expect(languageOf(null, "zh", ["en-US"])).toBe("zh");
    expect(languageOf(null, undefined, ["fr-FR", "zh-Hant-TW", "en"])).toBe("zh");
    expect(languageOf("xx", undefined, ["fr"])).toBe("en");
  });
});

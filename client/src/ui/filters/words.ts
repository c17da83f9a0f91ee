import type { Filter, FilterKind, Source } from "../../protocol/room.gen";
import { list, type Params, t } from "../../text/text";
import type { Icon } from "../icons";
import { titled } from "./control";

/** A source in words; one that is not known by its name. */
export function sourceName(source: Source): string {
  return source in icons ? t(`filters.${source}`) : source;
}

export const icons: Readonly<Record<Source, Icon>> = {
  microphone: "microphone",
  camera: "camera",
  screen: "screen",
  view: "person",
};

/** "Matte (camera)". */
export function onSource(f: Filter): string {
  return t("filters.on", { filter: titled(f.name), source: sourceName(f.source) });
}

/** Which filters work on what somebody sends. */
export function touch(name: string, filters: readonly Filter[]): string {
  const params: Params<"filters.touch">[0] = {
    n: filters.length,
    name,
    filters: list(filters.map(onSource)),
  };
  return t("filters.touch", params);
}

/** What a kind of filter costs: by how much all comes later, and its work. */
export function cost({ lookAhead, latency }: FilterKind): string {
  const parts = [
    lookAhead > 0 && t("filters.later", { ms: rounded(lookAhead) }),
    latency > 0 && t("filters.work", { ms: rounded(latency) }),
  ];
  return parts.filter((p) => typeof p === "string").join(" · ");
}

const rounded = (ms: number) => (ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms));

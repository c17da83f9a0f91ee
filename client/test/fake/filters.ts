/** Made-up kinds of filters, and what a node makes of a chain that is asked for. */
import type { Filter, FilterChain, FilterKind, FilterParameter, Person } from "../../src/protocol/room.gen";

export function aParameter(name: string, more: Partial<FilterParameter> = {}): FilterParameter {
  return {
    name,
    type: "number",
    default: "0.5",
    min: 0,
    max: 1,
    choices: [],
    unit: "",
    help: "",
    live: true,
    ...more,
  };
}

export function aKind(name: string, more: Partial<FilterKind> = {}): FilterKind {
  return {
    name,
    summary: "",
    kind: "video",
    lookAhead: 0,
    latency: 0,
    private: false,
    parameters: [],
    ...more,
  };
}

export function aFilter(id: string, more: Partial<Filter> = {}): Filter {
  return { id, source: "camera", name: "matte", values: {}, state: "running", error: "", ...more };
}

/** Kinds with parameters of every type. */
export const kinds: FilterKind[] = [
  aKind("matte", {
    summary: "the background of a webcam is blurred, replaced or removed",
    latency: 30,
    private: true,
    parameters: [
      aParameter("mode", {
        type: "choice",
        default: "blur",
        choices: ["blur", "replace", "remove"],
        help: "what becomes of the background",
      }),
      aParameter("radius", {
        type: "integer",
        default: "24",
        min: 8,
        max: 80,
        unit: "px",
        help: "how far the blur reaches, of a picture 720 pixels high",
      }),
      aParameter("colour", { type: "colour", default: "#2a5a3c", help: "what replaces the background" }),
      aParameter("feather", { help: "how soft the person's edge is" }),
    ],
  }),
  aKind("caption", {
    summary: "writes a line below the picture",
    parameters: [aParameter("line", { type: "text", default: "", help: "what is written", live: false })],
  }),
  aKind("denoise", {
    kind: "audio",
    summary: "noise is taken away from speech",
    lookAhead: 20,
    latency: 4.5,
    parameters: [
      aParameter("strength", { default: "0.9", help: "how much of the noise is taken away" }),
      aParameter("spare", {
        type: "switch",
        default: "true",
        help: "leave speech as it is where there is little noise",
      }),
    ],
  }),
  aKind("landmarks", {
    kind: "rgbd",
    summary: "finds eyes and gaze",
    parameters: [
      aParameter("model", { type: "choice", default: "small", choices: ["small", "large"], live: false }),
    ],
  }),
];

let made = 100; // ids are never used twice

/** The person with a chain, as a node sets it; new filters are open at once. */
export function filterChain(
  person: Person,
  { source, links }: Pick<FilterChain, "source" | "links">,
  known: readonly FilterKind[],
): Person {
  const chain = links.map((link): Filter => {
    const old = person.filters.find((f) => f.id === link.id);
    if (old) return { ...old, values: { ...old.values, ...link.values } };
    const parameters = known.find((k) => k.name === link.name)?.parameters ?? [];
    const values = Object.fromEntries(parameters.map((p) => [p.name, p.default]));
    const id = `f${++made}`;
    return aFilter(id, {
      name: link.name,
      source: source as Filter["source"],
      values: { ...values, ...link.values },
    });
  });
  const others = person.filters.filter((f) => f.source !== source);
  return { ...person, filters: [...others, ...chain] };
}

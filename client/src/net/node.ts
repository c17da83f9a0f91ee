import type { NodeCube } from "../protocol/protocol.gen";
import { ask, JoinError } from "./whep";

/** Asks the node which cubes it has; wanted picks one by name, else the first. */
export async function findCube(wanted: string | undefined, signal: AbortSignal): Promise<NodeCube> {
  const response = await ask("api/node", { signal, headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new JoinError(`The node refused (${response.status}).`, "Check its log.", {
      retry: response.status >= 500,
    });
  }
  const cubes = cubesOf(await response.json().catch(() => undefined));
  const cube = wanted === undefined ? cubes[0] : cubes.find((c) => c.name === wanted);
  if (cube) return cube;
  throw wanted === undefined
    ? new JoinError("This node has no cube to watch.", "Start it with a rig: virtualcube run synthetic:")
    : new JoinError(
        `This node has no cube "${wanted}".`,
        `It has: ${cubes.map((c) => c.name).join(", ") || "none"}. Change ?cube= in the address.`,
        { retry: false },
      );
}

function cubesOf(answer: unknown): NodeCube[] {
  const cubes = (answer as { cubes?: unknown } | undefined)?.cubes;
  if (!Array.isArray(cubes)) return [];
  return cubes.filter((c): c is NodeCube => typeof c?.name === "string" && typeof c?.whep === "string");
}

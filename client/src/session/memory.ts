/**
 * What a page keeps of a room so that it comes back to its seat after it was
 * loaded again or killed: only as long as its tab lives, and only there.
 */
export interface Memory {
  resume: string; // the node's secret
  token: string;
}

const prefix = "virtualcube.room.";

export function recall(room: string): Memory {
  try {
    const kept = JSON.parse(sessionStorage.getItem(prefix + room) ?? "{}");
    return { resume: text(kept?.resume), token: text(kept?.token) };
  } catch {
    return { resume: "", token: "" }; // no storage here, or nonsense in it
  }
}

export function remember(room: string, memory: Memory): void {
  try {
    sessionStorage.setItem(prefix + room, JSON.stringify(memory));
  } catch {
    // Without storage the seat is lost with the page.
  }
}

const text = (v: unknown) => (typeof v === "string" && v.length <= 16384 ? v : "");

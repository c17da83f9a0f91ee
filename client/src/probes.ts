import { roomAddress } from "./session/link";
import { type Probes, probeNode } from "./ui/check";

/**
 * What the connection test tries before somebody enters. Media is not tried:
 * the node gives a peer connection only to who is in the room.
 */
export function probesOf(base: string): Probes {
  return {
    node: probeNode,
    websocket: (signal) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const socket = new WebSocket(roomAddress(base));
        const end = () => socket.close();
        signal.addEventListener("abort", end, { once: true });
        socket.addEventListener("open", () => {
          resolve({ roundTrip: performance.now() - began });
          end();
        });
        socket.addEventListener("error", () => reject(new Error("the WebSocket did not open")));
      }),
  };
}

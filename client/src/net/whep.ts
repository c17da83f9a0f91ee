/**
 * One WHEP session (draft-ietf-wish-whep): offer, answer, and the end. The
 * offer goes out without waiting for candidates, as the node is ICE-lite and
 * learns the page's address from its checks.
 */

/** Why no session came about, in words for people. */
export class JoinError extends Error {
  readonly remedy: string;
  readonly retry: boolean;
  /** Milliseconds after which the node asks to try again, where it does. */
  readonly after: number | undefined;
  readonly needsKey: boolean;

  constructor(
    message: string,
    remedy: string,
    more: { retry?: boolean; after?: number; needsKey?: boolean } = {},
  ) {
    super(message);
    this.remedy = remedy;
    this.retry = more.retry ?? true;
    this.after = more.after;
    this.needsKey = more.needsKey ?? false;
  }
}

export interface Joined {
  /** Ends the session at the node; survives the page. */
  leave(): void;
}

const patience = 10_000; // ms for the node's answer

/** Negotiates the connection's tracks and channels with the endpoint. */
export async function join(
  connection: RTCPeerConnection,
  endpoint: string,
  key: string | undefined,
  signal: AbortSignal,
): Promise<Joined> {
  const authorization: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
  await connection.setLocalDescription(await connection.createOffer());
  const response = await ask(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", ...authorization },
    body: connection.localDescription?.sdp ?? "",
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  });
  if (response.status !== 201) throw await refusal(response);
  const location = response.headers.get("Location");
  const leave = () => {
    if (!location) return;
    void fetch(new URL(location, response.url), {
      method: "DELETE",
      headers: authorization,
      keepalive: true,
    }).catch(() => {}); // the node notices by itself
  };
  try {
    await connection.setRemoteDescription({ type: "answer", sdp: await response.text() });
  } catch (cause) {
    leave();
    throw new JoinError(
      `The node's answer could not be used: ${text(cause)}`,
      "Update the node or the browser.",
    );
  }
  return { leave };
}

/** fetch, with its failures in words. */
export async function ask(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    const slow = cause instanceof DOMException && cause.name === "TimeoutError";
    throw new JoinError(
      slow ? "The node does not answer." : "The node cannot be reached.",
      "Check that it runs and that this machine is on the network. The page keeps trying.",
    );
  }
}

async function refusal(response: Response): Promise<JoinError> {
  const said = (await response.text().catch(() => "")).trim().slice(0, 300);
  const after = retryAfter(response);
  switch (response.status) {
    case 401:
    case 403:
      return new JoinError("This node asks for a key.", "Enter the key that its operator gave you.", {
        retry: false,
        needsKey: true,
      });
    case 404:
      return new JoinError(
        "There is no such cube on this node.",
        "Check the address, or open the node's first page.",
        {
          retry: false,
        },
      );
    case 503:
      return new JoinError(
        said || "The node is full.",
        "The page tries again by itself.",
        after === undefined ? {} : { after },
      );
    case 406:
    case 415:
    case 422:
      return new JoinError(
        said || "This browser and the node share no video codec.",
        "Use a current browser.",
        {
          retry: false,
        },
      );
    default:
      return new JoinError(
        `The node refused (${response.status}${said ? `: ${said}` : ""}).`,
        response.status >= 500
          ? "The page tries again by itself."
          : "Update the node or the page, then load it again.",
        {
          retry: response.status >= 500 || response.status === 429,
          ...(after === undefined ? {} : { after }),
        },
      );
  }
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return seconds >= 0 && seconds <= 600 ? seconds * 1000 : undefined;
}

export function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Why a device is not to be had. Each has its text and remedy: cause.* in package text. */
export type Cause =
  | "denied"
  | "dismissed"
  | "system"
  | "missing"
  | "busy"
  | "insecure"
  | "unfit"
  | "unsupported"
  | "other";

/** A device that is not to be had. */
export class DeviceError extends Error {
  readonly reason: Cause;

  constructor(reason: Cause, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the browser's error means; names of before 2018 still come from old phones. */
export function causeOf(error: unknown, source: "device" | "screen"): DeviceError {
  if (error instanceof DeviceError) return error;
  const { name = "", message = String(error) } = error instanceof Error ? error : {};
  return new DeviceError(reasonOf(name, message, source), message);
}

function reasonOf(name: string, message: string, source: "device" | "screen"): Cause {
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      if (/system/i.test(message)) return "system";
      return source === "screen" ? "dismissed" : "denied";
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "OverconstrainedError":
    case "ConstraintNotSatisfiedError":
      return "unfit";
    case "NotSupportedError":
    case "TypeError":
      return "unsupported";
    default:
      return "other";
  }
}

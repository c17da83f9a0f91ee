import { causeOf, DeviceError } from "../devices/cause";
import type { Devices } from "../devices/devices";
import type { Publishing } from "../devices/publishing";
import type { Done } from "../protocol/room.gen";
import { Refused, type Request, type RoomState, type Session, type Source } from "../session/session";
import { t } from "../text/text";
import type { Voices } from "../voice/voices";
import type { Declared, Memory } from "./choices";
import type { Chains } from "./filters/chain";
import type { Notices } from "./notices";

/** What the controls ask for that is not the session's. */
export interface Actions {
  /** Puts the viewer's eye into the middle. */
  recentre(): void;
  /** Takes the screen that the viewer declares; zeroes: not known. */
  declare(screen: Declared): void;
  /** Lets people and things jump instead of glide, or no longer. */
  reduceMotion(on: boolean): void;
  /** Shows a participant or work item in the hall. */
  focus(id: string): void;
  /** The statistics panel is open, or no longer. */
  statistics(open: boolean): void;
  /** A link with which others enter; rejects with words for people. */
  invitation(): Promise<string>;
  /** Leaves the room, or the lobby; the controls sent everything back before. */
  leave(): void;
  /** Enters again after the end. */
  enterAgain(): void;
  /** Head tracking, where there is one. It reports into RoomControls.showTracking. */
  track?(on: boolean): void;
}

/** What the controls use besides. */
export interface Equipment {
  devices: Devices;
  voices: Voices;
  memory: Memory;
}

/** What a part of the controls works with. */
export interface Desk extends Equipment {
  readonly session: Session;
  readonly actions: Actions;
  readonly publishing: Publishing;
  readonly notices: Notices;
  readonly filters: Chains;
  /** Asks the node; a refusal is told, and gives undefined. */
  ask(request: Request): Promise<Done | undefined>;
  /** Switches a source; what goes wrong is told, with its remedy. */
  publish(source: Source, on: boolean): Promise<boolean>;
  /** Shares a screen and puts it into the room, or takes it away. */
  share(on: boolean): Promise<void>;
  /** The viewer's hand. */
  raise(up: boolean): void;
  leave(): void;
  /** Another language: everything is said anew. */
  renew(): void;
}

/** A part that shows the room's state. */
export interface Part {
  readonly element: HTMLElement;
  update(state: RoomState): void;
}

/** A part beside the hall, one at a time. */
export interface Panel extends Part {
  readonly title: string;
  /** It was opened; returns what is to have the focus. */
  opened?(): HTMLElement | undefined;
  closed?(): void;
}

/** An error in words, with the remedy. */
export function words(error: unknown, source: Source): string {
  if (error instanceof Refused) return t("failed", { why: error.message });
  const { reason, message } = causeOf(error, source === "screen" ? "screen" : "device");
  const cause = reason === "other" ? t("cause.other", { why: message }) : t(`cause.${reason}`);
  return `${cause} ${t(`cause.${reason}.remedy`)}`;
}

/** Whether somebody only changed their mind. */
export function dismissed(error: unknown): boolean {
  return error instanceof DeviceError && error.reason === "dismissed";
}

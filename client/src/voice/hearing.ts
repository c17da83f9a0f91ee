import type { Pose } from "../protocol/room.gen";
import type { RoomState, Session } from "../session/session";
import { heads } from "./seats";
import type { Voices } from "./voices";

/** Lets the voices of a session be heard from where their people sit. */
export class Hearing {
  readonly #session: Session;
  readonly #voices: Voices;
  readonly #stop: () => void;
  #viewer: Pose | undefined;

  constructor(session: Session, voices: Voices) {
    this.#session = session;
    this.#voices = voices;
    this.#stop = session.listen({
      streams: (streams) => voices.take(streams),
      state: (state) => this.#place(state),
    });
    voices.take(session.streams);
    this.#place(session.state);
  }

  /** From where somebody without a seat hears; undefined: from their own seat. */
  set viewer(pose: Pose | undefined) {
    this.#viewer = pose;
    this.#place(this.#session.state);
  }

  close(): void {
    this.#stop();
    this.#voices.take([]);
  }

  #place(state: RoomState): void {
    for (const [person, at] of heads(state, this.#viewer)) this.#voices.place(person, at);
    this.#voices.forget((person) => state.people.has(person));
  }
}

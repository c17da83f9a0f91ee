import type { RoomState } from "../session/session";
import { t } from "../text/text";
import { BoardItem } from "./boarditem";
import type { Desk, Panel } from "./desk";
import { arrange, button, make, say } from "./make";
import { largestPicture, pictureKinds, upload } from "./picture";

const longestTitle = 80; // characters

/** The work items as a list; what may be done with each by hand in the hall may be done here by keys. */
export class Board implements Panel {
  readonly title = t("items.title");
  readonly element = make("div", { class: "board" });
  readonly #desk: Desk;
  readonly #share: HTMLButtonElement;
  readonly #add: HTMLButtonElement;
  readonly #said = make("p", { class: "hint", role: "status" });
  readonly #file = make("input", { type: "file", accept: pictureKinds.join(","), hidden: true });
  readonly #empty = make("p", { class: "empty" }, t("items.empty"));
  readonly #list = make("ul", { class: "items" });
  readonly #rows = new Map<string, BoardItem>();

  constructor(desk: Desk) {
    this.#desk = desk;
    const share = () => void desk.share(!desk.publishing.on("screen"));
    this.#share = button(t("items.share"), share, { icon: "screen" });
    this.#add = button(t("items.picture"), () => this.#file.click(), { icon: "picture" });
    this.#file.addEventListener("change", () => {
      const file = this.#file.files?.[0];
      this.#file.value = "";
      if (file) void this.#place(file);
    });
    this.element.append(
      make("div", { class: "row" }, this.#share, this.#add, this.#file),
      make("p", { class: "hint" }, t("items.picture.hint", { mb: largestPicture >> 20 })),
      this.#said,
      this.#empty,
      this.#list,
    );
  }

  update(state: RoomState): void {
    const me = state.people.get(state.you);
    const listener = !me || me.role === "listener";
    const sharing = this.#desk.publishing.on("screen");
    say(this.#share.lastElementChild as HTMLElement, sharing ? t("bar.screen.stop") : t("items.share"));
    this.#share.disabled =
      !sharing && (listener || me.screen === "blocked" || !this.#desk.devices.sharesScreens);
    this.#add.disabled = listener;
    this.#empty.hidden = state.items.size > 0;
    arrange(this.#list, this.#rows, [...state.items.keys()], (id) => new BoardItem(id, this.#desk));
    for (const row of this.#rows.values()) row.update(state);
  }

  async #place(file: File): Promise<void> {
    const { session } = this.#desk;
    if (!session.welcome) return;
    say(this.#said, t("items.picture.sending"));
    try {
      const { path, aspect } = await upload(file, session.welcome);
      const title = file.name.replace(/\.[a-z]+$/i, "").slice(0, longestTitle) || t("items.picture");
      await this.#desk.ask({ type: "place", kind: "picture", title, picture: path, aspect });
      say(this.#said, "");
    } catch (error) {
      say(this.#said, error instanceof Error ? error.message : String(error));
    }
  }
}

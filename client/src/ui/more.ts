import { t } from "../text/text";
import type { Panel } from "./desk";
import type { Icon } from "./icons";
import { button, make } from "./make";
import type { Command } from "./shortcuts";

/** On a phone: what the toolbar has no room for. */
export class More implements Panel {
  readonly title = t("bar.more");
  readonly element = make("div", { class: "morelist" });

  constructor(run: (command: Command) => void) {
    const entries: readonly [Command, Icon, string][] = [
      ["screen", "screen", t("keys.screen")],
      ["items", "board", t("bar.items")],
      ["filters", "filters", t("bar.filters")],
      ["settings", "settings", t("bar.settings")],
      ["statistics", "statistics", t("settings.statistics")],
      ["keys", "keyboard", t("settings.keys.list")],
    ];
    for (const [command, icon, label] of entries)
      this.element.append(button(label, () => run(command), { icon }));
  }

  update(): void {}
}

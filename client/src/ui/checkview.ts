import { t } from "../text/text";
import { type ConnectionCheck, type Probe, remark, report, verdict } from "./check";
import { button, make, mark, say } from "./make";

/** The connection test as a list, with its buttons. */
export class CheckView {
  readonly element: HTMLElement;
  readonly #check: ConnectionCheck;
  readonly #rows = new Map<Probe, { row: HTMLElement; grade: HTMLElement; remark: HTMLElement }>();
  readonly #said = make("p", { class: "verdict", role: "status" });
  readonly #start: HTMLButtonElement;
  readonly #save: HTMLButtonElement;

  constructor(check: ConnectionCheck) {
    this.#check = check;
    const list = make("ul", { class: "checks" });
    for (const { probe } of check.results) {
      const [grade, words] = [make("span", { class: "grade" }), make("p", { class: "hint" })];
      const row = make("li", {}, make("span", { class: "probe" }, t(`check.${probe}`)), grade, words);
      this.#rows.set(probe, { row, grade, remark: words });
      list.append(row);
    }
    this.#start = button(t("check.start"), () => (check.running ? check.stop() : void check.run()));
    this.#save = button(t("check.save"), () => save(report(check.results)));
    this.element = make(
      "div",
      { class: "check" },
      list,
      this.#said,
      make("div", { class: "row" }, this.#start, this.#save),
    );
    check.onChange = () => this.#draw();
    this.#draw();
  }

  #draw(): void {
    const { results, running } = this.#check;
    const begun = results.some((r) => r.grade !== "waiting");
    for (const r of results) {
      const row = this.#rows.get(r.probe);
      if (!row) continue;
      mark(row.row, "data-grade", r.grade);
      say(row.grade, t(`state.${r.grade}`));
      say(row.remark, r.grade === "waiting" || r.grade === "running" ? "" : remark(r));
    }
    say(this.#start, running ? t("check.stop") : begun ? t("check.again") : t("check.start"));
    this.#save.hidden = running || !begun;
    const kind = verdict(results);
    say(this.#said, running ? t("check.running") : begun ? t(`check.${kind}`) : "");
    mark(this.#said, "data-grade", running || !begun ? undefined : kind);
  }
}

function save(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const stamp = new Date().toISOString().replace(/[:.]/g, "-").slice(0, 19);
  make("a", { href: address, download: `virtualcube-connection-${stamp}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

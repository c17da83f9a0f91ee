import { type Command, commandOf, whereOf } from "./shortcuts";

export interface Handler {
  /** Whether single keys act. */
  single(): boolean;
  run(command: Exclude<Command, "talk">): void;
  /** The space bar went down or up. */
  talk(on: boolean): void;
}

/** Hears the keys of the whole page; what it returns ends that. */
export function hearKeys(handler: Handler): () => void {
  const ended = new AbortController();
  const options = { signal: ended.signal };
  let talking = false;
  const quiet = () => {
    if (talking) handler.talk(false);
    talking = false;
  };
  document.addEventListener(
    "keydown",
    (e) => {
      if (e.defaultPrevented || document.querySelector("dialog[open]")) return;
      const command = commandOf(e, whereOf(e.target), handler.single());
      if (!command) return;
      if (command !== "close") e.preventDefault();
      if (command !== "talk") handler.run(command);
      else if (!talking) {
        talking = true;
        handler.talk(true);
      }
    },
    options,
  );
  document.addEventListener("keyup", (e) => e.key === " " && quiet(), options);
  // The key's release is not told to a page that lost the focus: nobody is to stay on the air.
  window.addEventListener("blur", quiet, options);
  document.addEventListener("visibilitychange", quiet, options);
  return () => {
    quiet();
    ended.abort();
  };
}

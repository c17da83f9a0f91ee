import { type Icon, icon } from "./icons";

type Child = Node | string | undefined | false;

/** An element with attributes; true is an empty one, false and undefined are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((c): c is Node | string => c !== undefined && c !== false));
  return made;
}

/** A button with a text, and an icon before it. */
export function button(label: string, press: () => void, look: { icon?: Icon; class?: string } = {}) {
  const made = make(
    "button",
    { type: "button", class: look.class },
    look.icon && icon(look.icon),
    make("span", {}, label),
  );
  made.addEventListener("click", press);
  return made;
}

/** A button that is an icon, with its name for those who do not see it. */
export function iconButton(label: string, which: Icon, press: () => void, kind = "icon") {
  const made = make(
    "button",
    { type: "button", class: kind, title: label, "aria-label": label },
    icon(which),
  );
  made.addEventListener("click", press);
  return made;
}

/** A switch with a text and a hint, which takes effect at once. */
export function toggle(label: string, hint: string, on: boolean, change: (on: boolean) => void) {
  const id = `hint-${++ids}`;
  const box = make("input", { type: "checkbox", role: "switch", "aria-describedby": hint ? id : undefined });
  box.checked = on;
  box.addEventListener("change", () => change(box.checked));
  const line = make(
    "div",
    { class: "toggle" },
    make("label", {}, box, make("span", {}, label)),
    hint ? make("p", { class: "hint", id }, hint) : undefined,
  );
  return { line, box };
}

let ids = 0; // ids must differ within the document

/** A list to choose from, with its label. */
export function choice(
  label: string,
  options: readonly { id: string; label: string; disabled?: boolean }[],
  chosen: string,
  change: (id: string) => void,
) {
  const id = `choice-${++ids}`;
  const select = make("select", { id });
  offer(select, options, chosen);
  select.addEventListener("change", () => change(select.value));
  return { line: make("div", { class: "choice" }, make("label", { for: id }, label), select), select };
}

/** Gives a select other options; only where they differ, as an open one would close. */
export function offer(
  select: HTMLSelectElement,
  options: readonly { id: string; label: string; disabled?: boolean }[],
  chosen: string,
): void {
  const key = JSON.stringify(options);
  if (select.dataset.options !== key) {
    select.dataset.options = key;
    select.replaceChildren(
      ...options.map((o) => make("option", { value: o.id, disabled: o.disabled }, o.label)),
    );
  }
  if (select.value !== chosen) select.value = chosen;
}

/** Sets a text only where it differs, so that no screen reader says it twice. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets, changes or takes away an attribute, only where it differs. */
export function mark(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Makes the children of a list those of the keys, in order, without touching what stays. */
export function arrange<T extends { readonly element: HTMLElement }>(
  list: HTMLElement,
  rows: Map<string, T>,
  keys: readonly string[],
  add: (key: string) => T,
): void {
  const wanted = new Set(keys);
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    row.element.remove();
    rows.delete(key);
  }
  keys.forEach((key, i) => {
    const row = rows.get(key) ?? add(key);
    rows.set(key, row);
    // Moving an element takes the focus from it; it moves only where the order changed.
    if (list.children[i] !== row.element) list.insertBefore(row.element, list.children[i] ?? null);
  });
}

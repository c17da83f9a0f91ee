/** A piece of a text: a link has its address. */
export interface Piece {
  readonly text: string;
  readonly address?: string;
}

const candidate = /\bhttps?:\/\/[^\s<>"'`\u2018-\u201d\u3000-\u303f\uff01-\uff0f\uff1a\uff1b\uff1f]+/gi;
const closing = /[.,;:!?\u2026\u3001\u3002\u300b\u300d\uff01\uff0c\uff1a\uff1b\uff1f]+$/u; // the wide ones, too
const pairs: readonly (readonly [string, string])[] = [
  ["(", ")"],
  ["[", "]"],
  ["\uff08", "\uff09"],
];

/**
 * Cuts a text at its links: http and https alone, without the punctuation
 * that ends the sentence. What does not parse as an address stays text.
 */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(candidate)) {
    const words = trim(match[0]);
    if (!isAddress(words)) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: words, address: words });
    from = match.index + words.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** Takes the sentence's own punctuation off, and brackets that the link did not open. */
function trim(words: string): string {
  for (;;) {
    let shorter = words.replace(closing, "");
    for (const [open, close] of pairs) {
      if (shorter.endsWith(close) && !shorter.includes(open)) shorter = shorter.slice(0, -1);
    }
    if (shorter === words) return words;
    words = shorter;
  }
}

function isAddress(words: string): boolean {
  if (!URL.canParse(words)) return false;
  const { protocol, hostname, username } = new URL(words);
  // A user part disguises the host: https://bank.example@evil.example
  return /^https?:$/.test(protocol) && hostname !== "" && username === "";
}

/** A text as nodes, its links to be pressed; they open apart and tell nothing of this page. */
export function linked(text: string): Node[] {
  return pieces(text).map((piece) => {
    if (piece.address === undefined) return document.createTextNode(piece.text);
    const link = document.createElement("a");
    link.href = piece.address;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    link.textContent = piece.text;
    return link;
  });
}

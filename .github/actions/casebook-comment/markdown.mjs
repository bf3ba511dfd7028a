// Formats a review as a comment. `src/cli/commands/review/markdown.rs` and `src/text/markdown/quoted.rs` of Casebook write
// the same text. Change both; tests compare them.

// The first line of the comment, by which it is found again.
export const MARK = "<!-- casebook -->";
const MAX_FINDINGS = 20;
// The number of lines of an answer.
const MAX_LINES = 3;
// GitHub rejects a comment of more than 65,536 characters.
const MAX_BYTES = 60_000;

// Returns whether a review has no problems and no similar tickets.
export function isEmpty(review) {
  return review.errors + review.warnings === 0 && review.tickets.every((ticket) => ticket.similar.length === 0);
}

// Returns the comment. `link` returns the address of a file.
export function comment(review, link) {
  let body = `${MARK}\n\n`;
  let isFull = false;
  const add = (part) => {
    isFull ||= Buffer.byteLength(body) + Buffer.byteLength(part) > MAX_BYTES;
    if (!isFull) body += part;
  };
  add(`${verdict(review)}\n`);
  if (review.findings.length > 0) add("\n");
  const listed = review.findings.slice(0, MAX_FINDINGS);
  for (const finding of listed) add(formatFinding(finding));
  const more = review.errors + review.warnings - listed.length;
  if (more > 0) add(`- and ${more} more in the log of the check\n`);
  const tickets = review.tickets.filter((ticket) => ticket.similar.length > 0);
  if (tickets.length > 0) add("\nSimilar tickets that are already resolved:\n\n");
  for (const ticket of tickets) {
    add(`- ${quoted(ticket.title, 160)}\n`);
    for (const similar of ticket.similar) add(formatSimilar(similar, link));
  }
  return isFull ? `${body}\nThe rest does not fit into a comment.\n` : body;
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function verdict({ errors, warnings, files }) {
  const parts = [[errors, "error"], [warnings, "warning"]].filter(([count]) => count > 0);
  if (parts.length === 0) return "**casebook** found no problems in this change.";
  const counts = parts.map(([count, noun]) => plural(count, noun)).join(", ");
  return `**casebook** found problems in this change: ${counts} in ${plural(files, "file")}.`;
}

function formatFinding({ level, path, line, message, help, fix, code }) {
  const what = `- ${level === "deny" ? "error" : "warning"} in ${quoted(`${path}:${line}`, 200)}: ${quoted(message, 300)}`;
  // A fix that can be pasted helps more than an explanation.
  const fixes = [fix?.title ?? "", ...help].map((text) => quoted(text, 300)).filter((text) => text !== "");
  return `${what}${fixes.length > 0 ? `; ${fixes[0]}` : ""} (${quoted(code, 60)})\n`;
}

function formatSimilar({ id, file, title, status, resolution, answer }, link) {
  // An address in the review is not used. A link is made only from a path of plain characters.
  const plain = /^(tickets|knowledge)\/[\w/-]+\.md$/.test(file);
  const named = plain ? `[${quoted(id, 80)}](${link(file)})` : quoted(id, 80);
  const state = status ? [status, resolution].filter(Boolean).join(", ") : "article";
  const lines = answer.split("\n", MAX_LINES).map((line) => quoted(line, 300)).filter((line) => line !== "");
  return `  - ${named} (${state}): ${quoted(title, 160)}${lines.map((line) => `<br>${line}`).join("")}\n`;
}

// Returns `text` as a quotation in Markdown: on one line, cut to `most` characters, without any effect. The quotation is
// between `<code>` tags, where GitHub ignores mentions and references. Even without the tags, the text contains no markup:
// every ASCII character except letters, digits and blanks is a numeric reference, which is never treated as structure, and
// names are broken after `@` and `#`.
export function quoted(text, most) {
  const characters = [...text.split(/\p{White_Space}+/u).filter(Boolean).join(" ")].slice(0, most + 1);
  const cut = shown(characters).map(inert);
  if (cut.length > most) cut[most] = "…";
  return cut.length > 0 ? `<code>${cut.join("")}</code>` : "";
}

// The maximum number of combining marks on one character: more of them would cover other lines.
const MAX_MARKS = 4;
const REPLACEMENT = "\ufffd";
// Invisible characters: control characters, ignorable characters, the Braille blank and annotation marks.
const UNSEEN = /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u;
const SELECTOR = /[\ufe00-\ufe0f]/u;
const JOINER = /[\u200c\u200d]/u;

// Replaces invisible characters that change the rest of the text, and too many combining marks.
function shown(characters) {
  const all = [];
  let marks = 0;
  for (const [at, c] of characters.entries()) {
    let isHidden;
    if (UNSEEN.test(c)) {
      isHidden = !isNeeded(c, all.at(-1), characters[at + 1]);
    } else {
      marks = /\p{M}/u.test(c) ? marks + 1 : 0;
      isHidden = marks > MAX_MARKS;
    }
    all.push(isHidden ? REPLACEMENT : c);
  }
  return all;
}

// Returns whether a joiner or selector is part of normal writing, as in emoji and many scripts: one after a visible
// character, next to a character other than an English letter.
function isNeeded(c, before, after) {
  if ([undefined, " ", REPLACEMENT].includes(before)) return false;
  const isForeign = (other) => other > "\u007f" && !UNSEEN.test(other);
  const follows = SELECTOR.test(c) ? !UNSEEN.test(before) : JOINER.test(c) && !JOINER.test(before);
  return follows && (isForeign(before) || isForeign(after));
}

function inert(character) {
  if (character > "\u007f" || /[a-z0-9 ]/i.test(character)) return character;
  return `&#${character.codePointAt(0)};${character === "@" || character === "#" ? "&#8203;" : ""}`;
}

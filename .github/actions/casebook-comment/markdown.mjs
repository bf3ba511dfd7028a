// A review as a comment. `src/cli/review/markdown.rs` and `src/text/markdown.rs` of Casebook write the same; its tests hold
// the two together. What changes here changes there.

// By this line the comment is found again.
export const MARK = "<!-- casebook -->";
const MOST_FINDINGS = 20;
// Of an answer.
const MOST_LINES = 3;
// GitHub refuses a comment of more than 65,536 characters.
const MOST_BYTES = 60_000;

// Whether there is nothing that anybody should know.
export function isEmpty(review) {
  return review.errors + review.warnings === 0 && review.tickets.every((ticket) => ticket.similar.length === 0);
}

// The comment. `link` gives the address of a file.
export function comment(review, link) {
  let body = `${MARK}\n\n`;
  let isFull = false;
  const add = (piece) => {
    isFull ||= Buffer.byteLength(body) + Buffer.byteLength(piece) > MOST_BYTES;
    if (!isFull) body += piece;
  };
  add(`${verdict(review)}\n`);
  if (review.findings.length > 0) add("\n");
  const listed = review.findings.slice(0, MOST_FINDINGS);
  for (const finding of listed) add(ofFinding(finding));
  const more = review.errors + review.warnings - listed.length;
  if (more > 0) add(`- and ${more} more in the log of the check\n`);
  const tickets = review.tickets.filter((ticket) => ticket.similar.length > 0);
  if (tickets.length > 0) add("\nSimilar tickets that are already resolved:\n\n");
  for (const ticket of tickets) {
    add(`- ${quoted(ticket.title, 160)}\n`);
    for (const similar of ticket.similar) add(ofSimilar(similar, link));
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

function ofFinding({ level, path, line, message, help, fix, code }) {
  const what = `- ${level === "deny" ? "error" : "warning"} in ${quoted(`${path}:${line}`, 200)}: ${quoted(message, 300)}`;
  // What can be pasted helps more than what can be read.
  const ways = [fix?.title ?? "", ...help].map((way) => quoted(way, 300)).filter((way) => way !== "");
  return `${what}${ways.length > 0 ? `; ${ways[0]}` : ""} (${quoted(code, 60)})\n`;
}

function ofSimilar({ id, file, title, status, resolution, answer }, link) {
  // An address is made here, and only of names that need no thought.
  const plain = /^(tickets|knowledge)\/[\w/-]+\.md$/.test(file);
  const named = plain ? `[${quoted(id, 80)}](${link(file)})` : quoted(id, 80);
  const state = status ? [status, resolution].filter(Boolean).join(", ") : "article";
  const lines = answer.split("\n", MOST_LINES).map((line) => quoted(line, 300)).filter((line) => line !== "");
  return `  - ${named} (${state}): ${quoted(title, 160)}${lines.map((line) => `<br>${line}`).join("")}\n`;
}

// `text` as a quotation in Markdown: on one line, cut to `most` characters, without any force. It stands between `<code>`
// tags, where GitHub looks neither for mentions nor for references. And nothing in it is markup: every ASCII character but
// letters, digits and blanks is a numeric reference, which is never taken for structure, and names are broken behind `@`
// and `#`.
export function quoted(text, most) {
  const characters = [...text.split(/\p{White_Space}+/u).filter(Boolean).join(" ")].slice(0, most + 1);
  const cut = shown(characters).map(inert);
  if (cut.length > most) cut[most] = "…";
  return cut.length > 0 ? `<code>${cut.join("")}</code>` : "";
}

// The most marks that one character bears: more of them would cover the lines around.
const MOST_MARKS = 4;
const REPLACEMENT = "\ufffd";
// Controls, what Unicode has nothing drawn for, the blank of Braille, and the marks of annotations.
const UNSEEN = /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u;
const SELECTOR = /[\ufe00-\ufe0f]/u;
const JOINER = /[\u200c\u200d]/u;

// What is not seen and changes how the rest is, and marks without end, are replaced.
function shown(characters) {
  const all = [];
  let marks = 0;
  for (const [at, c] of characters.entries()) {
    let isHidden;
    if (UNSEEN.test(c)) {
      isHidden = !isNeeded(c, all.at(-1), characters[at + 1]);
    } else {
      marks = /\p{M}/u.test(c) ? marks + 1 : 0;
      isHidden = marks > MOST_MARKS;
    }
    all.push(isHidden ? REPLACEMENT : c);
  }
  return all;
}

// Joiners and selectors belong to how emoji and many scripts are written: one behind a character that is seen, at other
// than English letters.
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

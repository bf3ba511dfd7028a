// Finds in Markdown what the rules ask for: headings, comments, lists, code and the visible text (src/text/markdown,
// src/detectors/substance.rs). It reads blocks line by line, and of inline markup only what the rules need.

const FENCE = /^(`{3,})[^`]*$|^(~{3,})/;
const ITEM = /^([-*+]|\d{1,9}[.)])(?=\s|$)/;
const RULE = /^(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const CODE_SPAN = /(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g;

const indentOf = (line) => {
  let columns = 0;
  for (const c of line) {
    if (c === " ") columns += 1;
    else if (c === "\t") columns += 4 - (columns % 4);
    else break;
  }
  return columns;
};

// Returns the line without `columns` columns of white space at its beginning.
const dedented = (line, columns) => {
  let [at, seen] = [0, 0];
  while (seen < columns && (line[at] === " " || line[at] === "\t")) {
    seen += line[at] === "\t" ? 4 - (seen % 4) : 1;
    at += 1;
  }
  return " ".repeat(Math.max(0, seen - columns)) + line.slice(at);
};

class Scanner {
  constructor(text) {
    this.text = text;
    this.headings = [];
    this.comments = [];
    this.unclosed = 0;
    this.hasList = false;
    this.hasCode = false;
    this.hasPicture = false;
    this.visible = [];
    // The columns at which the content of the open list items begins.
    this.items = [];
    this.paragraph = null;
    this.fence = null;
    this.commentEnd = 0;
    let start = 0;
    for (const line of text.split("\n")) {
      this.#line(line, start);
      start += line.length + 1;
    }
    this.#endParagraph();
  }

  #line(whole, start) {
    if (start < this.commentEnd) {
      // A comment can end within the line.
      if (start + whole.length < this.commentEnd) return;
      const rest = this.commentEnd - start;
      [whole, start] = [whole.slice(rest), start + rest];
      if (!whole.trim()) return;
      this.#paragraphLine(whole, start);
      return;
    }
    if (this.fence) return this.#fenced(whole);
    if (!whole.trim()) {
      this.#endParagraph();
      return;
    }
    let line = whole;
    let nested = false;
    // A line that is indented less than an item ends the item, unless it continues a paragraph.
    const indent = indentOf(line);
    if (!this.paragraph || ITEM.test(line.trimStart())) this.items = this.items.filter((columns) => columns <= indent);
    const base = this.items.at(-1) ?? 0;
    if (base) {
      line = dedented(line, Math.min(base, indent));
      nested = true;
    }
    for (;;) {
      const [columns, inner] = [indentOf(line), line.trimStart()];
      if (columns >= 4 && !this.paragraph) {
        this.hasCode ||= inner.length > 0;
        this.visible.push(inner);
        return;
      }
      if (columns < 4 && inner.startsWith(">")) {
        nested = true;
        line = inner.slice(1).replace(/^ /, "");
        if (!line.trim()) return;
        continue;
      }
      const item = columns < 4 && !RULE.test(inner) && ITEM.exec(inner);
      // Within a paragraph, only a list that begins with 1 and has text begins.
      const begins = item && (!this.paragraph || ((/^[-*+]|^1[.)]/.test(item[0]) || this.items.length) && inner.length > item[0].length));
      if (begins) {
        this.#endParagraph();
        const after = inner.slice(item[0].length);
        const gap = Math.min(indentOf(after), 4) || 1;
        this.items.push((this.items.at(-1) ?? 0) + columns + item[0].length + (gap === 4 && indentOf(after) > 4 ? 1 : gap));
        nested = true;
        this.inItem = true;
        line = dedented(after, gap);
        if (!line.trim()) return;
        continue;
      }
      break;
    }
    this.#block(line, start + whole.length - line.length, nested, start, start + whole.length + 1);
  }

  #block(line, at, nested, start, end) {
    const inner = line.trimStart();
    const offset = at + line.length - inner.length;
    const fence = FENCE.exec(inner);
    if (fence) {
      this.#endParagraph();
      this.fence = fence[1] ?? fence[2];
      return;
    }
    const heading = /^(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(inner);
    if (heading) {
      this.#endParagraph();
      const text = inlineText(heading[2] ?? "").trim();
      this.headings.push({ level: heading[1].length, text, start, end, nested });
      this.visible.push(text);
      return;
    }
    if (this.paragraph && !nested && /^(?:=+|-+)\s*$/.test(inner)) {
      const { start, lines } = this.paragraph;
      const text = inlineText(lines.join("\n")).trim();
      this.paragraph = null;
      this.headings.push({ level: inner[0] === "=" ? 1 : 2, text, start, end, nested });
      this.visible.push(text);
      return;
    }
    if (RULE.test(inner)) {
      this.#endParagraph();
      return;
    }
    if (inner.startsWith("<!--")) {
      const close = this.text.indexOf("-->", offset + 2);
      if (close >= 0) {
        this.#endParagraph();
        this.commentEnd = close + 3;
        this.comments.push([offset, close + 3]);
        const rest = this.text.slice(close + 3, this.text.indexOf("\n", close) < 0 ? undefined : this.text.indexOf("\n", close));
        if (close + 3 < end && rest.trim()) this.#paragraphLine(rest, close + 3);
        return;
      }
    }
    this.#paragraphLine(line, at, start);
  }

  #fenced(line) {
    const inner = line.trim();
    const mark = this.fence[0];
    if (inner.length >= this.fence.length && [...inner].every((c) => c === mark) && indentOf(line) - (this.items.at(-1) ?? 0) < 4) {
      this.fence = null;
      return;
    }
    this.hasCode ||= inner.length > 0;
    this.visible.push(line);
  }

  #paragraphLine(line, at, start = at) {
    this.paragraph ??= { start, at, lines: [], isItem: this.inItem ?? false };
    this.paragraph.lines.push(line.trimStart());
    this.paragraph.places ??= [];
    this.paragraph.places.push(at + line.length - line.trimStart().length);
    this.inItem = false;
  }

  #endParagraph() {
    if (!this.paragraph) return;
    const { lines, places, isItem } = this.paragraph;
    this.paragraph = null;
    const text = lines.join("\n");
    const hidden = text.replace(CODE_SPAN, (code) => "\0".repeat(code.length));
    const placeOf = (index) => {
      let line = 0;
      while (index > lines[line].length) {
        index -= lines[line].length + 1;
        line += 1;
      }
      return places[line] + index;
    };
    for (let open = hidden.indexOf("<!--"); open >= 0; open = hidden.indexOf("<!--", open + 4)) {
      if (hidden[open - 1] === "\\") continue;
      const close = hidden.indexOf("-->", open + 2);
      if (close < 0) {
        this.unclosed += 1;
        continue;
      }
      this.comments.push([placeOf(open), placeOf(close) + 3]);
      open = close;
    }
    this.hasPicture ||= /!\[[^\]]*\](?:\(|\[)|<img\b/i.test(hidden);
    if (/<pre\b/i.test(hidden)) this.hasCode ||= withoutTags(text).trim().length > 0;
    const visible = inlineText(text);
    if (isItem && visible.trim()) this.hasList = true;
    this.visible.push(visible);
  }
}

const withoutTags = (text) => text.replace(/<!--[\s\S]*?-->/g, "").replace(/<\/?[A-Za-z][^<>]*>/g, "");

// Returns the text of inline Markdown without its marks.
const inlineText = (text) =>
  text
    .split(/((?<!`)`+(?!`)[\s\S]*?[^`]`+(?!`))/)
    .map((part, at) => {
      if (at % 2) return part.replace(/^`+ ?| ?`+$/g, "");
      return withoutTags(part)
        .replace(/!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
        .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
        .replace(/^\[[ xX]\] /, "")
        .replace(/\*+(?=\S)|(?<=\S)\*+|~~/g, "")
        .replace(/(?<![\p{L}\p{N}])_+(?=\S)|(?<=\S)_+(?![\p{L}\p{N}])/gu, "")
        .replace(/\\([!-/:-@[-`{-~])/g, "$1");
    })
    .join("");

// Returns what a text contains: { headings, comments, unclosed, hasList, hasCode, hasPicture, visible }.
export const scan = (text) => {
  const { headings, comments, unclosed, hasList, hasCode, hasPicture, visible } = new Scanner(text);
  return { headings, comments, unclosed, hasList, hasCode, hasPicture, visible: visible.join("\n") };
};

// Returns `text` without its comments.
export const withoutComments = (text) => {
  let [rest, from] = ["", 0];
  for (const [start, end] of scan(text).comments.sort((a, b) => a[0] - b[0])) {
    rest += text.slice(from, Math.max(from, start));
    from = Math.max(from, end);
  }
  return rest + text.slice(from);
};

// Returns the sections of a body: [{ name, text }].
export const sections = (body) => {
  const found = [];
  let open = null;
  for (const { level, text, start, end, nested } of scan(body).headings) {
    if (level > 2 || nested) continue;
    if (open) open.text = body.slice(open.from, start);
    open = level === 2 ? { name: text, from: end, text: body.slice(end) } : null;
    if (open) found.push(open);
  }
  return found;
};

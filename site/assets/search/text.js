// Compares and measures text in the same way as the engine (src/text, src/query/value.rs).

const SPACES = /^\p{White_Space}+|\p{White_Space}+$/gu;
const encoder = new TextEncoder();

export const trim = (text) => text.replace(SPACES, "");

// Returns the number of bytes in UTF-8.
export const bytes = (text) => encoder.encode(text).length;

// Returns the number of UTF-16 units of `text` that fit into `most` bytes.
export const fitting = (text, most) => encoder.encodeInto(text, new Uint8Array(most)).read;

// Compares by code points, as UTF-8 bytes do and UTF-16 units do not.
export const compare = (a, b) => {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    let left = a.charCodeAt(at), right = b.charCodeAt(at);
    if (left === right) continue;
    // Surrogates encode the greatest code points.
    if (left >= 0xd800 && right >= 0xd800) {
      left += left < 0xe000 ? 0x10000 : 0;
      right += right < 0xe000 ? 0x10000 : 0;
    }
    return left - right;
  }
  return a.length - b.length;
};

// Ignores case and compares digits as numbers: 2.9 comes before 2.14.
export const naturalOrder = (left, right) => {
  const pieces = (text) => text.toLowerCase().match(/[0-9]+|[^0-9]+/g) ?? [];
  const a = pieces(left), b = pieces(right);
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const one = a[at] ?? "", other = b[at] ?? "";
    let order;
    if (/^[0-9]/.test(one) && /^[0-9]/.test(other)) {
      const [x, y] = [one, other].map((digits) => digits.replace(/^0+/, ""));
      order = x.length - y.length || compare(x, y);
    } else {
      order = compare(one, other);
    }
    if (order) return order;
  }
  return 0;
};

// Counts inserted, deleted, changed and swapped letters; no part is changed twice.
export const alignment = (a, b) => {
  const left = [...a], right = [...b];
  let [before, last, row] = [[], [], Array.from({ length: right.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= left.length; i += 1) {
    [before, last, row] = [last, row, [i]];
    for (let j = 1; j <= right.length; j += 1) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + change);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[right.length];
};

// The same as `alignment`, but a part can be changed again (Damerau-Levenshtein).
const damerau = (a, b) => {
  const left = [...a], right = [...b];
  const most = left.length + right.length;
  const rows = Array.from({ length: left.length + 2 }, () => new Array(right.length + 2).fill(most));
  for (let i = 0; i <= left.length; i += 1) rows[i + 1][1] = i;
  for (let j = 0; j <= right.length; j += 1) rows[1][j + 1] = j;
  const seen = new Map();
  for (let i = 1; i <= left.length; i += 1) {
    let match = 0;
    for (let j = 1; j <= right.length; j += 1) {
      const from = seen.get(right[j - 1]) ?? 0;
      const same = left[i - 1] === right[j - 1];
      rows[i + 1][j + 1] = Math.min(
        rows[i][j] + (same ? 0 : 1),
        rows[i + 1][j] + 1,
        rows[i][j + 1] + 1,
        rows[from][match] + (i - from - 1) + 1 + (j - match - 1),
      );
      if (same) match = j;
    }
    seen.set(left[i - 1], i);
  }
  return rows[left.length + 1][right.length + 1];
};

// Returns the name among `known` that the misspelling `wrong` most likely means, or null if none is similar.
export const nearest = (wrong, known) => {
  const folded = wrong.toLowerCase();
  const length = [...folded].length;
  let best = null;
  for (const name of known) {
    const candidate = name.toLowerCase();
    const other = [...candidate].length;
    const most = Math.max(1, Math.floor(Math.max(length, other) / 3));
    let distance;
    if (length >= 3 && candidate.startsWith(folded)) distance = 1;
    else if (Math.abs(length - other) > most) continue;
    else distance = damerau(folded, candidate);
    if (distance > most || distance >= length) continue;
    if (!best || distance < best.distance || (distance === best.distance && compare(name, best.name) < 0)) {
      best = { distance, name };
    }
  }
  return best?.name ?? null;
};

// Returns the number of columns that `text` takes in a terminal.
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
export const columns = (text) => {
  let count = 0;
  for (const c of text) count += /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return count;
};

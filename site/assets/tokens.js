// Cuts a query into the terms that the index knows. The same rules as src/search/tokens, in the browser.
"use strict";

const casebookTokens = (() => {
  const LONGEST = 64;
  const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", ı: "i", þ: "th", ς: "σ" };
  const isMark = (c) => /\p{M}/u.test(c);
  const isAlphanumeric = (c) => /[\p{Alphabetic}\p{N}]/u.test(c);
  const isTransparent = (c) =>
    /[\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]/.test(c);
  const isAccent = (c) =>
    /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]/.test(c) && isMark(c);
  const continues = (c) => c > "\x7f" && (isMark(c) || isTransparent(c) || /[\uff9e\uff9f\u1160-\u11ff]/.test(c));

  // Scripts without spaces, whose texts are found by pairs of characters.
  const GRAM = new RegExp(
    "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1100-\\u11ff\\uac00-\\ud7ff\\u2e80-\\u2fdf\\u3005-\\u3007" +
      "\\u3021-\\u3029\\u3041-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}]",
    "u",
  );
  const isGram = (c) => GRAM.test(c) && (isAlphanumeric(c) || isMark(c));

  const WORD = 1, RUN = 2, JOINT = 0;
  const classOf = (c) => {
    if (c <= "\x7f") return /[a-z0-9]/i.test(c) ? WORD : JOINT;
    if (isGram(c)) return RUN;
    return isAlphanumeric(c) || isMark(c) ? WORD : JOINT;
  };
  const breaks = (c) =>
    c <= "\x7f" ? !/[a-z0-9_.\-/\\:@]/i.test(c) : !(isAlphanumeric(c) || isMark(c) || isTransparent(c));

  // Case, width, accents and ligatures.
  const foldCluster = (cluster) => {
    let out = "";
    for (const composed of cluster.normalize("NFKC")) {
      if (isTransparent(composed)) continue;
      if (classOf(composed) === RUN) {
        out += composed;
        continue;
      }
      for (const c of composed.toLowerCase().normalize("NFD")) if (!isAccent(c)) out += PLAIN[c] ?? c;
    }
    return out;
  };
  const fold = (text) => {
    let out = "";
    let cluster = "";
    for (const c of text) {
      if (cluster && continues(c)) {
        cluster += c;
      } else {
        out += foldCluster(cluster);
        cluster = c;
      }
    }
    return out + foldCluster(cluster);
  };

  // The English stemmer of Snowball (Porter 2).
  const VOWEL = /[aeiouy]/;
  const EXCEPTIONS = {
    andes: "andes", atlas: "atlas", bias: "bias", cosmos: "cosmos", early: "earli", gently: "gentl", howe: "howe",
    idly: "idl", news: "news", only: "onli", singly: "singl", skies: "sky", skis: "ski", sky: "sky", ugly: "ugli",
  };
  const STEP2 = Object.entries({
    ization: "ize", ational: "ate", fulness: "ful", ousness: "ous", iveness: "ive", tional: "tion", biliti: "ble",
    lessli: "less", entli: "ent", ation: "ate", alism: "al", aliti: "al", ousli: "ous", iviti: "ive", fulli: "ful",
    ogist: "og", enci: "ence", anci: "ance", abli: "able", izer: "ize", ator: "ate", alli: "al", bli: "ble",
    ogi: "og", li: "",
  });
  const STEP3 = Object.entries({
    ational: "ate", tional: "tion", alize: "al", icate: "ic", iciti: "ic", ative: "", ical: "ic", ness: "", ful: "",
  });
  const STEP4 = [
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion", "al",
    "er", "ic",
  ];
  const longest = (word, list) => list.find(([suffix]) => word.endsWith(suffix));
  const region = (word, from) => {
    const found = /[aeiouy][^aeiouy]/.exec(word.slice(from));
    return found ? from + found.index + 2 : word.length;
  };
  const shortSyllable = (word) =>
    /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word) || word.endsWith("past");

  const stem = (surface) => {
    if (surface.length < 3 || !/^[a-z]+$/.test(surface)) return surface;
    if (Object.hasOwn(EXCEPTIONS, surface)) return EXCEPTIONS[surface];
    let w = surface.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
    const head = /^(arsen|commun|emerg|gener|inter|later|organ|past|univers)/.exec(w);
    const p1 = head ? head[0].length : region(w, 0);
    const p2 = region(w, p1);
    const base = (suffix) => w.slice(0, w.length - suffix.length);

    if (w.endsWith("sses")) w = base("es");
    else if (/ie[ds]$/.test(w)) w = w.length > 4 ? base("es") : base("s");
    else if (w.endsWith("s") && !/[us]s$/.test(w) && VOWEL.test(w.slice(0, -2))) w = base("s");

    const suffix = /(eedly|ingly|edly|eed|ing|ed)$/.exec(w)?.[0];
    if (suffix === "eed" || suffix === "eedly") {
      if (base(suffix).length >= p1 && !/^(succ|proc|exc)$/.test(base(suffix))) w = base(suffix) + "ee";
    } else if (suffix) {
      const before = base(suffix);
      if (suffix === "ing" && /^[^aeiouy]y$/.test(before)) {
        w = before[0] + "ie";
      } else if (!(suffix === "ing" && /^(even|cann|inn|earr|herr|out)$/.test(before)) && VOWEL.test(before)) {
        w = before;
        if (/(at|bl|iz)$/.test(w)) w += "e";
        else if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(w)) {
          if (!/^[aeo]..$/.test(w)) w = w.slice(0, -1);
        } else if (w.length === p1 && shortSyllable(w)) w += "e";
      }
    }

    if (/.[^aeiouy][yY]$/.test(w)) w = w.slice(0, -1) + "i";

    let found = longest(w, STEP2);
    if (found && base(found[0]).length >= p1) {
      const before = base(found[0]);
      if (found[0] === "ogi") w = before.endsWith("l") ? before + "og" : w;
      else if (found[0] === "li") w = /[cdeghkmnrt]$/.test(before) ? before : w;
      else w = before + found[1];
    }
    found = longest(w, STEP3);
    if (found && base(found[0]).length >= p1 && (found[0] !== "ative" || base(found[0]).length >= p2)) {
      w = base(found[0]) + found[1];
    }
    const last = STEP4.find((ending) => w.endsWith(ending));
    if (last && base(last).length >= p2 && (last !== "ion" || /[st]$/.test(base(last)))) w = base(last);

    if (w.endsWith("e")) {
      const before = base("e");
      if (before.length >= p2 || (before.length >= p1 && !shortSyllable(before))) w = before;
    } else if (w.endsWith("ll") && w.length - 1 >= p2) w = w.slice(0, -1);
    return w.replaceAll("Y", "y");
  };

  // The words and the runs of `text`: [{ surface, run }], in their order. A run is of a script without spaces.
  const scan = (text) => {
    const found = [];
    let stretch = "";
    let before = "";
    const flush = (start) => {
      if (!stretch) return;
      const possessive = /^s$/i.test(stretch) && /[\p{Alphabetic}\p{N}]['’]$/u.test(start);
      if (!possessive) {
        const characters = [...fold(stretch)];
        for (let at = 0; at < characters.length; ) {
          const kind = classOf(characters[at]);
          let end = at;
          while (end < characters.length && classOf(characters[end]) === kind) end += 1;
          let word = characters.slice(at, end);
          if (kind === WORD) {
            const version =
              /^v\d+$/.test(word.join("")) && characters[end] === "." && /\d/.test(characters[end + 1] ?? "");
            if (version) word = word.slice(1);
            found.push({ surface: word.slice(0, LONGEST).join(""), run: false });
          } else if (kind === RUN) {
            found.push({ surface: word.join(""), run: true });
          }
          at = end;
        }
      }
      stretch = "";
    };
    let start = "";
    for (const c of text) {
      if (breaks(c)) {
        flush(start);
        before = (before + c).slice(-4);
      } else {
        if (!stretch) start = before;
        stretch += c;
        before = (before + c).slice(-4);
      }
    }
    flush(start);
    return found;
  };

  // The terms that a word or run stands for; all of them must occur.
  const terms = ({ surface, run }) => {
    if (!run) return [stem(surface)];
    const characters = [...surface];
    if (characters.length === 1) return characters;
    return characters.slice(1).map((c, at) => characters[at] + c);
  };

  return { fold, stem, scan, terms };
})();

if (typeof module !== "undefined") module.exports = casebookTokens;

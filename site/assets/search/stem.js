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

export const stem = (surface) => {
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

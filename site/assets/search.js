// The search page. It reads the static index (src/site/index.rs says what is in it), a few small files a query.
"use strict";

(() => {
  const form = document.getElementById("search");
  if (!form) return;
  const { fold, scan, stem, terms } = casebookTokens;
  const field = form.elements.q;
  const list = document.getElementById("search-results");
  const count = document.getElementById("search-count");
  const more = document.getElementById("search-more");
  const template = document.getElementById("search-result").content;
  const labels = Object.fromEntries(
    [...document.querySelectorAll("template[data-label]")].map((label) => [
      label.dataset.label,
      label.content.textContent,
    ]),
  );
  const words = form.dataset;
  const PAGE = 10;
  const FILTERS = ["service", "tag", "status", "resolution"];
  const base = new URL(words.index, location.href);

  // Files of the index, each fetched once. All but the first are named by their content.
  const files = new Map();
  const read = (name) => {
    if (!files.has(name)) {
      const file = fetch(new URL(name, base)).then((answer) => {
        if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
        return answer.json();
      });
      file.catch(() => files.delete(name));
      files.set(name, file);
    }
    return files.get(name);
  };
  const manifest = () => read("index.json");

  // Terms are sorted by their bytes in UTF-8, which is the order of code points.
  const compare = (a, b) => {
    const left = [...a], right = [...b];
    for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
      const difference = left[at].codePointAt(0) - right[at].codePointAt(0);
      if (difference) return difference;
    }
    return left.length - right.length;
  };
  const place = (shards, term) => {
    let low = 0, high = shards.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(shards[middle][0], term) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  };
  const shard = async (at) => read(`t/${(await manifest()).shards[at][1]}.json`);

  // A set of documents is a map from their numbers to their scores.
  const weigh = (postings, documents, factor) => {
    const rare = Math.log(1 + (documents - postings.length + 0.5) / (postings.length + 0.5));
    const found = new Map();
    let number = 0;
    for (const posting of postings) {
      number += posting >> 4;
      found.set(number, (posting & 15) * rare * factor);
    }
    return found;
  };
  const exact = async (term, factor = 1) => {
    const { shards, documents } = await manifest();
    if (!shards.length) return new Map();
    const postings = (await shard(place(shards, term)))[term];
    return postings ? weigh(postings, documents, factor) : new Map();
  };
  const filter = async (key, value) => {
    const { shards } = await manifest();
    const term = `=${key}:${value.toLowerCase()}`;
    const found = new Map();
    let number = 0;
    for (const delta of (shards.length && (await shard(place(shards, term)))[term]) || []) {
      number += delta;
      found.set(number, 0);
    }
    return found;
  };
  // An unfinished word stands for the commonest words that begin so.
  const prefix = async (start) => {
    const { shards, documents } = await manifest();
    const found = new Map();
    if (!shards.length) return found;
    const matches = [];
    const from = place(shards, start);
    for (let at = from; at < Math.min(shards.length, from + 3); at += 1) {
      if (at > from && !shards[at][0].startsWith(start)) break;
      for (const [term, postings] of Object.entries(await shard(at))) {
        if (term.startsWith(start)) matches.push([term, postings]);
      }
    }
    matches.sort((a, b) => b[1].length - a[1].length);
    for (const [term, postings] of matches.slice(0, 32)) {
      for (const [number, score] of weigh(postings, documents, term === start ? 1 : 0.6)) {
        found.set(number, Math.max(score, found.get(number) ?? 0));
      }
    }
    return found;
  };

  const both = (a, b) => {
    const [small, large] = a.size < b.size ? [a, b] : [b, a];
    const found = new Map();
    for (const [number, score] of small) {
      if (large.has(number)) found.set(number, score + large.get(number));
    }
    return found;
  };
  const either = (a, b) => {
    const found = new Map(a);
    for (const [number, score] of b) found.set(number, score + (found.get(number) ?? 0));
    return found;
  };
  const without = (a, b) => {
    const found = new Map(a);
    for (const number of b.keys()) found.delete(number);
    return found;
  };
  const everything = async () => {
    const { documents } = await manifest();
    return new Map(Array.from({ length: documents }, (_, number) => [number, 0]));
  };

  // The pieces of a query: brackets, OR, and words with their sign, key and quotes.
  const pieces = (query) =>
    [...query.matchAll(/[()]|-?(?:[a-z_]+:)?(?:"[^"]*"?|[^\s()"]+)/gi)].map((piece) => piece[0]);

  class Problem extends Error {}

  const unknownKey = (key) =>
    new Problem(`${words.key.replace("{q}", key).replace("{key}", key)} ${FILTERS.map((known) => `${known}:`).join(" ")}`);

  // query = all ("OR" all)*; all = one+; one = "-"? ("(" query ")" | word)
  const evaluate = async (query) => {
    const left = pieces(query);
    const finished = /\s$/.test(query) || /["()]$/.test(query);
    const one = async () => {
      let piece = left.shift();
      if (piece === "(") {
        const inside = await any();
        if (left[0] === ")") left.shift();
        return { found: inside };
      }
      const negated = piece.length > 1 && piece.startsWith("-");
      if (negated) piece = piece.slice(1);
      const keyed = /^([a-z_]+):(?![:/\\])"?([^"]+)"?$/i.exec(piece);
      if (keyed) {
        const key = keyed[1].toLowerCase();
        if (!FILTERS.includes(key)) throw unknownKey(key);
        return { found: await filter(key, keyed[2]), negated };
      }
      const tokens = scan(piece.replaceAll('"', " "));
      if (!tokens.length) return null;
      let found = null;
      for (const [at, token] of tokens.entries()) {
        const unfinished = !finished && !left.length && at === tokens.length - 1 && !token.run;
        let next = null;
        if (unfinished && token.surface.length > 1) {
          next = await prefix(token.surface);
          if (stem(token.surface) !== token.surface) next = either(next, await exact(stem(token.surface)));
        } else {
          for (const term of terms(token)) next = next ? both(next, await exact(term)) : await exact(term);
          if (!next.size && !left.length && !token.run) next = await prefix(token.surface);
        }
        found = found ? both(found, next) : next;
      }
      return { found, negated };
    };
    const all = async () => {
      let found = null;
      const excluded = [];
      while (left.length && left[0] !== ")" && left[0] !== "OR") {
        const part = await one();
        if (!part) continue;
        if (part.negated) excluded.push(part.found);
        else found = found ? both(found, part.found) : part.found;
      }
      found ??= excluded.length ? await everything() : new Map();
      for (const set of excluded) found = without(found, set);
      return found;
    };
    const any = async () => {
      let found = await all();
      while (left[0] === "OR") {
        left.shift();
        found = either(found, await all());
      }
      return found;
    };
    let found = await any();
    while (left.length) {
      left.shift();
      found = either(found, await any());
    }
    return [...found].sort((a, b) => b[1] - a[1] || b[0] - a[0]).map(([number]) => number);
  };

  // Marks the words of the query in `text`. Only ever text nodes: nothing from the index becomes HTML.
  const mark = (element, text, wanted) => {
    element.textContent = "";
    if (!wanted.length) {
      element.append(text);
      return;
    }
    const highlight = (part) => {
      const marked = document.createElement("mark");
      marked.textContent = part;
      element.append(marked);
    };
    for (const part of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
      const folded = fold(part);
      const whole = (want) => stem(folded) === want.stem || (want.open && folded.startsWith(want.surface));
      const run = wanted.find((want) => want.run && folded.includes(want.surface));
      if (part && wanted.some((want) => !want.run && whole(want))) {
        highlight(part);
      } else if (run && folded.length === part.length) {
        const at = folded.indexOf(run.surface);
        element.append(part.slice(0, at));
        highlight(part.slice(at, at + run.surface.length));
        element.append(part.slice(at + run.surface.length));
      } else {
        element.append(part);
      }
    }
  };

  const show = async (turn, numbers, from, wanted) => {
    const { chunk, chunks } = await manifest();
    const shown = await Promise.all(
      numbers.slice(from, from + PAGE).map(async (number) => {
        const file = await read(`d/${chunks[Math.floor(number / chunk)]}.json`);
        return file[number % chunk];
      }),
    );
    const items = shown.map(([title, href, status, resolution, service, date, excerpt, answered]) => {
      const item = template.cloneNode(true);
      const link = item.querySelector("a");
      link.href = new URL(href, new URL(words.root, location.href)).href;
      mark(link, title, wanted);
      const text = item.querySelector(".excerpt");
      mark(text, excerpt, wanted);
      if (answered) {
        const tick = document.createElement("span");
        tick.className = "tick";
        tick.setAttribute("aria-hidden", "true");
        tick.textContent = "✓ ";
        text.prepend(tick);
      }
      const badge = item.querySelector(".badge");
      const closed = ["duplicate", "declined", "not-reproducible"].includes(resolution);
      badge.classList.add(closed ? "closed" : status);
      badge.textContent = labels[resolution] ?? labels[status] ?? status;
      item.querySelector(".service").textContent = service;
      const time = item.querySelector("time");
      time.dateTime = date;
      time.textContent = date;
      return item;
    });
    if (turn !== latest) return;
    list.append(...items);
    const rest = numbers.length - from - PAGE;
    more.hidden = rest <= 0;
    more.onclick = () => {
      const next = list.children.length;
      show(turn, numbers, from + PAGE, wanted).then(() => list.children[next]?.querySelector("a").focus());
    };
  };

  let latest = 0;
  const search = async (query) => {
    const turn = ++latest;
    if (!query.trim()) {
      list.textContent = "";
      count.textContent = "";
      more.hidden = true;
      return;
    }
    try {
      const numbers = await evaluate(query);
      if (turn !== latest) return;
      const wanted = pieces(query)
        .filter((piece) => !piece.startsWith("-") && piece !== "OR" && !/^[a-z_]+:/i.test(piece))
        .flatMap((piece) => scan(piece));
      const marked = wanted.map((token, at) => ({
        ...token,
        stem: stem(token.surface),
        open: at === wanted.length - 1 && !/\s$/.test(query),
      }));
      list.textContent = "";
      const text = numbers.length === 0 ? words.none : numbers.length === 1 ? words.one : words.many;
      count.textContent = text.replace("{q}", query.trim()).replace("{n}", numbers.length.toLocaleString());
      await show(turn, numbers, 0, marked);
    } catch (problem) {
      if (turn !== latest) return;
      list.textContent = "";
      more.hidden = true;
      count.textContent = problem instanceof Problem ? problem.message : words.failed;
    }
  };

  const address = (query) => {
    const url = new URL(location.href);
    if (query) url.searchParams.set("q", query);
    else url.searchParams.delete("q");
    return url;
  };
  let waiting = null;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      history.replaceState(null, "", address(field.value));
      search(field.value);
    }, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    history.replaceState(null, "", address(field.value));
    search(`${field.value} `);
  });
  const asked = new URL(location.href).searchParams.get("q");
  if (asked) {
    field.value = asked;
    search(`${asked} `);
  } else {
    manifest().catch(() => { count.textContent = words.failed; });
  }
})();

// The search page: a form, what it finds, and an address that says what was asked.

import { Changed, Engine } from "./engine.js";
import { QueryError } from "./error.js";
import { Marks } from "./marks.js";
import { resultItem, showFacets, showMessage, showMistake } from "./results.js";

// How many results are shown at a time.
const PAGE = 10;
// How long after a key the search begins, and how long a mistake stays unmentioned while somebody types, in milliseconds.
const PAUSE = 150;
const PATIENCE = 900;
// Longer queries are not kept in the address.
const LONGEST_ADDRESS = 2000;

const form = document.getElementById("search");
const field = form.elements.q;
const words = form.dataset;
const part = (name) => document.getElementById(`search-${name}`);
const [list, count, more, problem, corrected, facets, found] = [
  "results", "count", "more", "problem", "corrected", "facets", "found",
].map(part);
const labels = Object.fromEntries(
  [...document.querySelectorAll("template[data-label]")].map(({ dataset, content }) => [dataset.label, content.textContent]),
);
const root = new URL(words.root, location.href);
const looks = { root, labels, template: part("result").content };

let opened = null;
const engine = () => {
  opened ??= Engine.open(new URL(words.index, location.href));
  opened.catch(() => (opened = null));
  return opened;
};

// What `text` finds, with what results show of the first `most`. An index that was replaced meanwhile is opened anew.
export const ask = async (text, { most = PAGE, ...options } = {}) => {
  const once = async () => {
    const index = await engine();
    const result = await index.search(text, options);
    return { ...result, index, shown: await Promise.all(result.hits.slice(0, most).map((hit) => index.shown(hit))) };
  };
  try {
    return await once();
  } catch (error) {
    if (!(error instanceof Changed)) throw error;
    opened = null;
    return once();
  }
};

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

const clear = () => {
  list.replaceChildren();
  count.textContent = "";
  for (const box of [problem, corrected, more, found]) box.hidden = true;
};

let latest = 0;

const show = async (text, typing) => {
  const turn = ++latest;
  if (!text.trim()) {
    clear();
    return;
  }
  try {
    const result = await ask(text, { typing });
    if (turn !== latest) return;
    clear();
    present(text.trim(), result);
    const counts = await result.index.facets(result.hits);
    if (turn !== latest) return;
    const headings = { status: words.status, service: words.service, tag: words.tags };
    const { services } = result.index.manifest;
    showFacets(facets, counts, text, { labels, services, headings, ask: submit });
  } catch (error) {
    if (typing && error instanceof QueryError) await new Promise((later) => setTimeout(later, PATIENCE));
    if (turn !== latest) return;
    clear();
    if (error instanceof QueryError) showMistake(problem, error);
    else if (error instanceof Changed) showMessage(problem, words.changed, words.reload);
    else showMessage(problem, words.failed);
  }
};

const present = (text, { query, hits, shown, corrected: standIns, index }) => {
  const marks = new Marks(query.expr, standIns);
  const add = (results) => list.append(...results.map((result) => resultItem(result, marks, looks)));
  add(shown);
  found.hidden = !hits.length;
  facets.replaceChildren();
  const said = hits.length === 0 ? words.none : hits.length === 1 ? words.one : words.many;
  count.textContent = fill(said, { q: text, n: hits.length.toLocaleString() });
  const lines = [...standIns].map(([word, others]) =>
    fill(words.corrected, { word, with: others.map((other) => other.word).join(", ") }),
  );
  corrected.textContent = lines.join(" ");
  corrected.hidden = !lines.length;
  more.hidden = hits.length <= shown.length;
  more.onclick = async () => {
    const [turn, from] = [latest, list.children.length];
    const next = await Promise.all(hits.slice(from, from + PAGE).map((hit) => index.shown(hit)));
    if (turn !== latest) return;
    add(next);
    more.hidden = hits.length <= list.children.length;
    list.children[from]?.querySelector("a").focus();
  };
};

const remember = (text) => {
  const url = new URL(location.href);
  if (text && text.length <= LONGEST_ADDRESS) url.searchParams.set("q", text);
  else url.searchParams.delete("q");
  history.replaceState(null, "", url);
};

let waiting = null;

const submit = (text) => {
  clearTimeout(waiting);
  field.value = text;
  remember(text);
  return show(text, false);
};

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    remember(field.value);
    show(field.value, true);
  }, PAUSE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(field.value);
});

const asked = new URL(location.href).searchParams.get("q");
if (asked) submit(asked);
else engine().catch((error) => {
  if (error instanceof Changed) showMessage(problem, words.changed, words.reload);
  else showMessage(problem, words.failed);
});

// The search page: the form, the results, and the address with the query.

import { Changed, Damaged, QueryError } from "./error.js";
import { resultItem, showConditions, showFacets, showMessage, showMistake } from "./results.js";
import { Session } from "./session.js";
import { fill, readWords } from "./words.js";

// The number of results that are shown at a time.
const PAGE = 10;
// The delay before a search starts, and before an error is shown, while the user types, in milliseconds.
const PAUSE = 150;
const PATIENCE = 900;
// The time after which a search that is not finished is announced, in milliseconds.
const SLOW = 400;
// The largest height of the field in lines.
const MOST_ROWS = 8;
// The longest part of a query that becomes the title of a new ticket, in characters.
const LONGEST_TITLE = 200;
// Longer queries are not stored in the address.
const LONGEST_ADDRESS = 2000;

const form = document.getElementById("search");
const field = form.elements.q;
const part = (name) => document.getElementById(`search-${name}`);
const [list, count, more, problem, corrected, facets, narrow, found, all, conditions] = [
  "results", "count", "more", "problem", "corrected", "facets", "narrow", "found", "all", "conditions",
].map(part);
const { root, index, words, labels, icons } = readWords(document, location.href);
const view = { root, labels, icons, template: part("result").content };

const newTicket = part("new");
const session = new Session(index);

// Searches for `text` and loads the data of the first results.
export const ask = (text, options = {}) => session.ask(text, { most: PAGE, ...options });

// Sets a text only if it changes, because screen readers announce each change.
const setText = (place, text) => {
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
};

const clear = () => {
  list.replaceChildren();
  facets.replaceChildren();
  setText(count, "");
  setText(corrected, "");
  for (const box of [problem, more, found, conditions]) box.hidden = true;
};

const showError = (error) => {
  clear();
  if (error instanceof QueryError) showMistake(problem, error);
  else if (error instanceof Changed) showMessage(problem, words.changed, words.reload);
  else if (error instanceof Damaged) showMessage(problem, fill(words.damaged, { file: error.file }));
  else showMessage(problem, words.failed);
};

let latest = 0;

// Searches for `text` and shows the results. Afterwards the link of the facet `facet` gets the focus, if the user
// followed it.
const show = async (text, typing, facet) => {
  const turn = ++latest;
  grow();
  newTicket.href = newTicket.dataset.titled + encodeURIComponent(text.trim().slice(0, LONGEST_TITLE));
  if (!text.trim()) {
    clear();
    if (facet) field.focus();
    return;
  }
  const { dataset } = document.body;
  const slow = setTimeout(() => {
    if (turn !== latest) return;
    dataset.searching = "";
    setText(count, words.searching);
  }, SLOW);
  try {
    const allWords = all.checked;
    const result = await session.answer(text, { most: PAGE, allWords });
    clearTimeout(slow);
    if (turn !== latest) return;
    if (!typing && field.value === text) {
      field.value = result.query.text;
      history.replaceState({ typing }, "", addressOf(result.query.text));
    }
    delete dataset.searching;
    present(text.trim(), result);
    const counts = await result.index.facets(result.hits);
    if (turn !== latest) return;
    // The attribute `data-facet-tag` of the form has the heading of the facet `tag`.
    const heading = (key) => words[`facet${key[0].toUpperCase()}${key.slice(1)}`] ?? key;
    const { services } = result.index;
    showFacets(facets, counts, result.query, { labels, services, heading, ask: submit });
    const links = [...facets.querySelectorAll("a")];
    narrow.hidden = !links.length;
    conditions.hidden = true;
    if (!result.hits.length) showConditions(conditions, result.query, icons, submit);
    if (facet) (links.find(({ dataset }) => dataset.name === facet) ?? count).focus();
  } catch (error) {
    if (typing && error instanceof QueryError) await new Promise((later) => setTimeout(later, PATIENCE));
    delete dataset.searching;
    if (turn === latest) showError(error);
  } finally {
    clearTimeout(slow);
  }
};

const present = (text, result) => {
  const { query, hits, shown, corrected: corrections, index, marks, ages, complete, isWeak, notices, missing } = result;
  const item = (shown, hit) => {
    const lacking = missing(hit).join(", ");
    return resultItem(shown, marks, view, lacking && fill(words.missing, { words: lacking }));
  };
  const add = (results) => {
    const from = list.children.length;
    list.append(...results.map((shown, at) => item(shown, hits[from + at])));
  };
  list.replaceChildren();
  add(shown);
  facets.replaceChildren();
  problem.hidden = true;
  found.hidden = !hits.length;
  const message = hits.length === 0 ? words.none : hits.length === 1 ? words.one : words.many;
  const split = { complete: complete.toLocaleString(), close: (hits.length - complete).toLocaleString() };
  const parts = [fill(message, { q: text, n: hits.length.toLocaleString() })];
  if (isWeak && hits.length) parts.splice(0, 1, words.weak);
  else if (complete < hits.length) parts.push(`(${fill(words.split, split)})`);
  setText(count, parts.join(" "));
  const lines = [...corrections].map(([word, others]) =>
    fill(words.corrected, { word, with: others.map((other) => other.word).join(", ") }),
  );
  lines.push(...query.renamed.map((names) => fill(words.renamed, names)));
  for (const { excluded, leftOut, incomplete } of notices) {
    if (excluded) lines.push(fill(words.excluded, { word: excluded }));
    if (leftOut) lines.push(fill(words.leftOut, { n: leftOut.toLocaleString() }));
    if (incomplete) lines.push(words.incomplete);
  }
  lines.push(...ages.map((reading) => fill(reading.isNewer ? words.newer : words.older, reading)));
  setText(corrected, lines.join(" "));
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

const asked = () => new URL(location.href).searchParams.get("q") ?? "";

const addressOf = (text) => {
  const url = new URL(location.href);
  if (text && text.length <= LONGEST_ADDRESS) url.searchParams.set("q", text);
  else url.searchParams.delete("q");
  return url;
};

// Each submitted query is a step in the history. Everything typed between two submitted queries is one step.
const remember = (text, typing) => {
  const isSameStep = typing ? history.state?.typing || !asked() : text === asked();
  history[isSameStep ? "replaceState" : "pushState"]({ typing }, "", addressOf(text));
};

// Makes the field as high as its text.
const grow = () => {
  field.rows = 1;
  const { lineHeight, paddingBlockStart, paddingBlockEnd } = getComputedStyle(field);
  const height = field.scrollHeight - parseFloat(paddingBlockStart) - parseFloat(paddingBlockEnd);
  field.rows = Math.min(MOST_ROWS, Math.max(1, Math.round(height / parseFloat(lineHeight))));
};

let waiting = null;

const submit = (text, facet) => {
  clearTimeout(waiting);
  field.value = text;
  remember(text, false);
  return show(text, false, facet);
};

field.addEventListener("input", () => {
  session.open().catch(showError);
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    remember(field.value, true);
    show(field.value, true);
  }, PAUSE);
});
all.addEventListener("change", () => submit(field.value));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(field.value);
});
addEventListener("popstate", () => {
  // Links within the page have the same query.
  if (asked() === field.value) return;
  clearTimeout(waiting);
  field.value = asked();
  show(field.value, false);
});

// Facets are beside the results, or collapsed above them on a narrow screen.
const isNarrow = matchMedia("(max-width: 60rem)");
const arrange = () => {
  found[isNarrow.matches ? "prepend" : "append"](narrow.parentElement);
  narrow.open = !isNarrow.matches;
};
isNarrow.addEventListener("change", arrange);
arrange();

if (asked()) submit(asked());

// Shows the results on the search page. It writes only text nodes, so that data from the index never becomes HTML.

import { conditionsOf, narrowed } from "./narrow.js";

export const element = (name, className, ...content) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

// Returns `text` with the matches of `marks` highlighted.
export const marked = (text, marks) => {
  const parts = [];
  let from = 0;
  for (const [start, end] of marks.spans(text)) {
    parts.push(text.slice(from, start), element("mark", "", text.slice(start, end)));
    from = end;
  }
  return [...parts, text.slice(from)];
};

// Returns a copy of the icon `name`.
const iconOf = (icons, name) => (icons[name] ? document.importNode(icons[name], true) : "");

// Returns the icon of a result's state, with its word.
export const stateOf = (shown, { labels, icons }) => {
  const kind = shown.resolution ?? shown.status ?? "article";
  const state = element("span", `state ${kind}`, iconOf(icons, kind), element("span", "hidden", labels[kind]));
  state.title = labels[kind];
  return state;
};

// Returns the word for what the excerpt is from, which the excerpt of a problem has not.
export const sourceOf = ({ excerpt_of }, labels) => {
  const word = labels[`of-${excerpt_of}`];
  return word ? [element("b", "", word), " "] : [];
};

// Creates an entry in the list of results. `page` is { root, labels, icons, template }. `missing` says which words are missing.
export const resultItem = (shown, marks, { root, labels, icons, template }, missing) => {
  const item = template.cloneNode(true);
  const part = (name) => item.querySelector(name);
  const link = part("a");
  link.href = new URL(shown.href, root).href;
  link.append(...marked(shown.title, marks));
  const excerpt = part(".excerpt");
  excerpt.prepend(...sourceOf(shown, labels));
  part(".excerpt span").append(...marked(shown.excerpt, marks));
  excerpt.hidden = !shown.excerpt;
  const lacking = part(".missing");
  lacking.textContent = missing;
  lacking.hidden = !missing;
  const kind = shown.resolution ?? shown.status ?? "article";
  part(".state").replaceWith(stateOf(shown, { labels, icons }));
  part(".service").textContent = shown.service ?? "";
  const facts = [];
  if (shown.visibility) {
    const label = labels[shown.visibility];
    const icon = iconOf(icons, shown.visibility === "internal" ? "lock" : "public");
    const mark = element("span", shown.visibility, icon, element("span", "hidden", label));
    mark.title = label;
    facts.push(mark);
  }
  if (shown.priority === "high" || shown.priority === "urgent") {
    facts.push(element("span", `priority-${shown.priority}`, labels[shown.priority]));
  }
  if (kind === "article") facts.push(element("span", "", labels.article));
  if (shown.date) {
    const time = element("time", "", dayOf(shown.date));
    time.dateTime = shown.date;
    facts.push(time);
  }
  part(".marks").append(...facts.flatMap((fact, at) => (at ? [" · ", fact] : [fact])));
  return item;
};

// Returns a date such as `2026-09-09` as the pages write it.
export const dayOf = (date) => {
  const language = document.documentElement.lang || "en";
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return date;
  const write = (form) => new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" }).format(at);
  if (!language.startsWith("en")) return write({ day: "numeric", month: "short", year: "numeric" });
  return `${at.getUTCDate()} ${write({ month: "short" }).slice(0, 3)} ${at.getUTCFullYear()}`;
};

// Returns `text` with the parts between back-ticks as code.
const coded = (text) =>
  text.split(/`([^`]+)`/).map((piece, at) => (at % 2 ? element("code", "", piece) : piece));

// Shows an error in a query: the place, with carets under it, and the help.
export const showMistake = (box, error) => {
  const { before, marked, after, lines } = error;
  const place = element("pre", "place", before, element("span", "wrong", marked), `${after}\n${lines[1]}`);
  place.dir = "ltr";
  box.replaceChildren(element("p", "", ...coded(error.message)), place, element("p", "", ...coded(error.help)));
  box.hidden = false;
};

// Shows a message, with a link that reloads the page if there is a text for one.
export const showMessage = (box, text, reload) => {
  const link = element("a", "", reload ?? "");
  link.href = location.href;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  box.replaceChildren(element("p", "", text, ...(reload ? [" ", link] : [])));
  box.hidden = false;
};

// The largest number of values that are shown for a key.
const MOST = 10;

// Shows the conditions of a query without results, each as a link that removes it.
export const showConditions = (box, query, icons, ask) => {
  const links = query.pasted ? [] : conditionsOf(query).map(({ written, rest }) => {
    const text = element("span", "", written);
    text.dir = "ltr";
    const link = element("a", "chip", text, iconOf(icons, "close"));
    link.href = `?q=${encodeURIComponent(rest)}`;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      ask(rest, "");
    });
    return link;
  });
  box.querySelector(".chips").replaceChildren(...links);
  box.hidden = !links.length;
};

// Shows the values of the results with their counts. Each value is a link that adds the condition to the query or
// removes it. `ask` is called with the new query and the name of the link.
export const showFacets = (box, facets, query, { labels, services, heading, ask }) => {
  const named = { status: (value) => labels[value], service: (value) => services.get(value)?.name };
  const groups = Object.entries(facets).map(([key, counts]) => {
    const items = counts.slice(0, MOST).map(([value, count]) => {
      const name = named[key]?.(value) ?? value;
      // No operator is read in a pasted text, so a condition cannot be added to it.
      if (query.pasted) return element("li", "", name, " ", element("span", "count", count.toLocaleString()));
      const { text, isAsked } = narrowed(query, key, value);
      const link = element("a", "", name);
      link.href = `?q=${encodeURIComponent(text)}`;
      link.dataset.name = `${key}:${value}`;
      if (isAsked) link.setAttribute("aria-current", "true");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        ask(text, link.dataset.name);
      });
      return element("li", "", link, " ", element("span", "count", count.toLocaleString()));
    });
    const group = element("section", "", element("h2", "", heading(key)), element("ul", "short", ...items));
    group.hidden = !items.length;
    return group;
  });
  box.replaceChildren(...groups);
};

// What the search page shows of what was found. Only ever text nodes: nothing from the index becomes HTML.

import { narrowed } from "./narrow.js";

const element = (name, className, ...content) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

// `text` with what `marks` looks for highlighted.
const marked = (text, marks) => {
  const parts = [];
  let from = 0;
  for (const [start, end] of marks.spans(text)) {
    parts.push(text.slice(from, start), element("mark", "", text.slice(start, end)));
    from = end;
  }
  return [...parts, text.slice(from)];
};

// A result in the list. `page` is { root, labels, template }.
export const resultItem = (shown, marks, { root, labels, template }) => {
  const item = template.cloneNode(true);
  const part = (name) => item.querySelector(name);
  const link = part("a");
  link.href = new URL(shown.href, root).href;
  link.append(...marked(shown.title, marks));
  const excerpt = part(".excerpt");
  if (shown.answered) {
    const tick = element("span", "tick", "✓ ");
    tick.setAttribute("aria-hidden", "true");
    excerpt.append(tick);
  }
  excerpt.append(...marked(shown.excerpt, marks));
  excerpt.hidden = !shown.excerpt;
  const badge = part(".badge");
  badge.classList.add(shown.tone ?? "article");
  badge.textContent = labels[shown.resolution ?? shown.status ?? "article"];
  if (shown.internal) badge.after(" ", element("span", "badge internal", labels.internal));
  if (shown.priority === "high" || shown.priority === "urgent") {
    badge.after(" ", element("span", `badge priority-${shown.priority}`, labels[shown.priority]));
  }
  part(".service").textContent = shown.service ?? "";
  const time = part("time");
  time.dateTime = shown.date ?? "";
  time.textContent = shown.date ?? "";
  return item;
};

// `text` with what stands between back-ticks as code.
const coded = (text) =>
  text.split(/`([^`]+)`/).map((piece, at) => (at % 2 ? element("code", "", piece) : piece));

// What is wrong with a query: the place, with carets under it, and the way out.
export const showMistake = (box, error) => {
  const { before, marked, after, lines } = error;
  const place = element("pre", "place", before, element("span", "wrong", marked), `${after}\n${lines[1]}`);
  place.dir = "ltr";
  box.replaceChildren(element("p", "", ...coded(error.message)), place, element("p", "", ...coded(error.help)));
  box.hidden = false;
};

// A message, with a link that loads the page anew if there are words for one.
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

// The most values of a key that are shown.
const MOST = 10;

// How many results have which values, each a link to the query that asks for it too, or no longer. `ask` takes such a
// query and the name of its link.
export const showFacets = (box, facets, query, { labels, services, heading, ask }) => {
  const named = { status: (value) => labels[value], service: (value) => services.get(value)?.name };
  const groups = Object.entries(facets).map(([key, counts]) => {
    const items = counts.slice(0, MOST).map(([value, count]) => {
      const { text, isAsked } = narrowed(query, key, value);
      const link = element("a", "", named[key]?.(value) ?? value);
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

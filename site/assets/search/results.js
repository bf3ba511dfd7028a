// What the search page shows of what was found. Only ever text nodes: nothing from the index becomes HTML.

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

// What is wrong with a query: the place, with carets under it, and the way out.
export const showMistake = (box, error) => {
  const { before, marked, after, lines } = error;
  const place = element("pre", "place", before, element("span", "wrong", marked), `${after}\n${lines[1]}`);
  place.dir = "ltr";
  box.replaceChildren(element("p", "", error.message), place, element("p", "", error.help));
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

// A value as a query writes it.
const quoted = (value) =>
  /^[^\p{White_Space}"(),<>:*]+$/u.test(value) && value !== "me" && !value.includes("..")
    ? value
    : `"${value.replace(/["\\]/g, "\\$&")}"`;

// The most values of a key that are shown.
const MOST = 10;

// How many results have which values, each a link to the query that asks for it too, or no longer. `ask` takes a query.
export const showFacets = (box, facets, query, { labels, services, headings, ask }) => {
  const names = { status: labels, service: Object.fromEntries(Object.entries(services).map(([id, { name }]) => [id, name])) };
  const groups = Object.entries(facets).map(([key, counts]) => {
    const items = counts.slice(0, MOST).map(([value, count]) => {
      const test = `${key}:${quoted(value)}`;
      const isAsked = query.split(/\s+/).includes(test);
      const next = isAsked
        ? query.split(/\s+/).filter((term) => term !== test).join(" ")
        : `${query.trim()} ${test}`.trim();
      const link = element("a", "", names[key]?.[value] ?? value);
      link.href = `?q=${encodeURIComponent(next)}`;
      if (isAsked) link.setAttribute("aria-current", "true");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        ask(next);
      });
      return element("li", "", link, " ", element("span", "count", count.toLocaleString()));
    });
    const group = element("section", "", element("h2", "", headings[key]), element("ul", "short", ...items));
    group.hidden = !items.length;
    return group;
  });
  box.replaceChildren(...groups);
};

// The page on which a user chooses a form: says what is known about the path, and composes links to forms.

import { loadRules } from "./editor.js";
import { copy } from "./handover.js";
import { serviceOfPaths } from "./paths.js";
import { fill } from "./text.js";
import { visit } from "./visit.js";

const note = document.getElementById("form-from");
const builder = document.querySelector("#form-link form");
const { elements } = builder;
const output = document.getElementById("link-address");

const rules = await loadRules(note.dataset.rules).catch(() => null);
const found = rules && serviceOfPaths(visit(builder.dataset.base).pages, rules.services);
if (found) {
  note.textContent = fill(rules.words.you_came_from, { path: found.path, service: found.service.name });
  note.hidden = false;
}

// A link that was opened with `from` leads to forms with it.
const own = new URLSearchParams(location.search);
for (const link of document.querySelectorAll("a[data-form]")) {
  const url = new URL(link.href);
  for (const [name, value] of own) url.searchParams.append(name, value);
  link.href = url.href;
}

const show = () => {
  const url = new URL(elements.template.value, new URL(builder.dataset.base, location.href));
  for (const name of ["from", "title"]) if (elements[name].value.trim()) url.searchParams.set(name, elements[name].value.trim());
  output.textContent = url.href;
};
builder.addEventListener("input", show);
builder.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("link-copy").addEventListener("click", async () => {
  const isCopied = await copy(output.textContent);
  document.getElementById("link-status").textContent = isCopied ? rules?.words.copied : rules?.words.not_copied;
});
show();

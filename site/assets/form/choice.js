// The page on which a user chooses a form: says what is known about the path, and composes links to forms.

import { loadRules } from "./editor.js";
import { Fields } from "./fields.js";
import { copy } from "./handover.js";
import { NOT_FROM_LINK } from "./link.js";
import { serviceOfPaths } from "./paths.js";
import { fill } from "./text.js";
import { visit } from "./visit.js";

const note = document.getElementById("form-from");
const builder = document.querySelector("#form-link form");
const { elements } = builder;
const place = document.getElementById("link-fields");
const output = document.getElementById("link-address");
const fields = new Fields(place);

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

const formAddress = () => new URL(elements.template.value, new URL(builder.dataset.base, location.href));

const show = () => {
  const url = formAddress();
  const from = elements.from.value.trim();
  if (from) url.searchParams.set("from", from);
  for (const one of fields.all.filter((field) => !fields.isEmpty(field))) {
    url.searchParams.set(one.dataset.field ?? one.dataset.section, [fields.value(one)].flat().join(","));
  }
  output.textContent = url.href;
};

// Offers the fields of the chosen form, which are copied from its page.
const showFields = async () => {
  const address = formAddress();
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  // Another form can be chosen in the meantime.
  if (address.href !== formAddress().href) return;
  const all = [...(page?.querySelectorAll("#form [data-field], #form [data-section]") ?? [])];
  place.replaceChildren(
    ...all.filter(({ dataset }) => !NOT_FROM_LINK.includes(dataset.field)).map((one) => document.importNode(one, true)),
  );
  for (const optional of place.querySelectorAll(".optional")) optional.remove();
  show();
};

builder.addEventListener("input", show);
builder.addEventListener("change", ({ target }) => (target === elements.template ? showFields() : show()));
builder.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("form-link").addEventListener("toggle", showFields, { once: true });
document.getElementById("link-copy").addEventListener("click", async () => {
  const isCopied = await copy(output.textContent);
  document.getElementById("link-status").textContent = isCopied ? rules?.words.copied : rules?.words.not_copied;
});
show();

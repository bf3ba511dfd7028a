// The words and icons of the search page, which the search over other pages uses as well.

const byName = (templates, name, value) =>
  Object.fromEntries([...templates].map((template) => [template.dataset[name], value(template.content)]));

// Reads { root, index, words, labels, phrases, icons } of the search page `page`, whose address is `address`.
export const readWords = (page, address) => {
  const words = page.getElementById("search").dataset;
  return {
    root: new URL(words.root, address),
    index: new URL(words.index, address),
    words,
    labels: byName(page.querySelectorAll("template[data-label]"), "label", (content) => content.textContent),
    phrases: byName(page.querySelectorAll("template[data-phrase]"), "phrase", (content) => content.textContent),
    icons: byName(page.querySelectorAll("template[data-icon]"), "icon", (content) => content),
  };
};

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

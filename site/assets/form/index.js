// The search index of the site, which is opened once, when it is needed first.

let opened = null;

// Returns the engine of the search for the index at `address`.
export const openIndex = (address) => {
  opened ??= import("../search/engine.js").then(({ Engine }) => Engine.open(address));
  opened.catch(() => (opened = null));
  return opened;
};

// The pages and searches of this visit, which site.js notes.

import { recorded } from "./paths.js";

const MOST_PAGES = 10;

// Returns { pages, searches } of this visit to the site, the oldest first.
export const visit = (root) => {
  let noted = {};
  try {
    noted = JSON.parse(sessionStorage.getItem(`casebook:visit:${new URL(root, location.href).pathname}`)) ?? {};
  } catch {
    // The browser lets no page store anything.
  }
  const texts = (list) => (Array.isArray(list) ? list : []).filter((one) => typeof one === "string");
  const pages = texts(noted.pages).map(recorded).filter(Boolean);
  const from = new URLSearchParams(location.search).getAll("from").map(recorded).filter(Boolean);
  const all = [...pages.filter((page) => !from.includes(page)), ...from];
  return {
    // The last visit of a page counts.
    pages: all.filter((page, at) => !all.includes(page, at + 1)).slice(-MOST_PAGES),
    searches: [...new Set(texts(noted.searches))].slice(-MOST_PAGES),
  };
};

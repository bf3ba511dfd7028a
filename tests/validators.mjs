// Prints what validators find in sites. Arguments: the folder with `node_modules`, the schema of JSON feeds, and the folders of
// the sites.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, schema, ...sites] = process.argv.slice(2);
const load = createRequire(resolve(tools, "index.js"));
const { HtmlValidate } = load("html-validate");
const Ajv = load("ajv").default;
const { LinkChecker } = await import(
  pathToFileURL(resolve(tools, "node_modules/linkinator/build/src/index.js")).href
);

// The rules of the HTML standard and of accessibility. Rules about the style of the source are left out.
const html = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // Titles are people's own words.
    "long-title": "off",
    // A form with a single field is sent with Enter, and the field says so.
    "wcag/h32": "off",
    // A table that scrolls is a `div`, because it is not a section of the text around it.
    "prefer-native-element": ["error", { exclude: ["region", "group"] }],
  },
});
const isFeed = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(schema, "utf8")));

const problems = [];
for (const site of sites) {
  const files = readdirSync(site, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(site, join(entry.parentPath, entry.name)))
    .sort();
  const pages = files.filter((path) => path.endsWith(".html"));
  for (const path of pages) {
    const report = await html.validateString(readFileSync(join(site, path), "utf8"));
    for (const { line, column, message, ruleId } of report.results.flatMap((result) => result.messages)) {
      // A script fills in what is in a template.
      if (ruleId === "empty-heading" && path === "search/index.html") continue;
      problems.push(`${site}/${path}:${line}:${column}: ${message} [${ruleId}]`);
    }
  }
  for (const path of files.filter((path) => path.endsWith("feed.json"))) {
    if (!isFeed(JSON.parse(readFileSync(join(site, path), "utf8")))) {
      problems.push(...isFeed.errors.map((error) => `${site}/${path}: ${error.instancePath} ${error.message}`));
    }
  }
  const { links } = await new LinkChecker().check({
    path: pages,
    serverRoot: site,
    checkFragments: true,
    concurrency: 20,
    // Other hosts are not asked: a test must not depend on them.
    linksToSkip: async (link) => !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(link),
  });
  for (const { url, parent, status } of links.filter((link) => link.state === "BROKEN")) {
    problems.push(`${site}: ${parent} links ${url}, which leads nowhere (${status})`);
  }
  const followed = links.filter((link) => link.state === "OK").length;
  console.error(`${site}: ${pages.length} pages, ${followed} links checked`);
  if (pages.length < 5 || followed < pages.length) problems.push(`${site}: too few pages or links were checked`);
}
for (const problem of problems.slice(0, 200)) console.error(problem);
console.error(`${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);

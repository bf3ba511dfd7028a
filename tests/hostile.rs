//! Hostile text in every place where people write: nothing of it runs in a real browser, even without the content policy, which
//! is the second defence, and no file for programs is broken by it.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use pulldown_cmark::{Event, Options, Parser, Tag, html::push_html};
use serde_json::{Value as Json, json};
use walkdir::WalkDir;

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
};

/// One JSON string a line. `RUN` stands for code that calls `top.ran`.
const PAYLOADS: &str = include_str!("hostile_payloads.txt");

/// The element of the content policy.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\"";

/// The page that loads all others in frames. `top.ran` notes what runs in them. After a page was loaded, its elements are
/// examined for code that a click would run, and its requests for other hosts.
const HARNESS: &str = r#"<!doctype html><meta charset="utf-8"><title>harness</title><script>
const ran = [], found = [];
window.ran = (n) => ran.push(n);
window.alert = window.confirm = window.prompt = () => ran.push("dialog");
function examine(view, path) {
  const bad = (what) => found.push(path + ": " + what);
  // A script of the site leaves out the name of the file.
  const page = (path) => decodeURI(path).replace(/index\.html$/, "");
  if (page(view.location.pathname) !== page("/" + path)) bad("it leads to " + view.location.href);
  const addresses = ["href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "cite", "ping", "srcset"];
  for (const element of view.document.querySelectorAll("*")) {
    const shown = () => element.outerHTML.slice(0, 200);
    if (["iframe", "frame", "frameset", "object", "embed", "base", "applet", "portal", "style"].includes(element.localName)) bad(shown());
    // The pages of the search and of the forms have templates of their own.
    if (element.localName === "template" && !/^(search|new|reply)\//.test(path)) bad(shown());
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || ["style", "srcdoc"].includes(name)) bad(shown());
      if (!addresses.includes(name.toLowerCase())) continue;
      const { protocol, host } = new URL(value, view.document.baseURI);
      if (!["http:", "https:", "mailto:"].includes(protocol)) bad(shown());
      if (!["a", "meta"].includes(element.localName) && !/^(canonical|alternate|search)$/.test(element.rel ?? "") && host !== location.host) bad(shown());
    }
    if (element.localName === "meta" && element.httpEquiv) bad(shown());
    if (element.localName === "script" && element.type !== "application/ld+json" && !/\/assets\/[\w.\/-]+$/.test(element.src)) bad(shown());
    if (element.type === "application/ld+json") JSON.parse(element.text);
  }
  for (const { name } of view.performance.getEntriesByType("resource")) if (new URL(name).host !== location.host) bad("requests " + name);
}
async function load(path) {
  const frame = document.createElement("iframe");
  frame.src = "/" + path.split("/").map(encodeURIComponent).join("/");
  const loaded = new Promise((done) => (frame.onload = done));
  document.body.append(frame);
  await loaded;
  try { examine(frame.contentWindow, path); } catch (error) { found.push(path + ": " + error); }
  frame.remove();
}
async function all(paths) {
  await Promise.all(paths.map(load));
  return { ran, found };
}
</script><body></body>"#;

pub(crate) fn payloads() -> Vec<String> {
    PAYLOADS.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the payload with code that notes its number.
pub(crate) fn armed(at: usize, payload: &str) -> String {
    payload.replace("RUN", &format!("top.ran({at})"))
}

/// Returns a page without its content policy, which is the second defence.
pub(crate) fn without_policy(html: &str) -> String {
    let (before, rest) = html.split_once(POLICY).expect("the page has a policy");
    format!("{before}{}", rest.split_once('>').unwrap().1)
}

fn quoted(text: &str) -> String {
    // YAML reads strings of JSON.
    serde_json::to_string(text).unwrap()
}

/// Creates a repository with every payload in every field, text and name.
fn repository(payloads: &[String]) -> Sandbox {
    let sandbox = Sandbox::in_memory();
    let mut services = String::new();
    let mut people = String::new();
    for (at, payload) in payloads.iter().enumerate() {
        let (text, value) = (armed(at, payload), quoted(&armed(at, payload)));
        let _ = writeln!(services, "  s{at}: {{ name: {value}, owner: {value}, oncall: [p{at}] }}");
        let _ = writeln!(people, "  p{at}: {{ name: {value} }}");
        let ticket = format!("team/tickets/2026/11/t{at}");
        sandbox.write(
            format!("{ticket}.md"),
            format!(
                "---\ntitle: {value}\ntemplate: hostile\nservice: s{at}\nrequester: p{at}\ncreated: 2026-11-22T09:14:00Z\n\
                 tags: [{value}]\npath: [{value}]\nsource: {value}\nwords: {value}\nlink: {value}\nwho: {value}\n---\n{text}\n"
            ),
        );
        sandbox.write(
            format!("{ticket}/1.md"),
            format!(
                "---\nauthor: {value}\ncreated: 2026-11-22T10:00:00Z\nassignee: {value}\nset: {{ words: {value} }}\n---\n{text}\n"
            ),
        );
        sandbox.write(
            format!("{ticket}/2.md"),
            format!(
                "---\nauthor: p{at}\ncreated: 2026-11-22T11:00:00Z\nstatus: resolved\nresolution: fixed\n---\n## Fix\n{text}\n"
            ),
        );
        let name: String = text.chars().filter(|c| !matches!(c, '/' | '\0')).take(40).collect();
        if name.is_ascii() && !name.trim().is_empty() {
            sandbox.write(format!("{ticket}/{name}.log"), "one line\n");
        }
        // Several texts share an article, because its text is rendered like those of tickets.
        if at % 16 == 0 {
            let article = format!(
                "---\ntitle: {value}\nservice: s{at}\ntags: [{value}]\ntickets: [t{at}]\n---\n{text}\n"
            );
            sandbox.write(format!("team/knowledge/a{at}.md"), article);
        }
    }
    sandbox.write(
        "team/casebook.yml",
        format!(
            "title: {}\nvisibility: public\npublish: all\nurl: https://a.example/\nservices:\n{services}people:\n{people}",
            quoted(&armed(0, "</title><img src=x onerror=RUN>"))
        ),
    );
    sandbox.write(
        "team/ticket-templates/hostile.md",
        "---\ntitle: \"<script>top.ran(-2)</script>\"\nabout: Anything.\nfields:\n  words: { type: text }\n  link: { type: url }\n  \
         who: { type: person }\n---\n## Problem\n",
    );
    sandbox
}

/// Lists the files below `folder`, relative to it.
fn files(folder: &Path) -> Vec<String> {
    let all =
        WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    all.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn hostile_text_runs_nowhere_and_breaks_no_file() {
    let payloads = payloads();
    assert!(payloads.iter().collect::<BTreeSet<_>>().len() >= 300, "{}", payloads.len());
    let sandbox = repository(&payloads);
    sandbox.git(".", "init -q team");
    sandbox.casebook("team", "build --audience public --out ../built").ok();
    let root = sandbox.path("built");
    let all = files(&root);
    for path in &all {
        let text = || fs::read_to_string(root.join(path)).unwrap();
        match path.rsplit('.').next() {
            Some("xml") => is_well_formed(path, &text()),
            Some("json") if !path.starts_with("search/") => {
                let _: Json = serde_json::from_str(&text()).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            Some("md") => is_harmless(path, &text()),
            _ if path == "llms.txt" => is_harmless(path, &text()),
            _ => {}
        }
    }
    in_a_browser(&root, all);
}

/// Asserts that programs read the XML of a feed or a sitemap.
#[track_caller]
fn is_well_formed(path: &str, text: &str) {
    if path.ends_with("feed.xml") {
        let feed: Result<atom_syndication::Feed, _> = text.parse();
        assert!(feed.is_ok_and(|feed| !feed.entries.is_empty()), "{path}");
    }
    let is_allowed = |c: char| matches!(c, '\t' | '\r' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_allowed), "{path}");
}

/// Asserts that a twin has no HTML and no dangerous link, even for a program that renders Markdown without any filter.
#[track_caller]
fn is_harmless(path: &str, text: &str) {
    for options in
        [Options::empty(), Options::ENABLE_GFM | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES]
    {
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => panic!("{path}: {html:?}"),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let scheme = dest_url.split_once(':').map_or("", |(scheme, _)| scheme).to_lowercase();
                    assert!(
                        ["", "http", "https", "mailto"].contains(&scheme.as_str()),
                        "{path}: {dest_url:?}"
                    );
                }
                _ => {}
            }
        }
    }
}

/// Opens the pages without their content policy, and the texts of feeds and twins as pages.
fn in_a_browser(root: &Path, all: Vec<String>) {
    let mut pages: Vec<String> = Vec::new();
    for path in all.iter().filter(|path| path.ends_with(".html")) {
        let html = fs::read_to_string(root.join(path)).unwrap();
        // Pages that lead to others have no content of their own.
        if !html.contains(POLICY) {
            assert!(html.contains("http-equiv=\"refresh\""), "{path} has no policy");
            continue;
        }
        // Without the style sheet, pages load in half the time.
        let html = without_policy(&html).replacen("rel=\"stylesheet\"", "rel=\"x\"", 1);
        fs::write(root.join(path), html).unwrap();
        // Every payload is on the page of a ticket; the other kinds of pages show the same names in other places.
        let is_sample =
            path.as_bytes().iter().fold(0_usize, |sum, byte| sum * 31 % 1009 + usize::from(*byte)) % 32 == 0;
        if path.starts_with("tickets/t")
            || path.matches('/').count() < 2
            || path.starts_with("knowledge/")
            || is_sample
        {
            pages.push(path.clone());
        }
    }
    let feed: Json = serde_json::from_str(&fs::read_to_string(root.join("feed.json")).unwrap()).unwrap();
    let entries = feed["items"].as_array().unwrap().iter().filter_map(|item| item["content_html"].as_str());
    let mut markdown = String::new();
    for path in all.iter().filter(|path| path.ends_with(".md") || *path == "llms.txt") {
        push_html(&mut markdown, Parser::new(&fs::read_to_string(root.join(path)).unwrap()));
    }
    for (name, body) in [("feed-texts.html", entries.collect::<String>()), ("twins.html", markdown)] {
        fs::write(root.join(name), format!("<!doctype html><meta charset=utf-8><title>x</title>{body}"))
            .unwrap();
        pages.push(name.to_owned());
    }
    let count = pages.len();
    fs::write(root.join("harness.html"), HARNESS).unwrap();
    fs::write(
        root.join("control.html"),
        "<!doctype html><p><img src=x onerror=top.ran(-1)><a href=javascript:x>x</a>",
    )
    .unwrap();
    let browser = Browser::start();
    browser.open(&format!("{}harness.html", serve_files(root.to_owned())));
    let script = "all(arguments[0]).then(arguments[1])";
    for some in pages.chunks(16) {
        let seen = browser.ask(script, vec![json!(some)]);
        assert_eq!(seen, json!({ "ran": [], "found": [] }), "in {some:#?} of {count} pages");
    }
    // The harness notices what runs and what a click would run.
    let seen = browser.ask(script, vec![json!(["control.html"])]);
    assert_eq!(seen["ran"], json!([-1]));
    assert_eq!(seen["found"].as_array().unwrap().len(), 2, "{seen:#}");
}

#[test]
fn the_content_policy_allows_structured_data() {
    let sandbox = repository(&payloads()[..1]);
    sandbox.git(".", "init -q team");
    sandbox.casebook("team", "build --audience public --out ../built").ok();
    let browser = Browser::start();
    browser.open(&format!("{}tickets/t0/", serve_files(sandbox.path("built"))));
    // The last script proves that violations are reported. Its event comes after all reports about the page itself.
    let reports = "const done = arguments[0]; const seen = []; \
                   const observer = new ReportingObserver((all) => seen.push(...all), \
                   { types: ['csp-violation'], buffered: true }); \
                   observer.observe(); \
                   const data = document.querySelectorAll('script[type=\"application/ld+json\"]').length; \
                   document.addEventListener('securitypolicyviolation', () => setTimeout(() => { \
                     seen.push(...observer.takeRecords()); \
                     done({ data, reports: seen.map((one) => one.body.sourceFile ?? one.body.effectiveDirective) }); \
                   })); \
                   const script = document.createElement('script'); script.text = 'x'; document.head.append(script);";
    let seen = browser.ask(reports, vec![]);
    assert_eq!(seen["data"], 2, "{seen:#}");
    assert_eq!(seen["reports"].as_array().unwrap().len(), 1, "{seen:#}");
}

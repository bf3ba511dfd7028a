//! Every kind of page is accessible, in light and dark, and no page scrolls sideways on a narrow screen.

use std::{fs, path::Path};

use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
};

/// A page of each kind, of the demo.
const PAGES: &[&str] = &[
    "index.html",
    "new/index.html",
    "new/incident/index.html",
    "reply/index.html",
    "tickets/index.html",
    "tickets/open/index.html",
    // With an answer, a thread and code; open and waiting; a duplicate; with attachments and a long thread.
    "tickets/lockers-offline-after-certificate-txiwr3/index.html",
    "tickets/locker-map-stays-blank-on-2qcnbq/index.html",
    "tickets/lockers-in-eindhoven-and-breda-emafdt/index.html",
    "tickets/long-thread-aaaaaa/index.html",
    "tickets/late-aaaaaa/index.html",
    "services/index.html",
    "services/lockers/index.html",
    "services/lockers/tickets/index.html",
    "knowledge/index.html",
    "tags/index.html",
    "tags/tls/index.html",
    "people/mei/index.html",
    "report/index.html",
    "search/index.html?q=lockers",
    "404.html",
];

/// The width of the narrowest screen.
const NARROW: u32 = 320;

#[test]
fn every_page_is_accessible_and_fits_a_narrow_screen() {
    let (sandbox, pages) = demo();
    let url = serve_files(sandbox.path("built"));
    let browser = Browser::start();
    let mut problems = Vec::new();
    for page in &pages {
        for width in [NARROW, 1280] {
            browser.set_viewport(width, 900);
            browser.open(&format!("{url}{page}"));
            if page.contains("?q=") {
                browser.wait_for("results", "#search-results", "ockers");
            }
            let widths = browser.ask(WIDTHS, Vec::new());
            assert_eq!(widths[0], width, "the width of the viewport");
            if widths[1].as_u64() > Some(width.into()) {
                problems.push(format!("{page} is {} wide on a screen of {width}: {}", widths[1], widths[2]));
            }
            for theme in ["light", "dark"] {
                let found = browser.ask(&format!("{};{AXE}", axe()), vec![json!(theme)]);
                let found = found.as_array().unwrap_or_else(|| panic!("{page}: {found}"));
                problems.extend(found.iter().map(|problem| format!("{page}, {width}, {theme}: {problem}")));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn the_switch_between_light_and_dark_is_remembered() {
    let (sandbox, _) = demo();
    let url = serve_files(sandbox.path("built"));
    let browser = Browser::start();
    browser.open(&url);
    let ground = "arguments[0]([document.documentElement.dataset.theme ?? null, getComputedStyle(document.body).backgroundColor])";
    let before = browser.ask(ground, Vec::new());
    browser.click("[data-theme-switch]");
    let after = browser.ask(ground, Vec::new());
    assert_eq!(before[0], Json::Null);
    assert_ne!(before[1], after[1]);
    browser.open(&format!("{url}services/index.html"));
    assert_eq!(browser.ask(ground, Vec::new()), after, "the next page has the same scheme");
}

#[test]
fn the_folded_part_of_a_thread_opens_for_a_link_to_a_reply() {
    let (sandbox, _) = demo();
    let url = serve_files(sandbox.path("built"));
    let browser = Browser::start();
    browser.open(&format!("{url}tickets/long-thread-aaaaaa/"));
    let is_open = "arguments[0](document.querySelector('details.fold').open)";
    assert_eq!(browser.ask(is_open, Vec::new()), json!(false));
    browser.open(&format!("{url}tickets/long-thread-aaaaaa/index.html#reply-r012"));
    assert_eq!(browser.ask(is_open, Vec::new()), json!(true));
}

#[test]
fn an_overdue_ticket_says_so_on_its_page_and_paper_shows_dates() {
    let (sandbox, _) = demo();
    let url = serve_files(sandbox.path("built"));
    let browser = Browser::start();
    browser.open(&format!("{url}tickets/late-aaaaaa/index.html"));
    browser.wait_for("the notice", ".notice.overdue .due", "Overdue since 2 Jan 2020");
    let text = "arguments[0](document.querySelector('.notice .due').innerText.trim())";
    assert!(browser.ask(text, Vec::new()).as_str().unwrap().starts_with("Overdue since"), "`Due` is hidden");
    // The clock of the browser decides, because the same files have the same bytes.
    let page = sandbox.read("built/tickets/late-aaaaaa/index.html");
    assert!(page.contains("data-due=\"2020-01-02T08:15:00Z\" hidden"), "{page}");

    browser.open(&format!("{url}knowledge/invoice-exports-that-time-out/index.html"));
    let ages = "
        const time = document.createElement('time');
        time.dateTime = new Date(Date.now() - 3 * 86_400_000).toISOString();
        time.textContent = 'DAY';
        document.querySelector('main').append(time);
        document.dispatchEvent(new Event('casebook:ages'));
        const shown = [time.textContent];
        for (const name of ['beforeprint', 'afterprint']) {
          dispatchEvent(new Event(name));
          shown.push(time.textContent);
        }
        arguments[0](shown);";
    assert_eq!(browser.ask(ages, Vec::new()), json!(["3 days ago", "DAY", "3 days ago"]));
}

/// Builds the demo with all tickets and one more, which has code, a table, attachments and 30 replies. Returns the pages
/// to look at.
fn demo() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::in_memory();
    sandbox.casebook(".", "demo demo --no-serve").ok();
    let settings = sandbox.read("demo/casebook.yml");
    sandbox.write("demo/casebook.yml", settings.replace("publish: answered", "publish: all"));
    sandbox.write("demo/tickets/2026/11/long-thread-aaaaaa.md", TICKET);
    let late = "title: Nobody answers\ntemplate: incident\nrequester: lena\npriority: urgent\ncreated: 2020-01-02T08:00:00Z";
    sandbox.write(
        "demo/tickets/2026/11/late-aaaaaa.md",
        format!("---\n{late}\n---\n## Problem\nNobody is there.\n"),
    );
    sandbox.write(
        "demo/tickets/2026/11/long-thread-aaaaaa/gateway.log",
        "INFO gateway connected\n".repeat(5_000),
    );
    sandbox.write("demo/tickets/2026/11/long-thread-aaaaaa/dot.gif", DOT);
    for n in 0..30 {
        let front = format!("author: mei\ncreated: 2026-11-20T10:{n:02}:00Z");
        let path = format!("demo/tickets/2026/11/long-thread-aaaaaa/r{n:03}.md");
        sandbox.write(path, format!("---\n{front}\n---\nReply {n} has `code` and some words.\n"));
    }
    sandbox.casebook("demo", "build --audience internal --out ../built").ok();
    let article =
        fs::read_dir(sandbox.path("built/knowledge")).unwrap().flatten().find(|entry| entry.path().is_dir());
    let article = article.unwrap().file_name().into_string().unwrap();
    let mut pages: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    pages.push(format!("knowledge/{article}/index.html"));
    for page in &pages {
        let file = sandbox.path("built").join(page.split('?').next().unwrap());
        assert!(file.is_file(), "{page} is not a page of the demo");
    }
    (sandbox, pages)
}

const TICKET: &str = "---
title: A thread of thirty replies whose title is so long that it needs a second line
template: incident
requester: lena
created: 2026-11-20T09:00:00Z
service: tracking
tags: [tls]
---
## Problem
See the [log](long-thread-aaaaaa/gateway.log).

```yaml
# the gateway
gateway: { port: 8883, name: \"a line of code that is so long that it does not fit on a narrow screen\" }
```

```diff
-old
+new
```

| locker | firmware | listener | last seen | owner | region | note |
|---|---|---:|---|---|---|---|
| PL-GDN-031 | 7.1.6 | 8883 | 2026-09-09 03:00 | devices | Poland | a note that makes the table wide |

> [!WARNING]
> Not all at once.

- [x] done
";

/// A picture of one pixel.
const DOT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Returns the width of the viewport, the width of the page, and the elements that are too wide.
const WIDTHS: &str = "
const width = document.documentElement.clientWidth;
const wide = [...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest('pre, .scroll, nav'))
  .map((one) => `${one.tagName}.${one.className}`);
arguments[0]([innerWidth, document.documentElement.scrollWidth, wide.slice(0, 5)]);
";

/// Returns the violations that axe-core finds in the color scheme of the first argument.
const AXE: &str = "
const [theme, done] = arguments;
document.documentElement.dataset.theme = theme;
const tell = ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 5).join(', ')}`;
axe.run(document, { resultTypes: ['violations'] }).then(
  ({ violations }) => done(violations.map(tell)),
  (error) => done([String(error)]),
);
";

/// Returns the source of axe-core, which `tests/run` installs.
fn axe() -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), Into::into);
    let file = target.join("browser-tools/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}; run tests/run", file.display()))
}

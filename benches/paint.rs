//! `cargo bench --bench paint`: measures when the pages of the demo are first painted, whether they move while they load, and how
//! soon the form shows similar tickets.
//!
//! A real browser opens each kind of page of `casebook serve` with an empty cache and a processor that is slowed down four times.
//! The similar tickets are those of an invented archive of 10,000 tickets, at full speed: from the last key of a title to the
//! first frame with matches. Somebody types a key each 60 ms, and pastes the text.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures time"
)]

#[expect(dead_code, reason = "only other benchmarks search and edit tickets")]
mod corpus;
mod page;
#[expect(dead_code, reason = "only another benchmark measures memory")]
mod server;

/// The same allocator as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(dead_code, reason = "only tests use all functions of the browser")]
#[path = "../tests/browser.rs"]
mod browser;

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::json;

use browser::Browser;
use corpus::Corpus;
use page::Table;
use server::Server;

/// A page of each kind, with its address in the demo.
const PAGES: [(&str, &str); 10] = [
    ("home", ""),
    ("ticket", "tickets/invoice-export-times-out-above-yq59d4/"),
    ("list of tickets", "tickets/"),
    ("search", "search/?q=export"),
    ("article", "knowledge/invoice-exports-that-time-out/"),
    ("service", "services/lockers/"),
    ("tags", "tags/"),
    ("choice of a form", "new/"),
    ("form", "new/incident/?from=/console/billing/exports"),
    ("reply", "reply/?file=tickets/2025/12/invoice-export-times-out-above-yq59d4.md&template=incident"),
];

/// How often each page is opened.
const VISITS: usize = 7;
/// How much slower the processor is.
const SLOWDOWN: usize = 4;
/// The number of tickets among which similar ones are searched.
const TICKETS: usize = 10_000;
/// The number of drafts.
const DRAFTS: usize = 20;

fn main() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let demo = folder.path().join("demo");
    run(folder.path(), &["demo", "--no-serve", "demo"]);
    pages(&demo);
    let archive = folder.path().join("archive");
    write_archive(&archive);
    similar(&archive);
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_casebook")).args(arguments).current_dir(folder).output();
    let output = output.expect("casebook runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Opens each kind of page and prints when it was painted and how much it moved.
fn pages(repo: &Path) {
    let server = Server::casebook(repo);
    let browser = Browser::start();
    browser.resize(1280, 900);
    browser.command("Network.enable", json!({}));
    browser.command("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWDOWN }));
    let mut table =
        Table::new(&["page", "first contentful paint, ms (worst)", "layout shift of all visits (CLS)"]);
    for (name, path) in PAGES {
        let (mut paints, mut moved) = (Vec::new(), 0.0);
        for _ in 0..VISITS {
            browser.command("Network.clearBrowserCache", json!({}));
            browser.open("about:blank");
            browser.open(&format!("http://{}/{path}", server.host));
            // What moves late, moves within this time.
            std::thread::sleep(Duration::from_secs(1));
            let seen = browser.ask(SEEN, Vec::new());
            paints.push(seen[0].as_f64().expect("the time of the first paint"));
            moved += seen[1].as_f64().expect("the sum of the layout shifts");
        }
        table.row([name.to_owned(), median_and_maximum(paints), format!("{moved:.4}")]);
    }
    table.publish("painting");
}

/// Returns the time of the first contentful paint, and the sum of the layout shifts without those that a user caused.
const SEEN: &str = "const [done] = arguments;\
    const shifts = [];\
    new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true });\
    const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;\
    setTimeout(() => done([paint, shifts.filter((one) => !one.hadRecentInput).reduce((sum, { value }) => sum + value, 0)]), 50);";

/// Writes an archive of answered tickets with the templates of a new repository.
fn write_archive(repo: &Path) {
    fs::create_dir_all(repo).expect("the folder is created");
    let git = Command::new("git").args(["init", "-q"]).current_dir(repo).status();
    assert!(git.is_ok_and(|status| status.success()), "git init");
    run(repo, &["init"]);
    let corpus = Corpus::new(7);
    for number in 0..TICKETS {
        let ticket = corpus.ticket(number);
        for (path, text) in ticket.files() {
            let file = repo.join(path);
            fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("the folder is created");
            fs::write(file, text).expect("the file is written");
        }
    }
}

/// Types titles, pastes texts, and prints how soon similar tickets are on screen.
fn similar(repo: &Path) {
    let server = Server::casebook(repo);
    let browser = Browser::start();
    browser.resize(1280, 900);
    browser.command("Network.enable", json!({}));
    let corpus = Corpus::new(7);
    let kinds = ["the first title", "another word", "a pasted text"];
    let mut times = vec![Vec::new(); kinds.len()];
    for number in 0..DRAFTS {
        browser.command("Network.clearBrowserCache", json!({}));
        browser.open(&format!("http://{}/robots.txt", server.host));
        browser.ask("localStorage.clear(); arguments[0]()", Vec::new());
        browser.open(&format!("http://{}/new/bug/", server.host));
        let ticket = corpus.ticket(number * 7_919 % TICKETS);
        browser.wait_for("the form", "html[data-form]", "");
        let parts = [("#title", ticket.title), ("#title", " again".to_owned()), ("#section-1", ticket.body)];
        for ((field, text), times) in parts.into_iter().zip(&mut times) {
            let script = if field == "#title" { TYPED } else { PASTED };
            let time = browser.ask(script, vec![json!(field), json!(text)]);
            times.extend(time.as_f64());
        }
    }
    let mut table = Table::new(&["after", "similar tickets on screen, ms (worst)", "drafts with matches"]);
    for (kind, times) in kinds.into_iter().zip(times) {
        let count = times.len();
        table.row([kind.to_owned(), median_and_maximum(times), count.to_string()]);
    }
    table.publish("similar tickets in the form");
}

/// Waits for the next answer of the search and for the frame that shows it. Passes on the time since the last key, or null
/// if nothing was found.
macro_rules! watching {
    ($write:literal) => {
        concat!(
            "const [css, text, done] = arguments; const field = document.querySelector(css);\
             let last = 0;\
             const observer = new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {\
               if (!last) return;\
               observer.disconnect();\
               done(document.querySelector('#similar-list .match') ? performance.now() - last : null);\
             })));\
             const write = (all) => { field.value += all; last = 0; field.dispatchEvent(new Event('input', { bubbles: true })); };\
             const end = () => { last = performance.now(); observer.observe(document.getElementById('form-similar'), { childList: true, subtree: true }); };",
            $write
        )
    };
}

const TYPED: &str = watching!(
    "const keys = [...text]; const key = () => { write(keys.shift()); if (keys.length) setTimeout(key, 60); else end(); }; key();"
);
const PASTED: &str = watching!("write(text); end();");

/// Returns the median and the maximum as text.
fn median_and_maximum(mut all: Vec<f64>) -> String {
    all.sort_by(f64::total_cmp);
    match all.last() {
        Some(last) => format!("{:.0} ({last:.0})", all[all.len() / 2]),
        None => String::new(),
    }
}

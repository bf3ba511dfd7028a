//! The site from a reader's point of view: built and put on any server, or served by Casebook itself.

use std::{fs, path::Path};

use serde_json::Value as Json;
use walkdir::WalkDir;

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
    served::{SECRETS, Server, repository},
    waiting::wait_until,
};

#[test]
fn a_site_works_in_a_browser() {
    let sandbox = repository();
    let browser = Browser::start();
    a_built_site_can_be_searched_without_casebook(&sandbox, &browser);
    an_open_page_shows_changes(&sandbox, &browser);
}

fn a_built_site_can_be_searched_without_casebook(sandbox: &Sandbox, browser: &Browser) {
    sandbox.casebook("team", "build --out ../built").ok();
    let url = serve_files(sandbox.path("built"));
    browser.open(&url);
    browser.wait_for("the front page", "h1", "answered before");
    browser.submit(".find :is(input, textarea)", "gateway gives up");
    browser.wait_for("search by words", "#search-results", "Invoice export times out");
    assert!(!browser.text("#search-results").contains("升级"), "only matching tickets are found");
    browser.click("#search-results a");
    browser.wait_for("a result's link", "#answer", "A join instead.");
    assert!(browser.url().ends_with("/tickets/invoice-export-times-out-k7f3qa/"), "{}", browser.url());
    browser.submit(".find :is(input, textarea)", "触摸屏");
    browser.wait_for("search by a part of a Chinese word", "#search-results", "升级后柜机触摸屏点击位置偏移");
    assert!(!browser.text("#search-results").contains("Invoice"));
    browser.submit("#search textarea", " 没有的东西");
    browser.wait_for("a word that occurs nowhere", "#search-count", "0 with all words");
    // The same files, opened from the disk.
    let file = sandbox.path("built/tickets/screen-shifted-c2c3c4/index.html");
    browser.open(&format!("file://{}", file.display()));
    browser.click("header .brand");
    browser.wait_for("links on the disk", "main", "Invoice export times out");
    browser.submit(".find :is(input, textarea)", "it's grey");
    browser.wait_for("what to do", "#needs-server:not([hidden])", "casebook serve");
    browser.wait_for("the query for a terminal", "#needs-server", r"casebook search 'it'\''s grey'");
    let field = "arguments[0](document.querySelector('#search textarea').value)";
    assert_eq!(browser.ask(field, Vec::new()), serde_json::json!("it's grey"));
    browser.open(&format!("file://{}", sandbox.path("built/reply/index.html").display()));
    browser.wait_for("what to do instead of the form", "#needs-server:not([hidden])", "casebook serve");
}

fn an_open_page_shows_changes(sandbox: &Sandbox, browser: &Browser) {
    let mut server = Server::start(sandbox, "");
    let page = format!("{}tickets/screen-shifted-c2c3c4/", server.url);
    browser.open(&page);
    browser.wait_for("a served page", ".head .badge", "Fixed");
    let replies = "team/tickets/2026/11/screen-shifted-c2c3c4";
    sandbox.write(
        format!("{replies}/b.md"),
        "---\nauthor: lena\ncreated: 2026-11-23T10:00:00Z\nstatus: open\n---\nIt is back since the restart.\n",
    );
    browser.wait_for("a reply that reopens", ".thread", "It is back since the restart.");
    browser.wait_for("the new status", ".head .badge", "Open");
    // A broken file is shown as far as possible, and the server keeps running.
    sandbox.write(format!("{replies}/c.md"), "---\nauthor: [\n---\nBroken.\n");
    sandbox.write("team/tickets/2026/11/broken.md", "---\ntitle: {\n<<<<<<< HEAD\n---\n\u{0}");
    sandbox.write(
        format!("{replies}/d.md"),
        "---\nauthor: mei\ncreated: 2026-11-24T10:00:00Z\nstatus: resolved\nresolution: workaround\n---\n\
         ## Fix\nTurn the screen off and on.\n",
    );
    browser.wait_for("a reply beside broken files", "#answer", "Turn the screen off and on.");
    // The same is true for broken settings, which would otherwise remove services and people.
    sandbox.write("team/casebook.yml", "version: [\n");
    sandbox.write(format!("{replies}/d.md"), "---\nauthor: mei\n");
    let reopened = "/tickets/screen-shifted-c2c3c4/";
    wait_until("the change is noticed", || {
        !server.get(reopened).body.contains("Turn the screen off and on.")
    });
    assert!(server.is_alive());
    server.get("/").is(200);
    server.get("/tickets/invoice-export-times-out-k7f3qa/").is(200);
}

#[test]
fn a_page_can_be_read_without_scripts() {
    let sandbox = repository();
    sandbox.casebook("team", "build --out ../built").ok();
    let page = sandbox.read("built/tickets/invoice-export-times-out-k7f3qa/index.html");
    for text in
        ["Invoice export times out", "A join instead.", "One query for each row.", "Lena Weber", "Nachtigall"]
    {
        assert!(page.contains(text), "{text:?} is not in the HTML");
    }
    assert!(page.contains("href=\"../../services/export/index.html\""));
    assert!(
        !page.contains("<script>") && !page.contains(" style="),
        "a page has no inline scripts or styles"
    );
    let home = sandbox.read("built/index.html");
    assert!(home.contains("href=\"./tickets/invoice-export-times-out-k7f3qa/index.html\""));
}

#[test]
fn a_second_build_writes_nothing_and_an_edit_writes_few_files() {
    let sandbox = repository();
    let build = || sandbox.casebook("team", "build --out ../built --format json").ok().json();
    let first = build()["written"].as_array().unwrap().len();
    assert!(first > 20, "{first} files");
    let again = build();
    assert_eq!(
        (&again["written"], &again["unchanged"]),
        (&Json::from(Vec::<Json>::new()), &Json::from(first))
    );
    let ticket = "team/tickets/2026/11/login-loops-q9q8q7.md";
    let shown = "team/tickets/2026/11/screen-shifted-c2c3c4.md";
    sandbox.write(ticket, sandbox.read(ticket).replace("comes again", "comes again and again"));
    assert_eq!(build()["written"], Json::from(Vec::<Json>::new()), "open tickets have no page");
    sandbox.write(shown, sandbox.read(shown).replace("两厘米", "三厘米"));
    let written = build()["written"].clone();
    let written: Vec<&str> = written.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert!(written.contains(&"tickets/screen-shifted-c2c3c4/index.html"), "{written:?}");
    let other = |path: &&str| path.starts_with("tickets/") && !path.contains("screen-shifted");
    assert!(!written.iter().any(other) && written.len() < first / 2, "{written:?}");
}

#[test]
fn foreign_files_in_the_folder_are_not_changed() {
    let sandbox = repository();
    sandbox.write("built/notes.txt", "mine");
    sandbox.casebook("team", "build --out ../built").fails(2).says(&[
        "no build made",
        "`notes.txt`",
        "--out",
    ]);
    assert_eq!(fs::read_dir(sandbox.path("built")).unwrap().count(), 1, "no file was written");
    fs::remove_file(sandbox.path("built/notes.txt")).unwrap();
    sandbox.casebook("team", "build --out ../built").ok();
    sandbox.write("built/notes.txt", "mine").write("built/tags/new/index.html", "mine");
    let ticket = "team/tickets/2026/11/invoice-export-times-out-k7f3qa.md";
    sandbox.write(ticket, sandbox.read(ticket).replace("[timeout]", "[timeout, new]"));
    let output = sandbox.casebook("team", "build --out ../built").fails(1);
    output.says(&["`tags/new/index.html`: no earlier build made this file", "--out"]);
    assert_eq!(sandbox.read("built/tags/new/index.html"), "mine");
    fs::remove_file(sandbox.path("built/tags/new/index.html")).unwrap();
    sandbox.casebook("team", "build --out ../built --audience public").ok();
    assert_eq!(sandbox.read("built/notes.txt"), "mine");
    assert!(!sandbox.path("built/tickets/merger-plans-m2m3m4").exists(), "stale files are removed");
}

#[test]
fn a_public_site_has_no_internal_data_in_any_file() {
    let sandbox = repository();
    sandbox.casebook("team", "build --out ../built --audience public").ok();
    let mut files = 0;
    for entry in WalkDir::new(sandbox.path("built")).into_iter().map(Result::unwrap) {
        let name = entry.path().strip_prefix(sandbox.path("built")).unwrap_or(Path::new(""));
        let bytes = if entry.file_type().is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
        let text = format!("{} {}", name.display(), String::from_utf8_lossy(&bytes));
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret:?} is in {}", name.display());
        }
        files += usize::from(entry.file_type().is_file());
    }
    assert!(files > 20, "only {files} files were checked");
}

//! The search page of a static site, as a visitor uses it.

use std::fs;

use serde_json::json;

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
    searched::repository,
};

#[test]
fn the_search_page_shows_what_was_found_and_what_went_wrong() {
    let (sandbox, _) = repository();
    sandbox.casebook("team", "build --out ../built").ok();
    let page = format!("{}search/index.html", serve_files(sandbox.path("built")));
    let browser = Browser::start();
    what_was_found_is_marked_counted_and_narrowed(&browser, &page);
    a_word_is_found_while_it_is_typed(&browser, &page);
    a_mistake_is_shown_with_its_place_and_the_way_out(&browser, &page);
    an_index_that_changed_is_told(&sandbox, &browser, &page);
}

fn what_was_found_is_marked_counted_and_narrowed(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=cache+folder"));
    browser.wait_for("results", "#search-results", "Upgrade to 10.2.0-rc1 breaks the cache");
    browser.wait_for("an article", "#search-results .badge", "Article");
    browser.wait_for("what was looked for", "#search-results mark", "cache");
    browser.wait_for("a count", "#search-count", "2 results");
    browser.wait_for("counts beside the results", "#search-facets", "Billing export 1");
    browser.press("#search-facets a[href*='tag']");
    browser.wait_for("a narrower search", "#search-count", "2 results");
    assert!(browser.url().ends_with("q=cache+folder+tag%3Acache"), "{}", browser.url());
    browser.open(&format!("{page}?q=cahce"));
    browser.wait_for(
        "what was corrected",
        "#search-corrected",
        "Nothing says “cahce”; searched for cache instead.",
    );
    browser.wait_for("the results of that", "#search-results mark", "cache");
    browser.open(&format!("{page}?q=is:any"));
    browser.wait_for("many results", "#search-count", "results");
    browser.press("#search-more");
    let shown =
        || browser.ask("arguments[0](document.querySelectorAll('#search-results > li').length)", Vec::new());
    wait_until("more results", || shown() == json!(20));
}

fn a_word_is_found_while_it_is_typed(browser: &Browser, page: &str) {
    browser.open(page);
    browser.type_into("#search input", "cache fol");
    browser.wait_for("a word that is not finished", "#search-results", "breaks the cache");
    browser.wait_for("what it stands for", "#search-results mark", "folder");
    wait_until("the address", || browser.url().ends_with("?q=cache+fol"));
    browser.submit("#search input", "");
    browser.wait_for("the same, finished", "#search-count", "Nothing found");
}

fn a_mistake_is_shown_with_its_place_and_the_way_out(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=export+staus%3Aopen"));
    browser.wait_for("a mistake", "#search-problem", "unknown key `staus`");
    browser.wait_for("its place", "#search-problem pre", "export staus:open\n       ^^^^^");
    browser.wait_for("the way out", "#search-problem", "did you mean `status:`?");
    browser.open(&format!("{page}?q=%22out+of"));
    browser.wait_for("an unclosed quote", "#search-problem", "close it: `\"out of\"`");
    let long = "const [done] = arguments;\
        document.querySelector('#search input').value = 'a '.repeat(50000);\
        document.getElementById('search').requestSubmit();\
        setTimeout(done, 0);";
    browser.ask(long, Vec::new());
    browser.wait_for(
        "a query of 100 kB",
        "#search-problem",
        "a query has at most 16384 bytes, this one has 100000",
    );
}

fn an_index_that_changed_is_told(sandbox: &Sandbox, browser: &Browser, page: &str) {
    let manifest = sandbox.read("built/search/index.json");
    sandbox.write("built/search/index.json", manifest.replacen("\"version\":1", "\"version\":2", 1));
    browser.open(&format!("{page}?q=cache"));
    browser.wait_for("another version", "#search-problem", "has changed");
    sandbox.write("built/search/index.json", &manifest);
    browser.open(&format!("{page}?q=cache"));
    browser.wait_for("the right version", "#search-results", "breaks the cache");
    // Files of the index go or are damaged while the page is open.
    let folder = sandbox.path("built/search/i");
    for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        fs::write(&entry, "damaged").unwrap();
    }
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("damaged files", "#search-problem", "has changed");
    fs::remove_dir_all(&folder).unwrap();
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("missing files", "#search-problem", "has changed");
    browser.wait_for("the way out", "#search-problem a", "Reload");
    // A new index while the page is open is taken up without a word.
    sandbox.casebook("team", "build --out ../built").ok();
    browser.submit("#search input", "");
    browser.wait_for("the new index", "#search-results", "xport");
    fs::remove_file(sandbox.path("built/search/index.json")).unwrap();
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("no index", "#search-problem", "could not be read");
}

#[track_caller]
fn wait_until(step: &str, holds: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed().as_secs() < 30, "{step}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

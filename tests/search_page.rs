//! The search page of a static site, tested in a browser.

use std::fs;

use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
    searched::repository,
    waiting::wait_until,
};

#[test]
fn the_search_page_shows_results_and_errors() {
    let sandbox = built();
    let page = format!("{}search/index.html", serve_files(sandbox.path("built")));
    let browser = Browser::start();
    matches_are_marked_and_counted(&browser, &page);
    a_message_is_announced_once(&browser, &page);
    a_word_is_found_while_typing_and_after_submitting(&browser, &page);
    a_query_has_the_same_results_while_typing_and_after_submitting(&browser, &page);
    each_query_is_a_step_in_the_history(&browser, &page);
    an_error_in_a_query_is_shown_with_its_place_and_help(&browser, &page);
    a_replaced_index_is_reported(&sandbox, &browser, &page);
    damaged_or_missing_files_are_reported(&sandbox, &browser);
}

#[test]
fn facets_narrow_the_results() {
    let sandbox = built();
    let page = format!("{}search/index.html", serve_files(sandbox.path("built")));
    let browser = Browser::start();
    browser.resize(1300, 900);
    each_facet_value_finds_the_number_it_shows(&browser, &page);
    a_facet_value_can_be_added_and_removed(&browser, &page);
    facets_work_with_an_incomplete_word(&browser, &page);
    filters_without_results_can_be_removed(&browser, &page);
    names_of_object_properties_are_ordinary_words(&browser, &page);
    facets_are_beside_the_results_or_collapsed_above_them(&browser, &page);
}

fn built() -> Sandbox {
    let (sandbox, _) = repository();
    sandbox.write(
        "team/tickets/2026/11/odd-names-p2p3p4.md",
        "---\ntitle: Zorgblatt\ntemplate: measured\nservice: constructor\nrequester: mei\ncreated: 2026-11-17T09:00:00Z\n\
         tags: [__proto__, Needs Info]\n---\nThe  folder is there.\n",
    );
    sandbox.commit("team", "odd names");
    sandbox.casebook("team", "build --out ../built").ok();
    sandbox
}

fn matches_are_marked_and_counted(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=cache+folder"));
    browser.wait_for("results", "#search-results", "Upgrade to 10.2.0-rc1 breaks the cache");
    browser.wait_for("an article", "#search-results .marks", "Article");
    browser.wait_for("a marked word", "#search-results mark", "cache");
    browser.wait_for("a count", "#search-count", "7 results (2 with all words, 5 close)");
    browser.wait_for("words that a result lacks", "#search-results .missing", "Without: folder");
    browser.wait_for("counts beside the results", "#search-facets", "Billing export 2");
    browser.open(&format!("{page}?q=is:any"));
    browser.wait_for("many results", "#search-count", "results");
    browser.press("#search-more");
    let shown =
        || browser.ask("arguments[0](document.querySelectorAll('#search-results > li').length)", Vec::new());
    wait_until("more results", || shown() == json!(20));
}

fn a_message_is_announced_once(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=cahce"));
    let corrected = "No results for “cahce”. Showing results for cache.";
    browser.wait_for("the correction", "[role=status] #search-corrected", corrected);
    browser.wait_for("the number of results", "[role=status] #search-count", "5 results");
    browser.wait_for("the corrected results", "#search-results mark", "cache");
    // The same query again has the same results and is not announced again.
    let again = "const [done] = arguments;\
        const list = document.getElementById('search-results'), first = list.firstChild;\
        let changes = 0;\
        const observer = new MutationObserver((all) => (changes += all.length));\
        observer.observe(document.querySelector('[role=status]'), { childList: true, subtree: true, characterData: true });\
        document.getElementById('search').requestSubmit();\
        const look = () => setTimeout(list.firstChild && list.firstChild !== first ? () => done(changes) : look, 50);\
        look();";
    assert_eq!(browser.ask(again, Vec::new()), json!(0));
}

fn a_word_is_found_while_typing_and_after_submitting(browser: &Browser, page: &str) {
    browser.open(page);
    browser.type_into("#search textarea", "cache fol");
    browser.wait_for("an incomplete word", "#search-results", "breaks the cache");
    browser.wait_for("the completed word", "#search-results mark", "folder");
    wait_until("the query in the address", || browser.url().ends_with("?q=cache+fol"));
    browser.submit("#search textarea", "");
    wait_until("the submitted query", || {
        browser.url().ends_with("?q=cache+fol*") && field(browser) == "cache fol*"
    });
    browser.wait_for("the same results", "#search-count", "2 with all words");
    browser.submit("#search textarea", " nonsense");
    browser.wait_for("a word without results", "#search-count", "0 with all words");
}

fn a_query_has_the_same_results_while_typing_and_after_submitting(browser: &Browser, page: &str) {
    let state = "[...document.querySelectorAll('#search-results h3'), ...document.querySelectorAll('[role=status] > *')]\
        .map((part) => part.textContent.trim())";
    // A whole word, the beginning of a word, a typo, a typo and the beginning of a word, and a word that is also the
    // beginning of other words.
    for query in ["cache folder", "cac", "cahce", "cahce fol", "all", "export"] {
        browser.open(page);
        browser.type_into("#search textarea", query);
        browser.wait_for("results while typing", "#search-count", "result");
        let submit = format!(
            "const [done] = arguments;\
             const list = document.getElementById('search-results'), first = list.firstChild;\
             const typed = {state};\
             document.getElementById('search').requestSubmit();\
             const look = () => setTimeout(list.firstChild !== first ? () => done([typed, {state}]) : look, 50);\
             look();"
        );
        let states = browser.ask(&submit, Vec::new());
        assert!(states[0].as_array().is_some_and(|parts| parts.len() > 2), "{query}: {states:#}");
        assert_eq!(states[0], states[1], "{query}");
    }
}

fn each_query_is_a_step_in_the_history(browser: &Browser, page: &str) {
    browser.open(page);
    browser.submit("#search textarea", "cache");
    browser.wait_for("the first query", "#search-count", "results");
    browser.submit("#search textarea", " folder");
    wait_until("the second query", || browser.url().ends_with("?q=cache+folder"));
    browser.wait_for("its number of results", "#search-count", "2 with all words");
    browser.wait_for("its results", "#search-facets a[data-name='tag:cache']", "cache");
    browser.press("#search-facets a[data-name='tag:cache']");
    wait_until("the third query", || browser.url().ends_with("?q=cache+folder+tag%3Acache"));
    for query in ["cache folder", "cache"] {
        browser.back();
        wait_until("the previous query", || {
            browser.url().ends_with(&format!("?q={}", query.replace(' ', "+")))
        });
        wait_until("the query in the field", || field(browser) == query);
    }
    browser.wait_for("the earlier results", "#search-results", "breaks the cache");
}

fn an_error_in_a_query_is_shown_with_its_place_and_help(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=cache"));
    browser.wait_for("counts", "#search-facets", "Status");
    browser.submit("#search textarea", " staus:open");
    browser.wait_for("an error", "#search-problem", "unknown key staus");
    browser.wait_for("its place", "#search-problem pre", "cache staus:open\n      ^^^^^");
    browser.wait_for("the help", "#search-problem", "did you mean status:?");
    browser.wait_for("text to copy", "#search-problem code", "status:");
    let left = "const [found, facets] = ['found', 'facets'].map((name) => document.getElementById(`search-${name}`));\
        arguments[0]([getComputedStyle(found).display, facets.textContent])";
    assert_eq!(browser.ask(left, Vec::new()), json!(["none", ""]), "the earlier results are removed");
    browser.open(&format!("{page}?q=%22out+of"));
    browser.wait_for("an unclosed quote", "#search-problem", "close the quote: \"out of\"");
    let long = "const [done] = arguments;\
        document.querySelector('#search textarea').value = 'a '.repeat(50000);\
        document.getElementById('search').requestSubmit();\
        setTimeout(done, 0);";
    browser.ask(long, Vec::new());
    browser.wait_for("a query of 100 kB", "#search-problem", "query has 100000 bytes; the limit is 16384");
}

fn a_replaced_index_is_reported(sandbox: &Sandbox, browser: &Browser, page: &str) {
    let manifest = sandbox.read("built/search/index.json");
    sandbox.write("built/search/index.json", manifest.replacen("\"version\":", "\"version\":9", 1));
    browser.open(&format!("{page}?q=cache"));
    browser.wait_for("another version", "#search-problem", "has changed");
    sandbox.write("built/search/index.json", &manifest);
    browser.open(&format!("{page}?q=cache"));
    browser.wait_for("the right version", "#search-results", "breaks the cache");
}

fn damaged_or_missing_files_are_reported(sandbox: &Sandbox, browser: &Browser) {
    let serve = || format!("{}search/index.html", serve_files(sandbox.path("built")));
    let page = serve();
    let folder = sandbox.path("built/search/i");
    fs::rename(&folder, sandbox.path("good")).unwrap();
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(sandbox.path("good")).unwrap() {
        fs::write(folder.join(entry.unwrap().file_name()), "damaged").unwrap();
    }
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("damaged files", "#search-problem", ".bin is damaged on the server");
    // The browser caches the files for ever, and still notices that they were repaired.
    fs::remove_dir_all(&folder).unwrap();
    fs::rename(sandbox.path("good"), &folder).unwrap();
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("repaired files", "#search-results", "xport");
    // At another address, the browser has no cached files.
    let page = serve();
    fs::remove_dir_all(&folder).unwrap();
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("missing files", "#search-problem", "has changed");
    browser.wait_for("the help", "#search-problem a", "Reload");
    // A new index is loaded without a message while the page is open.
    sandbox.casebook("team", "build --out ../built").ok();
    browser.submit("#search textarea", "");
    browser.wait_for("the new index", "#search-results", "xport");
    fs::remove_file(sandbox.path("built/search/index.json")).unwrap();
    browser.open(&format!("{page}?q=export"));
    browser.wait_for("no index", "#search-problem", "cannot be read");
}

fn each_facet_value_finds_the_number_it_shows(browser: &Browser, page: &str) {
    let different = "const [done] = arguments;\
        const links = [...document.querySelectorAll('#search-facets a:not([aria-current])')];\
        import(document.querySelector('script[type=module]').src).then(({ ask }) => Promise.all(links.map(async (link) => {\
          const query = new URL(link.href).searchParams.get('q');\
          return [query, link.nextElementSibling.textContent, String((await ask(query)).hits.length)];\
        }))).then((all) => done([all.length, all.filter(([, count, found]) => count !== found)]), (error) => done(String(error)));";
    for query in [
        "is:any",
        "cache OR export",
        "cache sort:created OR export",
        "label OR (export AND -service:billing) OR cache folder",
        "(cache OR export) AND has:answer sort:-created",
        "service:billing",
    ] {
        browser.open(&format!("{page}?q={}", query.replace(' ', "+")));
        browser.wait_for("counts", "#search-facets", "Status");
        let answer = browser.ask(different, Vec::new());
        assert!(answer[0].as_u64().is_some_and(|links| links > 5), "{query}: {answer}");
        assert_eq!(answer[1], json!([]), "{query}");
    }
}

fn a_facet_value_can_be_added_and_removed(browser: &Browser, page: &str) {
    let tag = "#search-facets a[data-name='tag:Needs Info']";
    for (query, narrowed) in [
        ("\"the  folder\"", "\"the  folder\" tag:\"Needs Info\""),
        ("zorgblatt OR cache sort:id", "(zorgblatt OR cache) tag:\"Needs Info\" sort:id"),
        ("(tag:cache OR zorgblatt) AND  -exporter", "(tag:cache OR zorgblatt) -exporter tag:\"Needs Info\""),
    ] {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        browser.open(&format!("{page}?q={encoded}"));
        browser.wait_for("the value", tag, "Needs Info");
        browser.press(tag);
        browser.wait_for("the selected value", "#search-facets a[aria-current]", "Needs Info");
        assert_eq!((field(browser).as_str(), focused(browser)), (narrowed, json!("tag:Needs Info")));
        browser.press(tag);
        wait_until("the tag is removed", || !field(browser).contains("Needs Info"));
        let words = |text: &str| text.replace(['(', ')'], " ").replace(" AND ", " ");
        let sorted = |text: &str| words(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(sorted(&field(browser)), sorted(query));
        wait_until("the focus", || focused(browser) == json!("tag:Needs Info"));
    }
    // The query can have the values in any spelling and together with others.
    browser.open(&format!("{page}?q=cache+tag%3A%22needs+info%22"));
    browser.wait_for("the selected value", "#search-facets a[aria-current]", "Needs Info");
    browser.open(&format!("{page}?q=cache+AND+(status:resolved)+OR+tag:cache"));
    browser.wait_for("values", "#search-facets a[data-name='status:resolved']", "Resolved");
    assert_eq!(browser.text("#search-facets a[aria-current]"), "");
}

fn facets_work_with_an_incomplete_word(browser: &Browser, page: &str) {
    browser.open(page);
    browser.type_into("#search textarea", "cac");
    browser.wait_for("values", "#search-facets a[data-name='tag:cache']", "cache");
    browser.press("#search-facets a[data-name='tag:cache']");
    browser.wait_for("the completed word and the tag", "#search-count", "2 results");
    assert_eq!(field(browser), "cac* tag:cache");
}

fn names_of_object_properties_are_ordinary_words(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=zorgblatt"));
    browser.wait_for("values", "#search-facets", "__proto__ 1");
    let text = browser.text("#search-facets") + &browser.text("#search-results");
    assert!(text.contains("constructor 1") && !text.contains("native code"), "{text}");
}

fn facets_are_beside_the_results_or_collapsed_above_them(browser: &Browser, page: &str) {
    let look = "const [side, list] = ['narrow', 'results'].map((name) => document.getElementById(`search-${name}`));\
        const isBefore = !!(side.compareDocumentPosition(list) & Node.DOCUMENT_POSITION_FOLLOWING);\
        arguments[0]([side.open, isBefore, side.querySelector('summary').checkVisibility()])";
    browser.open(&format!("{page}?q=cache"));
    browser.wait_for("values", "#search-facets", "Status");
    for (width, arranged) in
        [(1300, [true, false, false]), (600, [false, true, true]), (1300, [true, false, false])]
    {
        browser.resize(width, 900);
        wait_until("the width", || browser.ask(look, Vec::new()) == json!(arranged));
    }
}

fn filters_without_results_can_be_removed(browser: &Browser, page: &str) {
    browser.open(&format!("{page}?q=tag:nowhere+cache+-tag:upgrade"));
    browser.wait_for("no results", "#search-count", "No results");
    browser.wait_for("the filters", "#search-conditions:not([hidden])", "Remove a filter:");
    let all =
        "arguments[0]([...document.querySelectorAll('#search-conditions a')].map((a) => a.textContent))";
    assert_eq!(browser.ask(all, Vec::new()), json!(["tag:nowhere", "-tag:upgrade"]));
    browser.click("#search-conditions a");
    browser.wait_for("results", "#search-results", "cache");
    assert_eq!(field(browser), "cache -tag:upgrade");
    let hidden = "arguments[0](document.querySelector('#search-conditions').hidden)";
    wait_until("no filter is offered", || browser.ask(hidden, Vec::new()) == json!(true));
}

/// Returns the text in the search field.
fn field(browser: &Browser) -> String {
    let field = browser.ask("arguments[0](document.querySelector('#search textarea').value)", Vec::new());
    field.as_str().unwrap_or_default().to_owned()
}

/// Returns the name of the link that has the focus.
fn focused(browser: &Browser) -> Json {
    browser.ask("arguments[0](document.activeElement.dataset.name)", Vec::new())
}

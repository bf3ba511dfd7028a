//! The search over any page, tested in a browser with real keys.

use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
    waiting::wait_until,
};

#[test]
fn a_reader_finds_an_answer_over_any_page_with_the_keyboard() {
    let sandbox = Sandbox::in_memory();
    sandbox.casebook(".", "demo demo --no-serve").ok();
    let root = serve_files(sandbox.path("demo/public"));
    let browser = Browser::start();
    browser.resize(1300, 900);
    browser.open(&format!("{root}services/lockers/index.html"));
    browser.type_keys("/");
    browser.wait_for("the service of the page", "dialog[open] button.chip", "in Locker gateway");
    browser.type_keys("lockers offline");
    browser.wait_for(
        "the best answer",
        "dialog .option[aria-selected=true]",
        "Lockers offline after a certificate renewal",
    );
    let chosen = || text_of(&browser, "dialog .option[aria-selected=true] b");
    browser.type_keys("\u{e015}");
    wait_until("the next result is chosen", || {
        chosen() == "Lockers offline after certificate renewal, third time"
    });
    browser.wait_for("the answer", "dialog .preview", "The renewal job has a gate");
    let active = "arguments[0](document.getElementById(document.querySelector('dialog input').getAttribute('aria-activedescendant')).textContent)";
    assert!(
        browser.ask(active, Vec::new()).as_str().unwrap().contains("third time"),
        "a screen reader reads it"
    );
    browser.type_keys("\u{e007}");
    browser.wait_for("the page of the result", "h1", "Lockers offline after certificate renewal, third time");

    // Away from the page of a service, all services are searched.
    browser.type_keys("\u{e009}k");
    browser.wait_for("the dialog", "dialog[open] footer", "choose");
    browser.type_keys("invoice export");
    browser.wait_for("results of another service", "dialog .options", "Billing export");
    assert_eq!(text_of(&browser, "dialog .find .chip:not([hidden])"), "");
    browser.type_keys("\u{e00c}");
    wait_until("the dialog is closed", || {
        browser.ask("arguments[0](document.querySelectorAll('dialog[open]').length)", Vec::new()) == json!(0)
    });

    // What is typed into the bar is not lost while the search is loaded.
    browser.open(&format!("{root}tickets/index.html"));
    browser.ask("arguments[0](document.querySelector('.top input').focus())", Vec::new());
    browser.type_keys("z");
    let field = "arguments[0](document.querySelector('dialog[open] input')?.value)";
    wait_until("the dialog has the letter", || browser.ask(field, Vec::new()) == json!("z"));
    browser.type_keys("zqxv");
    browser.wait_for("what is known", "dialog output", "zzqxv");
}

#[test]
fn the_search_over_a_page_leads_out_of_a_service_and_returns_to_where_the_reader_was() {
    let sandbox = Sandbox::in_memory();
    sandbox.casebook(".", "demo demo --no-serve").ok();
    let root = serve_files(sandbox.path("demo/public"));
    let browser = Browser::start();
    browser.set_viewport(390, 800);
    browser.open(&format!("{root}services/lockers/index.html"));
    browser.ask("arguments[0](document.querySelector('.row h3 a').focus())", Vec::new());
    let focused = "arguments[0](document.activeElement.textContent)";
    let before = browser.ask(focused, Vec::new());
    browser.type_keys("/");
    browser.wait_for("the dialog", "dialog[open] .chip", "in Locker gateway");
    browser.type_keys("certificate");
    browser.wait_for("the answers on a narrow screen", "dialog .option .excerpt", "Sort the offline lockers");
    browser.wait_for("what the answer is", "dialog .option .excerpt b", "Fix");
    let is_shown = "arguments[0](document.querySelector('dialog .option .excerpt').checkVisibility())";
    assert_eq!(browser.ask(is_shown, Vec::new()), json!(true));
    let ways = "dialog .ways button";
    browser.wait_for("the way out", ways, "Search all services");
    browser.click(ways);
    wait_until("all services are searched", || {
        text_of(&browser, ways).is_empty() && !text_of(&browser, "dialog .option").is_empty()
    });
    let field = "arguments[0](document.querySelector('dialog input').value)";
    assert_eq!(browser.ask(field, Vec::new()), json!("certificate"));

    // A condition of the query is as narrow as the service of the page.
    browser.type_keys(" service:lockers");
    browser.wait_for("the way out of a condition", ways, "Search all services");
    browser.click(ways);
    wait_until("the condition is gone", || browser.ask(field, Vec::new()) == json!("certificate"));
    browser.type_keys("\u{e00c}");
    wait_until("the focus is where it was", || browser.ask(focused, Vec::new()) == before);
}

fn text_of(browser: &Browser, selector: &str) -> String {
    let script = "arguments[1](document.querySelector(arguments[0])?.textContent ?? '')";
    match browser.ask(script, vec![json!(selector)]) {
        Json::String(text) => text,
        other => panic!("{other}"),
    }
}

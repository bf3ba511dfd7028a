//! The forms of a static site, tested in a browser: from a page of the site to the address of the forge with the file filled in.

use std::{collections::BTreeSet, fs, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
    searched::repository,
    waiting::wait_until,
};

/// The editor of the page as `editor`, in a script that passes its result to `done`.
fn with_editor(script: &str) -> String {
    format!(
        "const done = arguments[arguments.length - 1], given = arguments[0];\
         import(document.querySelector('script[type=module]').src).then((page) => page.started)\
         .then(async (editor) => {{ {script} }}).catch((error) => done(String(error)));"
    )
}

pub(crate) fn ask(browser: &Browser, script: &str, given: Json) -> Json {
    browser.ask(&with_editor(script), vec![given])
}

/// Moves the focus with the tabulator key until the element that `css` selects has it.
#[track_caller]
fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..80 {
        let is_there = format!("arguments[0](document.activeElement.matches({css:?}))");
        if browser.ask(&is_there, vec![]) == json!(true) {
            return;
        }
        browser.type_keys("\u{e004}");
    }
    panic!("the tabulator key does not reach {css} of {}", browser.url());
}

pub(crate) fn wait_for_form(browser: &Browser) {
    let script = "arguments[0](document.documentElement.dataset.form ?? '')";
    wait_until("the form", || browser.ask(script, vec![]) == json!("ready"));
}

/// Returns the address that the submitted form hands over.
#[track_caller]
pub(crate) fn handed_over(browser: &Browser) -> String {
    let script = "const shown = (css) => document.querySelector(`${css}:not([hidden])`);\
        arguments[0]([shown('#form-handover')?.querySelector('a')?.href ?? '', shown('#form-problems')?.textContent ?? ''])";
    let mut answer = json!(null);
    wait_until("the address of the forge or a problem", || {
        answer = browser.ask(script, vec![]);
        answer != json!(["", ""])
    });
    assert_eq!(answer[1], json!(""), "the form has problems");
    answer[0].as_str().unwrap_or_default().to_owned()
}

/// Returns the file that an address of the forge creates: its path and its text.
fn file_in(address: &str) -> (String, String) {
    let url = url::Url::parse(address).unwrap();
    let query =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let folder = url.path().split_once("/main/").unwrap().1;
    (format!("{folder}/{}", query("filename").unwrap()), query("value").unwrap_or_default())
}

#[test]
fn a_new_incident_reaches_the_forge_by_keyboard_from_the_home_page() {
    let (sandbox, _) = repository();
    for name in ["bug", "incident", "question", "request"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("ticket-templates/{name}.md"));
        sandbox.write(format!("team/ticket-templates/{name}.md"), fs::read(file).unwrap());
    }
    sandbox.casebook("team", "build --out ../built").ok();
    let site = serve_files(sandbox.path("built"));
    let browser = Browser::start();
    browser.resize(1280, 1000);
    // A product links to the site with its page. Neither the token nor the user's name is kept.
    browser.open(&format!("{site}index.html?from=https%3A%2F%2Flena%3Apw%40acme.example%2Fconsole%2Fbilling%2Fexports%3Ftoken%3D1"));
    tab_to(&browser, "a[href*='new/']");
    browser.type_keys("\u{e007}");
    browser.wait_for("what is known of the path", "#form-from", "/console/billing/exports");
    tab_to(&browser, "a[href*='new/incident/']");
    browser.type_keys("\u{e007}");
    wait_for_form(&browser);
    browser.wait_for("the path", "#path-chips", "/console/billing/exports");
    assert_eq!(browser.text("#path-chips"), "/console/billing/exports");
    let focused = "arguments[0](document.activeElement.id)";
    assert_eq!(browser.ask(focused, vec![]), json!("title"), "one can begin to write");
    browser.type_keys("Invoice export ends with a timeout");
    tab_to(&browser, "[data-field=environment] input");
    tab_to(&browser, "[data-section=Problem] textarea");
    browser.type_keys("The export of October ends after 30 s with 504 upstream timed out.");
    browser.wait_for("similar tickets with answers", "#similar-list .match strong", "Fix");
    browser.wait_for("the reasons", "#similar-list .match summary", "same service · words: ");
    browser.wait_for("the date as on other pages", "#similar-list .match summary", " 2026");
    browser.wait_for("what screen readers read", "#similar-status[role=status]", "look like yours");
    tab_to(&browser, "#form button[type=submit]");
    browser.type_keys("\u{e007}");
    browser.wait_for("the problems", "#form-problems", "2 problems to fix first");
    assert_eq!(browser.ask(focused, vec![]), json!("form-problems"), "the list of problems has the focus");
    let described = "const [done] = arguments, field = document.querySelector('[data-section=Impact] textarea');\
        done([field.getAttribute('aria-invalid'), document.getElementById(field.getAttribute('aria-describedby').split(' ').at(-1)).textContent])";
    assert_eq!(browser.ask(described, vec![]), json!(["true", "Add your answer in at least 4 words."]));
    // The first problem is a link to its field.
    tab_to(&browser, "#form-problems a");
    browser.type_keys("\u{e007}");
    browser.type_keys(" ");
    tab_to(&browser, "[data-section=Impact] textarea");
    browser.type_keys("All accountants of EU customers wait.");
    tab_to(&browser, "#form button[type=submit]");
    browser.type_keys("\u{e007}");
    let (path, text) = file_in(&handed_over(&browser));
    assert!(path.starts_with("tickets/20") && path.contains("/invoice-export-ends-with-a-"), "{path}");
    for line in ["service: billing-export", "environment: production", "path: [/console/billing/exports]"] {
        assert!(text.lines().any(|other| other == line), "{text}");
    }
    sandbox.write(format!("team/{path}"), &text);
    sandbox.casebook("team", &format!("check {path}")).ok();
    // The next form begins with the service of this one, without a path.
    let fresh =
        "sessionStorage.clear(); localStorage.removeItem('casebook:draft:/:incident'); arguments[0]()";
    browser.ask(fresh, vec![]);
    browser.open(&format!("{site}robots.txt"));
    browser.open(&format!("{site}new/incident/index.html"));
    wait_for_form(&browser);
    browser.wait_for("why", "[data-field=service] .why", "The service of your last ticket.");
    browser.wait_for("the former draft", "#form-saved", "You handed a draft over");
    an_answer_ends_the_form(&browser, &site);
    a_link_sets_only_what_it_may(&browser, &site);
    no_address_contains_a_secret(&browser, &site);
    a_draft_of_60_kb_survives_a_reload(&browser, &site);
    the_id_of_another_ticket_is_looked_up(&browser, &site);
    a_product_links_to_a_form_with_its_fields(&browser, &site);
    let id = path.rsplit_once('/').unwrap().1.trim_end_matches(".md");
    a_reply_reaches_the_forge(&browser, &sandbox, &site, id);
}

fn an_answer_ends_the_form(browser: &Browser, site: &str) {
    browser.open(&format!("{site}new/bug/index.html"));
    wait_for_form(browser);
    browser.type_into("#title", "zyxwv qqq");
    browser.wait_for("no similar tickets", "#similar-status", "No similar tickets yet.");
    browser.type_into("#title", " Invoice export times out above 10,000 rows");
    browser.wait_for("similar tickets", "#similar-list .match", "This solved it");
    browser.press("#similar-list .match button");
    browser.wait_for("the end", "#form-solved", "No ticket needed");
    let shown = "arguments[0](document.querySelector('#form').checkVisibility())";
    assert_eq!(browser.ask(shown, vec![]), json!(false));
    browser.press("#form-solved button");
    assert_eq!(browser.ask(shown, vec![]), json!(true));
}

fn a_link_sets_only_what_it_may(browser: &Browser, site: &str) {
    browser.open(&format!(
        "{site}new/question/index.html?title=From+a+link&visibility=public&requester=mallory&template=imported&service=billing&nonsense=1&like=abc-k7f3qa"
    ));
    wait_for_form(browser);
    browser.wait_for(
        "the values",
        "#form-saved",
        "From the link: Title, Service, Related. Check these values.",
    );
    browser.wait_for(
        "the others",
        "#form-saved",
        "Ignored in the link: visibility, requester, template, nonsense.",
    );
    let draft = ask(browser, "done(editor.draft())", json!(null));
    assert_eq!(draft["keys"], json!([["service", "billing"], ["related", ["abc-k7f3qa"]]]));
    assert_eq!(
        (&draft["title"], &draft["requester"], &draft["template"]),
        (&json!("From a link"), &json!(""), &json!("question"))
    );
}

fn no_address_contains_a_secret(browser: &Browser, site: &str) {
    browser
        .open(&format!("{site}new/question/index.html?title=How+do+partners+read+invoices&service=billing"));
    wait_for_form(browser);
    browser
        .type_into("[data-section='Question'] textarea", "How do I give a partner read access to invoices?");
    let secret = concat!("We tried with AKIA", "Q3EGRYB7KMZP2XWN and it was refused. Write to lena@shop.fr");
    browser.type_into("[data-section='What I tried'] textarea", secret);
    assert!(
        !is_loaded(browser, "other-secrets"),
        "a text without one of their keywords needs no other rules"
    );
    browser.press("#form button[type=submit]");
    browser.wait_for("the secret", "#form-problems", "What I tried: Possible secret: AWS access key id");
    assert!(is_loaded(browser, "other-secrets"));
    browser.wait_for("personal data", "[data-section='What I tried'] .warn", "e-mail address");
    let address = "arguments[0](document.documentElement.outerHTML.includes('filename='))";
    assert_eq!(browser.ask(address, vec![]), json!(false));
    // Personal data is a warning: the form asks once before it makes an address.
    let rest = "const area = document.querySelector('[data-section=\"What I tried\"] textarea');\
        area.value = 'The page on roles says nothing. Write to lena@shop.fr'; done(true)";
    ask(browser, rest, json!(null));
    browser.press("#form button[type=submit]");
    browser.wait_for(
        "the question",
        "#form-problems",
        "What I tried: Possible personal data: e-mail address",
    );
    assert_eq!(browser.ask(address, vec![]), json!(false));
    browser.press("#form button[type=submit]");
    assert!(handed_over(browser).contains("lena%40shop.fr"));
}

/// Returns whether the page has loaded a file whose address contains `name`.
fn is_loaded(browser: &Browser, name: &str) -> bool {
    let script = "const [name, done] = arguments;\
        done(performance.getEntriesByType('resource').some((one) => one.name.includes(name)))";
    browser.ask(script, vec![json!(name)]) == json!(true)
}

fn the_id_of_another_ticket_is_looked_up(browser: &Browser, site: &str) {
    browser.open(&format!("{site}new/question/index.html?like=no-such-ticket-k7f3qa"));
    wait_for_form(browser);
    let leave = "await editor.leave(editor.field('related')); done(true)";
    ask(browser, leave, json!(null));
    let says = "No ticket on this site has the id “no-such-ticket-k7f3qa”";
    browser.wait_for("the warning", "[data-field=related] .warn", says);
    let known = "const page = await fetch('../../tickets/index.html').then((answer) => answer.text());\
        const id = /tickets\\/([a-z0-9-]+-[a-z0-9]{6})\\//.exec(page)[1];\
        editor.fields.set(editor.field('related'), [id]);\
        await editor.leave(editor.field('related')); done([id, document.querySelector('[data-field=related] .warn')])";
    let answer = ask(browser, known, json!(null));
    assert_eq!(answer[1], json!(null), "{answer}");
}

fn a_product_links_to_a_form_with_its_fields(browser: &Browser, site: &str) {
    browser.open(&format!("{site}new/index.html"));
    browser.press("#form-link summary");
    browser.wait_for("the fields of the first form", "#link-fields", "Steps to reproduce");
    let choose = "const list = document.getElementById('link-template');\
        list.value = [...list.options].find((one) => one.text === 'Incident').value;\
        list.dispatchEvent(new Event('change', { bubbles: true })); arguments[0]()";
    browser.ask(choose, vec![]);
    browser.wait_for("the fields of the form", "#link-fields", "Impact");
    assert!(!browser.text("#link-fields").contains("Visibility"), "a link cannot set it");
    browser.type_into("#link-from", "/console/billing");
    browser.press("#link-fields input[value=production]");
    browser.type_into("#link-fields [data-section=Impact] textarea", "Nobody can export");
    browser.wait_for("the link", "#link-address", "Impact=Nobody");
    let link = browser.text("#link-address");
    browser.open(&link);
    wait_for_form(browser);
    let draft = ask(browser, "done(editor.draft())", json!(null));
    assert_eq!(
        (&draft["path"], &draft["body"]),
        (&json!(["/console/billing"]), &json!("## Impact\nNobody can export\n")),
        "{link}"
    );
    assert!(draft["keys"].to_string().contains(r#"["environment","production"]"#), "{draft}");
}

fn a_draft_of_60_kb_survives_a_reload(browser: &Browser, site: &str) {
    let page = format!("{site}new/request/index.html");
    browser.open(&page);
    wait_for_form(browser);
    let long: String = (0..2_000).map(|n| format!("Project {n} needs a higher limit.\n")).collect();
    assert!(long.len() > 60_000);
    let write = "const area = document.querySelector('[data-section=Request] textarea');\
        area.value = given; area.dispatchEvent(new Event('input', { bubbles: true })); done(true)";
    ask(browser, write, json!(long));
    browser.type_into("#title", "Raise the API limit");
    browser.wait_for("the draft", "#form-status", "Draft saved in this browser.");
    browser.open(&page);
    wait_for_form(browser);
    browser.wait_for("the restored draft", "#form-saved", "was restored");
    let script = "done([editor.draft().title, document.querySelector('[data-section=Request] textarea').value.length])";
    assert_eq!(ask(browser, script, json!(null)), json!(["Raise the API limit", long.len()]));
    // A text that is too long for an address is copied.
    browser.type_into("[data-section='Why'] textarea", "The import of the partner starts on Monday.");
    ask(browser, "editor.fields.set(editor.field('service'), 'billing'); done(true)", json!(null));
    browser.press("#form button[type=submit]");
    let address = handed_over(browser);
    assert!(address.contains("filename=raise-the-api-limit-") && !address.contains("value="), "{address}");
    browser.press("#form-saved button");
    wait_until("a form without the draft", || {
        browser.ask("arguments[0](document.querySelector('#title')?.value ?? null)", vec![]) == json!("")
    });
}

fn a_reply_reaches_the_forge(browser: &Browser, sandbox: &Sandbox, site: &str, id: &str) {
    // The ticket from the form is merged, and the site is built again.
    sandbox.casebook("team", "build --out ../built").ok();
    browser.open(&format!("{site}tickets/{id}/index.html"));
    browser.press("a[href*='reply/']");
    wait_for_form(browser);
    browser.wait_for("the ticket", "#reply-ticket", "To Invoice export ends with a timeout");
    browser.wait_for("its state and its text", "#reply-ticket", "Open The export of October ends after 30 s");
    browser.type_into("#author", "mei");
    browser.press("input[value=resolved]");
    browser.press("#form button[type=submit]");
    browser.wait_for("the problem", "#form-problems", "Resolution: Choose a value.");
    let choose = "const list = document.getElementById('resolution'); list.value = 'fixed';\
        list.dispatchEvent(new Event('change', { bubbles: true })); editor.changed(); done(true)";
    ask(browser, choose, json!(null));
    browser.press("#form button[type=submit]");
    browser.wait_for(
        "the sections of the resolution",
        "#form-problems",
        "Cause: Add your answer in at least 3 words.",
    );
    browser.type_into("[data-section=Cause] textarea", "One query for each row.");
    browser.type_into("[data-section=Fix] textarea", "A join reads all rows at once.");
    browser.press("[data-field=root_cause] input[value=code]");
    browser.press("#form button[type=submit]");
    let (path, text) = file_in(&handed_over(browser));
    sandbox.write(format!("team/{path}"), &text);
    sandbox.casebook("team", &format!("check {path}")).ok();
    let ticket = sandbox.show("team", id);
    assert_eq!((&ticket["status"], &ticket["resolution"]), (&json!("resolved"), &json!("fixed")), "{text}");
    assert!(path.contains("Z-mei-"), "{path}");
}

/// The largest size in bytes of what a form loads before the first search, and of what other pages load, compressed.
const MOST_OF_FORM: usize = 70_000;
const MOST_OF_PAGE: usize = 40_000;

/// Returns the size of the style sheets, scripts, icons and rules of a page, each compressed as servers do it.
fn loaded(root: &Path, page: &str) -> usize {
    let html = fs::read_to_string(root.join(page)).unwrap();
    // The first search loads the engine.
    let html = match html.split_once("<template id=\"engine-modules\">") {
        Some((before, rest)) => before.to_owned() + rest.split_once("</template>").unwrap().1,
        None => html,
    };
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_loaded = |path: &str| {
        let is_asset = path.contains("assets/");
        // The other rules for secrets are loaded only for a text with one of their keywords.
        is_asset || (path.contains("new/") && path.ends_with(".json") && !path.contains("other-secrets"))
    };
    let paths: BTreeSet<&str> = html.split('"').filter(|part| is_loaded(part)).collect();
    assert!(paths.len() > 3, "{paths:?}");
    let size = |path: &&str| {
        let file = root.join(folder).join(path);
        let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&bytes).unwrap();
        gzip.finish().unwrap().len()
    };
    paths.iter().map(size).sum()
}

#[test]
fn pages_and_forms_load_little() {
    let sandbox = Sandbox::in_memory();
    sandbox.casebook("", "demo --no-serve team").ok();
    let root = sandbox.path("team/public");
    for form in ["new/incident/index.html", "new/bug/index.html", "reply/index.html", "new/index.html"] {
        let size = loaded(&root, form);
        assert!(size <= MOST_OF_FORM, "{form} loads {size} bytes");
    }
    for page in ["index.html", "services/lockers/index.html", "tickets/index.html", "search/index.html"] {
        let size = loaded(&root, page);
        assert!(size <= MOST_OF_PAGE, "{page} loads {size} bytes");
    }
}

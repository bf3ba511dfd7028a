//! The forms of a static site, tested in a browser: from a page of the site to the address of the forge with the file filled in.

use std::{fs, path::Path};

use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
    searched::repository,
    waiting::wait_until,
};

/// The templates of the second repository, with a field of every type.
const EVERY_TYPE: &str = "---
title: Every type
about: All there is.
fields:
  text: { type: text, pattern: '^\\d+(\\.\\d+)+$', example: 2.14.0, ask: Which version? }
  free: { type: text }
  odd: { type: text, pattern: '^\\bx' }
  number: { type: number }
  boolean: { type: boolean }
  date: { type: date, required: open }
  choice: { type: choice, options: [production, staging], required: open }
  many_choices: { type: choice, many: true, options: [a, b, c] }
  person: { type: person }
  people: { type: person, many: true }
  other_service: { type: service }
  url: { type: url }
  ticket: { type: ticket }
  lines: { type: text, many: true }
  trace: { type: text, required: open, when: { choice: production } }
sections:
  Problem: { required: open, min_words: 3 }
  Steps: { needs: [list, code] }
resolution:
  Cause: { required: [fixed], min_words: 2 }
  Fix: { required: [fixed], min_words: 2 }
---
## Problem
<!-- What happened? -->
";

/// The editor of the page as `editor`, in a script that passes its result to `done`.
fn with_editor(script: &str) -> String {
    format!(
        "const done = arguments[arguments.length - 1], given = arguments[0];\
         import(document.querySelector('script[type=module]').src).then((page) => page.started)\
         .then(async (editor) => {{ {script} }}).catch((error) => done(String(error)));"
    )
}

fn ask(browser: &Browser, script: &str, given: Json) -> Json {
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

fn wait_for_form(browser: &Browser) {
    let script = "arguments[0](document.documentElement.dataset.form ?? '')";
    wait_until("the form", || browser.ask(script, vec![]) == json!("ready"));
}

/// Returns the address that the submitted form hands over.
#[track_caller]
fn handed_over(browser: &Browser) -> String {
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
    tab_to(&browser, "#title");
    browser.type_keys("Invoice export ends with a timeout");
    tab_to(&browser, "[data-field=environment] input");
    tab_to(&browser, "[data-section=Problem] textarea");
    browser.type_keys("The export of October ends after 30 s with 504 upstream timed out.");
    browser.wait_for("similar tickets with answers", "#similar-list .match", "Answer");
    tab_to(&browser, "#form button[type=submit]");
    browser.type_keys("\u{e007}");
    browser.wait_for("the problems", "#form-problems", "2 problems to fix first");
    let focused = "arguments[0](document.activeElement.id)";
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
    browser.press("#form button[type=submit]");
    browser.wait_for("the secret", "#form-problems", "What I tried: Possible secret: AWS access key id");
    browser.wait_for("personal data", "[data-section='What I tried'] .warn", "e-mail address");
    let address = "arguments[0](document.documentElement.outerHTML.includes('filename='))";
    assert_eq!(browser.ask(address, vec![]), json!(false));
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
    browser.wait_for("the ticket", "#reply-ticket", id);
    browser.type_into("#author", "mei");
    browser.press("input[value=resolved]");
    browser.press("#form button[type=submit]");
    browser.wait_for("the problem", "#form-problems", "Resolution: Add a value.");
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
    let cause = "const list = document.querySelector('[data-field=root_cause] select'); if (list) list.value = 'code'; done(true)";
    ask(browser, cause, json!(null));
    browser.press("#form button[type=submit]");
    let (path, text) = file_in(&handed_over(browser));
    sandbox.write(format!("team/{path}"), &text);
    sandbox.casebook("team", &format!("check {path}")).ok();
    let ticket = sandbox.show("team", id);
    assert_eq!((&ticket["status"], &ticket["resolution"]), (&json!("resolved"), &json!("fixed")), "{text}");
    assert!(path.contains("Z-mei-"), "{path}");
}

fn every_type(settings: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    sandbox.write("team/ticket-templates/every-type.md", EVERY_TYPE);
    sandbox.write(
        "team/casebook.yml",
        format!("version: 1\n{settings}services: {{ billing: {{ name: Billing }} }}\npeople: {{ mei: {{ name: Mei }}, omar: {{ name: Omar }} }}\n"),
    );
    sandbox.write(
        "team/tickets/2026/11/other-k7f3qa.md",
        "---\ntitle: The other one fails\ntemplate: imported\nrequester: mei\ncreated: 2026-11-01T00:00:00Z\n---\nIt fails.\n",
    );
    sandbox.commit("team", "templates");
    sandbox.casebook("team", "build --out ../built").ok();
    sandbox
}

#[test]
fn hostile_values_of_every_type_are_read_as_they_were_typed() {
    let sandbox = every_type("");
    let browser = Browser::start();
    browser.resize(1280, 1000);
    browser.open(&format!("{}new/every-type/index.html", serve_files(sandbox.path("built"))));
    wait_for_form(&browser);
    each_type_is_checked_at_its_field(&browser);
    let texts = hostile();
    assert!(texts.len() >= 100, "{}", texts.len());
    let script = "done(given.map((text) => {\
        for (const field of editor.fields.all) {\
          const control = field.querySelector('.control');\
          if (!control) for (const input of field.querySelectorAll('input')) input.checked = false;\
          else if (control.tagName !== 'SELECT') control.value = text;\
        }\
        document.getElementById('path-text').value = text;\
        editor.id = null; editor.isNamed = false;\
        const { draft, place, text: file } = editor.compose();\
        return [place.folder + '/' + place.name, file, draft];\
      }))";
    let composed = ask(&browser, script, json!(texts));
    let composed = composed.as_array().unwrap_or_else(|| panic!("{composed}"));
    for (at, file) in composed.iter().enumerate() {
        // The names have random letters, so the test gives its own.
        let path = file[0].as_str().unwrap();
        assert!(path.strip_prefix("tickets/").is_some_and(|path| path.ends_with(".md")), "{path}");
        sandbox.write(format!("team/tickets/h{at}.md"), file[1].as_str().unwrap());
    }
    for (at, (text, file)) in texts.iter().zip(composed).enumerate() {
        let ticket = sandbox.show("team", &format!("h{at}"));
        assert_same(&ticket, &file[2], &format!("{text:?}:\n{}", file[1].as_str().unwrap()));
    }
    without_a_forge_the_form_offers_the_file(&browser);
}

/// Asserts that a ticket has the values of a draft, and no other key.
#[track_caller]
fn assert_same(ticket: &Json, draft: &Json, what: &str) {
    assert_eq!(ticket["title"], draft["title"], "{what}");
    let requester = draft["requester"].as_str().filter(|text| !text.is_empty());
    assert_eq!(ticket["requester"].as_str(), requester, "{what}");
    assert_eq!(ticket.get("path").unwrap_or(&json!([])), &draft["path"], "{what}");
    let keys = draft["keys"].as_array().unwrap();
    let fields = ticket["fields"].as_object().cloned().unwrap_or_default();
    let mut own = 0;
    for pair in keys {
        let (key, value) = (pair[0].as_str().unwrap(), &pair[1]);
        let value = match value["number"].as_str() {
            Some(number) => serde_json::from_str(number).unwrap(),
            None => value.clone(),
        };
        let found = match key {
            "tags" | "related" | "service" | "priority" => &ticket[key],
            _ => {
                own += 1;
                fields.get(key).unwrap_or(&Json::Null)
            }
        };
        assert_eq!(*found, value, "{key} of {what}");
    }
    assert_eq!(fields.len(), own, "{fields:?} of {what}");
    assert_ne!(ticket["visibility"], json!("public"), "{what}");
    let body = ticket["body"].as_str().unwrap_or_default().trim_end();
    assert_eq!(body, draft["body"].as_str().unwrap().trim_end(), "{what}");
}

fn each_type_is_checked_at_its_field(browser: &Browser) {
    for (field, wrong, message) in [
        ("text", "2.14.", "such as 2.14.0"),
        ("number", "12 apples", "Write digits only"),
        ("date", "22.11.2026", "Write a date as in 2026-11-22."),
        ("url", "acme.example", "Write a URL"),
        ("lines", "a\nb", ""),
        ("title", "help", "Too vague"),
    ] {
        let css = format!("[data-field={field}] .control");
        browser.type_into(&css, wrong);
        browser.type_keys("\u{e004}");
        browser.wait_for(field, &format!("[data-field={field}]"), message);
    }
    let shown = |name: &str| {
        let script = format!("arguments[0](document.querySelector('[data-field={name}]').checkVisibility())");
        browser.ask(&script, vec![]) == json!(true)
    };
    assert!(!shown("trace"), "a field that no value requires is hidden");
    browser.press("input[value=production]");
    wait_until("the conditional field", || shown("trace"));
    browser.press("#form button[type=submit]");
    browser.wait_for("the conditional field", "#form-problems", "Trace: Add a value.");
    browser.wait_for("a pattern that only check reads", "[data-field=odd]", "not checked on this page");
    let named = "const [done] = arguments;\
        done([...document.querySelectorAll('#form :is(input, textarea, select)')].filter((one) => !one.labels?.length).map((one) => one.id))";
    assert_eq!(browser.ask(named, vec![]), json!([]), "every control has a label");
}

fn without_a_forge_the_form_offers_the_file(browser: &Browser) {
    let fill = "for (const field of editor.fields.all) { const control = field.querySelector('.control'); if (control) control.value = ''; }\
        document.getElementById('path-text').value = '';\
        const set = (place, value) => editor.fields.set(editor.fields.element(place), value);\
        set({ field: 'title' }, 'Invoice export times out'); set({ field: 'date' }, '2026-11-22'); set({ field: 'choice' }, 'staging');\
        set({ section: 'Problem' }, 'The export ends after 30 s.'); done(true)";
    ask(browser, fill, json!(null));
    browser.press("#form button[type=submit]");
    browser.wait_for("the commands", "#form-handover", "casebook check tickets/");
    let download = "const link = document.querySelector('#form-handover a[download]');\
        fetch(link.href).then((answer) => answer.text()).then((text) => done([link.download, text]), (error) => done([String(error), '']))";
    let blocked = ask(browser, download, json!(null));
    // The policy of the page lets no script read the file, but the browser saves it.
    assert!(blocked[0].as_str().is_some_and(|name| !name.is_empty()), "{blocked}");
}

#[test]
fn a_forge_that_ignores_the_text_gets_it_from_the_clipboard() {
    let sandbox = every_type("repository: https://gitlab.acme.example/a/b\n");
    let browser = Browser::start();
    browser.open(&format!("{}new/every-type/index.html", serve_files(sandbox.path("built"))));
    wait_for_form(&browser);
    let fill = "const set = (place, value) => editor.fields.set(editor.fields.element(place), value);\
        set({ field: 'title' }, 'Invoice export times out'); set({ field: 'date' }, '2026-11-22'); set({ field: 'choice' }, 'staging');\
        set({ section: 'Problem' }, 'The export ends after 30 s.'); done(true)";
    ask(&browser, fill, json!(null));
    browser.press("#form button[type=submit]");
    let address = handed_over(&browser);
    let start = "https://gitlab.acme.example/a/b/-/new/main?file_name=tickets%2F";
    assert!(address.starts_with(start) && address.ends_with(".md"), "{address}");
    let text = browser.text("#form-handover");
    assert!(text.contains("Markdown is copied") || text.contains("refused to copy"), "{text}");
}

/// Texts that could break out of a value.
fn hostile() -> Vec<String> {
    let plain = [
        "~",
        "null",
        "true",
        "no",
        "on",
        "1.10",
        "0755",
        "0x1f",
        "1_000",
        "12:30:45",
        "1e3",
        ".inf",
        "-",
        "---",
        "--- x",
        "...",
        "... x",
        "?",
        "? a",
        "- a",
        "-a",
        "+a",
        "/a",
        ": x",
        "x:",
        "x: y",
        "x # y",
        "# x",
        "#x",
        "&a",
        "*a",
        "!a",
        "!!str x",
        "|",
        "|-",
        ">",
        "%YAML 1.2",
        "@x",
        "`x`",
        "'",
        "''",
        "'x'",
        "\"",
        "\"x\"",
        "\\",
        "\\n",
        "[",
        "]",
        "[a]",
        "[a, b]",
        "{",
        "}",
        "{a: b}",
        "a, b",
        ",",
        "<<",
        "=",
        "title: y\nvisibility: public",
        "x\n---\nvisibility: public\n---\n",
        "---\nvisibility: public\n---\n",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a\tb",
        "\u{85}x\u{85}",
        "a\u{2028}b: c",
        "a\u{2029}visibility: public",
        "\u{feff}a",
        "a\u{feff}b",
        "a\u{0}b",
        "\u{7}",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{9f}",
        "\u{202e}abc",
        "\u{2066}x\u{2069}",
        "\u{200b}x",
        "\u{a0}x\u{a0}",
        "\u{3000}x",
        "\u{fffe}",
        "\u{ffff}",
        "\u{fffd}",
        "\u{1f600}",
        "e\u{301}",
        "导出超时",
        "שלום",
        "2026-11-22",
        "2026-11-22T09:14:00Z",
        "2026-1-2 3:4:5",
        "http://x: y",
        "https://acme.example/?q=a+b&c#d",
        "a:: b",
        "a -b",
        "a  b",
        "<script>alert(1)</script>",
        "<!-- x",
        "<!-- x -->",
        "## Problem\nx",
        "# Title",
        "```\n## Steps\n",
        "{{ x }}",
        "${x}",
        "$(x)",
        "%0A",
        "a%b",
        "C:\\x\\y",
        "key: [a",
        "\"unclosed",
        "it's",
        "nUlL",
        "Off",
        "e3",
        "2.14.0",
        "a.b/c-d_e f",
        "__proto__",
        "constructor",
        "ключ: значение",
        "</textarea><img src=x onerror=alert(1)>",
    ];
    let mut texts: Vec<String> = plain.map(str::to_owned).to_vec();
    texts.push("x".repeat(20_000));
    texts.push("a: b\n".repeat(500));
    texts.push("é ".repeat(3_000));
    texts
}

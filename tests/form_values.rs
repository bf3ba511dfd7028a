//! Values of every type in the forms of a static site, tested in a browser: hostile ones are read as they were typed.

use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    form::{ask, handed_over, wait_for_form},
    sandbox::Sandbox,
    waiting::wait_until,
};

/// A template with a field of every type.
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

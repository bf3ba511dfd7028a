//! Values of every type in the forms of a static site, tested in a browser: hostile ones are read as they were typed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Value as Json, json};
use url::form_urlencoded;

use crate::{
    browser::{Browser, serve_files},
    form::{ask, handed_over, wait_for_form},
    hostile::{armed, payloads, without_policy},
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
fn each_type_of_field_is_checked_where_it_is_typed() {
    let sandbox = every_type("");
    let browser = Browser::start();
    browser.resize(1280, 1000);
    browser.open(&format!("{}new/every-type/index.html", serve_files(sandbox.path("built"))));
    wait_for_form(&browser);
    each_type_is_checked_at_its_field(&browser);
    without_a_forge_the_form_offers_the_file(&browser);
}

/// Functions for the page of a form. `compose` fills in a text, as `typed` or from a `link`, shows all findings and the preview,
/// and returns the file with its draft.
const FILLING: &str = r#"
window.ran = (n) => window.seen.push(n);
window.seen = [];
window.alert = window.confirm = window.prompt = () => window.seen.push("dialog");
window.fill = {
  typed(editor, text) {
    for (const field of editor.fields.all) {
      for (const control of field.querySelectorAll("input:not([type=radio], [type=checkbox]), textarea")) {
        control.value = text;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    const path = document.getElementById("path-text");
    path.value = text;
    path.dispatchEvent(new Event("input", { bubbles: true }));
  },
  link(editor, text) {
    const names = editor.fields.all.map(({ dataset }) => dataset.field ?? dataset.section);
    const values = new URLSearchParams([...names, text, "visibility"].map((name) => [name, text]));
    values.append("from", text);
    history.replaceState(null, "", `?${values}`);
    editor.fillFromLink();
    editor.showPath();
  },
};
window.compose = (editor, how, text) => {
  for (const field of editor.fields.all) {
    for (const control of field.querySelectorAll(".control")) control.value = "";
    for (const input of field.querySelectorAll("input")) input.checked = false;
  }
  document.getElementById("path-text").value = "";
  document.getElementById("form-saved").replaceChildren();
  editor.id = null;
  editor.isNamed = false;
  fill[how](editor, text);
  const found = editor.all();
  editor.findings.atAll(found);
  editor.findings.list(found);
  editor.findings.warn(found);
  document.getElementById("form-preview").open = true;
  editor.preview();
  const { draft, place, text: file } = editor.compose();
  return [`${place.folder}/${place.name}`, file, draft];
};"#;

#[test]
fn hostile_values_run_nowhere_and_are_read_as_they_were_typed() {
    let sandbox = every_type("");
    // Readers of a public site do not see all people and services, so these are typed there.
    sandbox.casebook("team", "build --audience public --out ../public").ok();
    let page = sandbox.path("public/new/every-type/index.html");
    fs::write(&page, without_policy(&fs::read_to_string(&page).unwrap())).unwrap();
    let texts = hostile();
    let browser = Browser::start();
    browser.resize(1280, 1000);
    let site = serve_files(sandbox.path("public"));
    // The first values come from a link that is opened, the others from the same page with other addresses.
    let first = form_urlencoded::byte_serialize(texts[0].as_bytes()).collect::<String>();
    browser.open(&format!(
        "{site}new/every-type/index.html?title={first}&free={first}&Problem={first}&from={first}"
    ));
    wait_for_form(&browser);
    ask(&browser, &format!("{FILLING}; await editor.detectors.load(given); done(true)"), json!(texts));
    let script = "done(given.texts.map((text) => compose(editor, given.how, text)))";
    let mut composed = Vec::new();
    for how in ["link", "typed"] {
        for some in texts.chunks(40) {
            let answer = ask(&browser, script, json!({ "how": how, "texts": some }));
            let files = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
            composed.extend(some.iter().zip(files).map(|(text, file)| (how, text, file.clone())));
        }
    }
    assert_eq!(ask(&browser, "done(seen)", json!(null)), json!([]), "nothing runs");
    // What would run is noticed.
    ask(
        &browser,
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x onerror=top.ran(-1)>'); done(1)",
        json!(null),
    );
    wait_until("the control", || ask(&browser, "done(seen)", json!(null)) == json!([-1]));
    for (at, (_, _, file)) in composed.iter().enumerate() {
        // The names have random letters, so the test gives its own.
        let path = file[0].as_str().unwrap();
        assert!(path.strip_prefix("tickets/").is_some_and(|path| path.ends_with(".md")), "{path}");
        sandbox.write(format!("team/tickets/h{at}.md"), file[1].as_str().unwrap());
    }
    let exported = sandbox.casebook("team", "export jsonl").ok().out;
    let tickets: BTreeMap<String, Json> = exported
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|ticket: Json| (ticket["id"].as_str().unwrap().to_owned(), ticket))
        .collect();
    for (at, (how, text, file)) in composed.iter().enumerate() {
        let what = format!("{how} {text:?}:\n{}", file[1].as_str().unwrap());
        assert_same(&tickets[&format!("h{at}")], &file[2], &what);
    }
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
    let mut known = vec![
        "id",
        "source",
        "title",
        "template",
        "created",
        "requester",
        "path",
        "body",
        "replies",
        "fields",
    ];
    for pair in keys {
        let (key, value) = (pair[0].as_str().unwrap(), &pair[1]);
        let value = match value["number"].as_str() {
            Some(number) => serde_json::from_str(number).unwrap(),
            None => value.clone(),
        };
        let found = match key {
            "tags" | "related" | "service" | "priority" => {
                known.push(key);
                &ticket[key]
            }
            _ => {
                own += 1;
                fields.get(key).unwrap_or(&Json::Null)
            }
        };
        assert_eq!(*found, value, "{key} of {what}");
    }
    assert_eq!(fields.len(), own, "{fields:?} of {what}");
    let more: Vec<&String> =
        ticket.as_object().unwrap().keys().filter(|key| !known.contains(&key.as_str())).collect();
    assert_eq!(more, [""; 0], "{what}");
    let body = ticket["body"].as_str().unwrap_or_default().trim_end();
    assert_eq!(body, draft["body"].as_str().unwrap().trim_end(), "{what}");
}

fn each_type_is_checked_at_its_field(browser: &Browser) {
    for (field, wrong, message) in [
        ("text", "2.14.", "such as 2.14.0"),
        ("number", "12 apples", "Write digits only"),
        // Only the month: a part of a date is no date.
        ("date", "11", "Write a whole date, such as 2026-11-22"),
        ("url", "acme.example", "Write a URL"),
        ("lines", "a\nb", ""),
        ("title", "help", "Too vague"),
    ] {
        let css = format!("[data-field={field}] .control");
        browser.type_into(&css, wrong);
        browser.ask("document.activeElement.blur(); arguments[0]()", vec![]);
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
    screen_readers_name_and_describe_every_control(browser);
}

/// Asserts that screen readers get a name for each control, the hint of each field, and its problem.
fn screen_readers_name_and_describe_every_control(browser: &Browser) {
    browser.press(".more summary");
    let tree = browser.command("Accessibility.getFullAXTree", json!({}));
    let roles = ["textbox", "combobox", "radio", "checkbox", "Date", "InputTime", "button"];
    let text = |node: &Json, part: &str| node[part]["value"].as_str().unwrap_or_default().to_owned();
    let controls: Vec<(String, String, String)> = tree["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["ignored"] != json!(true))
        .map(|node| (text(node, "role"), text(node, "name"), text(node, "description")))
        .filter(|(role, ..)| roles.contains(&role.as_str()))
        .collect();
    assert!(controls.len() > 30, "{controls:#?}");
    for (role, name, description) in &controls {
        assert!(!name.trim().is_empty(), "a {role} without a name: {description}");
    }
    for (name, has) in [
        ("Text optional", "Which version? For example 2.14.0 Write a value that matches"),
        ("Number optional", "Write digits only"),
        ("Date", "The time is optional, in your time zone. Write a whole date"),
        ("Date: time", "The time is optional"),
        ("Url optional", "Write a URL"),
        ("Trace", "Required if Choice is production. Add a value."),
        ("Problem", "At least 3 words"),
        ("Related optional", "The whole ids"),
    ] {
        let described =
            controls.iter().any(|(_, other, description)| other == name && description.contains(has));
        assert!(described, "{name} is not described by {has:?}: {controls:#?}");
    }
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

/// Texts that could run as a script, each with code that notes its number, and texts that could break out of a value.
fn hostile() -> Vec<String> {
    let values = include_str!("hostile_values.txt").lines().map(|line| serde_json::from_str(line).unwrap());
    let mut texts: Vec<String> =
        payloads().iter().enumerate().map(|(at, payload)| armed(at, payload)).chain(values).collect();
    assert!(texts.iter().collect::<BTreeSet<_>>().len() >= 500, "{}", texts.len());
    texts.push("x".repeat(20_000));
    texts.push("a: b\n".repeat(500));
    texts.push("é ".repeat(3_000));
    texts
}

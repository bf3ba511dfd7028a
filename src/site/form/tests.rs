//! The scripts of the forms find and compose the same as Casebook's own rules and files. Node runs them.

#![allow(clippy::disallowed_methods, reason = "runs the scripts of the forms with Node")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::FormRules;
use crate::check::{CheckContext, RULES, check_all, source_of};
use crate::detectors::{personal, secrets::Secrets};
use crate::diagnostic::Finding;
use crate::intake::{ReplyDraft, TicketDraft, new_id};
use crate::repo::{CacheSlot, MemorySource};
use crate::settings::{ForgeKind, Settings};
use crate::site::forge::{Forge, FormForge};
use crate::store::{Store, load};
use crate::text::{RepoPath, Time};
use crate::ticket::{FieldChange, Resolution, Status, YamlValue};
use crate::view::Audience;

const NOW: &str = "2026-12-01T00:00:00Z";

/// The codes that a form can find.
const CODES: [&str; 17] = [
    "bad-value",
    "control-character",
    "empty-section",
    "missing-field",
    "missing-list-or-code",
    "missing-section",
    "oversized-value",
    "personal-data",
    "placeholder",
    "repeated-text",
    "secret",
    "too-short",
    "unclosed-comment",
    "unknown-person",
    "unknown-service",
    "untouched-hint",
    "weak-title",
];

/// Runs the scripts on `cases` and returns their answers. A case names its rules by their number in `rules`.
fn answers(rules: &[Json], cases: &[Json]) -> Vec<Json> {
    let folder = env!("CARGO_MANIFEST_DIR");
    let mut node = Command::new("node")
        .args([format!("{folder}/tests/form_rules.mjs"), format!("{folder}/site/assets")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node must be installed");
    let secrets = Secrets::builtin().for_browser();
    let input = json!({ "secrets": secrets, "rules": rules, "cases": cases }).to_string();
    let mut stdin = node.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the scripts failed");
    let answers: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), cases.len());
    answers
}

fn time() -> Time {
    Time::parse(NOW).unwrap()
}

/// Returns a value in the form of site/assets/form/yaml.js.
fn value(value: &YamlValue) -> Json {
    match value {
        YamlValue::Null => Json::Null,
        YamlValue::Bool(value) => json!(value),
        YamlValue::Number(text) => json!({ "number": text }),
        YamlValue::Text(text) => json!(text),
        YamlValue::List(items) => items.iter().map(self::value).collect(),
        YamlValue::Map(entries) => {
            let entries: Vec<Json> =
                entries.iter().map(|(key, one)| json!([key, self::value(one)])).collect();
            json!({ "map": entries })
        }
    }
}

fn draft_json(draft: &TicketDraft) -> Json {
    let keys: Vec<Json> = draft.keys.iter().map(|(key, one)| json!([key, value(one)])).collect();
    json!({
        "title": draft.title, "template": draft.template, "requester": draft.requester, "keys": keys,
        "path": draft.came_from, "body": draft.body,
    })
}

fn store(source: MemorySource) -> Store {
    load(Arc::new(source), &CacheSlot::nowhere()).unwrap()
}

fn rules(store: &Store) -> Json {
    serde_json::to_value(FormRules::new(&store.settings, &store.templates, Audience::Internal)).unwrap()
}

/// Returns the findings that a form could have, each with its level.
fn of_form<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    // A form has all headings, so a missing section has none that is misspelled.
    let code = |finding: &Finding| match finding.code {
        "misspelled-section" => "missing-section",
        code => code,
    };
    let own = findings.filter(|finding| CODES.contains(&code(finding)));
    let mut found: Vec<String> = own.map(|one| format!("{} {}", code(one), one.level.name())).collect();
    found.sort();
    found.dedup();
    found
}

/// Returns the findings of check in each file of `paths`.
fn findings(store: &Store, paths: &[RepoPath]) -> Vec<Json> {
    let found = check_all(&CheckContext::new(store, time()), &|| ());
    let of = |path: &RepoPath| json!(of_form(found.iter().filter(|finding| finding.path == *path)));
    paths.iter().map(of).collect()
}

/// Compares the findings of the form and of check in `drafts` of a repository.
fn compare_findings(source: MemorySource, drafts: Vec<(TicketDraft, String)>) {
    let paths: Vec<RepoPath> =
        (0..drafts.len()).map(|at| RepoPath::new(format!("tickets/t{at}.md"))).collect();
    let files = paths.iter().zip(&drafts);
    let source = files.fold(source, |source, (path, (draft, _))| {
        source.with(path.as_str(), draft.compose(time()).as_str())
    });
    let store = store(source);
    let expected = findings(&store, &paths);
    let case = |(draft, what): (TicketDraft, String)| {
        (json!({ "run": "check", "rules": 0, "draft": draft_json(&draft), "created": NOW }), what)
    };
    let cases = drafts.into_iter().map(case).zip(expected);
    compare(&[rules(&store)], cases.map(|((case, what), expected)| (case, expected, what)).collect());
}

#[track_caller]
fn compare(rules: &[Json], cases: Vec<(Json, Json, String)>) {
    let inputs: Vec<Json> = cases.iter().map(|(case, _, _)| case.clone()).collect();
    let different: Vec<String> = answers(rules, &inputs)
        .into_iter()
        .zip(cases)
        .filter(|(answer, (_, expected, _))| answer != expected)
        .map(|(answer, (_, expected, what))| format!("{what}\n  form:     {answer}\n  casebook: {expected}"))
        .collect();
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn the_form_finds_the_same_as_check_in_the_cases_of_all_rules() {
    let (mut all, mut cases) = (Vec::new(), Vec::new());
    for (rule, case) in RULES.iter().flat_map(|rule| rule.cases.iter().map(move |case| (rule, case))) {
        // The form writes new tickets, so a case with the replies of a ticket says nothing about it.
        let tickets = case.files.iter().filter(|(path, _)| path.starts_with("tickets/"));
        let [(path, text)] = tickets.collect::<Vec<_>>()[..] else { continue };
        let path = RepoPath::new(*path);
        if !path.is_markdown() || text.starts_with("-> ") || text.starts_with('(') {
            continue;
        }
        // The form writes the time of opening, and no broken YAML.
        let draft = TicketDraft::read(text);
        let store = store(source_of(rule, case).with(path.as_str(), draft.compose(time()).as_str()));
        if store.template(&draft.template).is_none_or(|template| template.any_fields) {
            continue;
        }
        let case = json!({ "run": "check", "rules": all.len(), "draft": draft_json(&draft), "created": NOW });
        cases.push((case, findings(&store, &[path])[0].clone(), format!("a case of {}", rule.code)));
        all.push(rules(&store));
    }
    assert!(cases.len() > 40, "{}", cases.len());
    compare(&all, cases);
}

/// Templates with every type of field, and with every kind of section.
const TEMPLATE: &str = r"---
title: All
fields:
  service: { type: service }
  text: { type: text, pattern: '^\d+(\.\d+)+$', example: 2.14.0 }
  number: { type: number }
  boolean: { type: boolean }
  date: { type: date }
  choice: { type: choice, options: [production, staging] }
  person: { type: person }
  other_service: { type: service }
  url: { type: url }
  trace: { type: text, required: open, when: { choice: [production] } }
  later: { type: text, required: open, since: 2027-01-01 }
  many: { type: choice, many: true, options: [a, b], required: open }
sections:
  Problem: { required: open, min_words: 4 }
  Steps: { needs: [list, code] }
  Logs: { needs: [code] }
  Extra: { required: open, when: { choice: staging } }
---
## Problem
<!-- What happened?
1.
2. -->

## Steps
<!-- How? -->
";

fn repository() -> MemorySource {
    MemorySource::new()
        .with(
            "casebook.yml",
            "people: { mei: { name: Mei }, omar: {} }\nservices:\n  billing: { name: Billing API, paths: ['/console/billing/**', 'services/bill*/**'] }\n  \
             export: { part_of: billing, paths: ['/console/billing/exports/**', '/a/{b,c}/?.md'] }\nlevels: { unclosed-comment: deny }\n",
        )
        .with("ticket-templates/all.md", TEMPLATE)
}

#[test]
fn the_form_finds_the_same_as_check_in_values_of_every_type() {
    let texts = [
        "1",
        "-1.5e3",
        "1.",
        ".5",
        "+7",
        "0x1f",
        "1e400",
        "NaN",
        "infinity",
        "12 apples",
        "true",
        "false",
        "yes",
        "True",
        "2026-11-22",
        "2026-02-30",
        "22.11.2026",
        "2026-11-22T08:40:00Z",
        "2026-11-22 08:40",
        "production",
        "prodction",
        "mei",
        "mai",
        "billing",
        "https://acme.example/x",
        "http://",
        "acme.example",
        "https://a b",
        "2.14.0",
        "2.14.",
        "٣.٤",
        "a\u{7}b",
        "a\u{2028}b",
        " ",
        "lena@shop.fr",
    ];
    let mut drafts = Vec::new();
    for field in [
        "service",
        "text",
        "number",
        "boolean",
        "date",
        "choice",
        "person",
        "other_service",
        "url",
        "many",
        "priority",
        "visibility",
        "requester",
        "tags",
        "title",
    ] {
        for text in texts {
            let mut draft = TicketDraft {
                template: "all".into(),
                title: "Invoice export times out".into(),
                body: "## Problem\nThe export ends after 30 s.\n".into(),
                ..TicketDraft::default()
            };
            let plain = || match field {
                "number" | "boolean" => YamlValue::of_plain(text),
                _ => YamlValue::Text(text.to_owned()),
            };
            match field {
                "title" => draft.title = text.to_owned(),
                "requester" => draft.requester = text.to_owned(),
                "many" | "tags" => draft.set(field, YamlValue::List(vec![plain(), plain()])),
                // Forms leave out empty values.
                _ if text.trim().is_empty() => continue,
                _ => draft.set(field, plain()),
            }
            drafts.push((draft, format!("{field}: {text:?}")));
        }
    }
    compare_findings(repository(), drafts);
}

#[test]
fn the_form_finds_the_same_as_check_in_titles_and_sections() {
    let titles = [
        "help",
        "Help!!!",
        "asdf qwer",
        "Invoice problem",
        "???",
        "2347",
        "It doesn't work",
        "紧急求助",
        "发票问题",
        "foo bar",
        "all",
        "Billing API",
        "n/a",
        "blah blah blah",
        "OOM in billing-export",
        "CVE-2024-3094?",
        "Login fails",
        "Error 504",
        "导出发票超时",
        "登录失败",
        "한국 주소가 라벨에서 잘립니다",
        "How do I export?",
        "aaaa",
        "xx xx xx xx",
        "Printer is out of paper",
        "שמות בעברית",
        "p99 above 4 s",
    ];
    let long = "word ".repeat(70);
    let texts = [
        "",
        "<!-- What happened? -->",
        "What happened?\n1.\n2.",
        "What happened?",
        "n/a",
        "N/A.",
        "- see above",
        "*same as title*",
        "...",
        "无",
        "同上。",
        "**如题**",
        "todo!",
        "None of the exports of October finish.",
        "aaaa",
        "asdf asdf asdf",
        "哈哈哈哈哈",
        "foo bar foo bar foo bar",
        "It fails again and again and again.",
        "2222",
        "```\ntimeout\ntimeout\ntimeout\n```",
        "![](trace.png)",
        "```\n<!-- a log of HTML -->\n```",
        "```\n```",
        "~~~\na\n~~~",
        "text\n\n    indented code here\n",
        "    indented\n",
        "<pre>a</pre>",
        "run `curl`",
        "1. Log in\n2. Export",
        "- [ ] export",
        "* `curl`",
        "1.\n2.\n",
        "Log in, export.",
        "```\n- a\n```",
        "<!--\n- a\n-->",
        "1. a\n   ```\n   code\n   ```",
        "> - quoted item of a list",
        "text\n- item\n- other",
        "text\n2. no list here at all",
        "a <!-- b --> c d e f",
        "<!-- a\n\n## b\n--> c d e f g",
        "<!-- never closed\n\n## b\nx y z",
        "`<!-- a` and more words here",
        "four words\nand [a link](https://acme.example/x) here",
        "one two\n===\nthree four five",
        "one two three four\n---\nfive",
        "### sub heading\nfour words are here",
        "four words are here\n## Steps\n1. a",
        "four words are here\n# Title\nmore",
        "four words are here\n##Steps\n1. a",
        "<b>four</b> words <i>are</i> here",
        "<br>",
        "\\<!-- four words are here",
        "* * *",
        "- - -\nfour words are here",
        "+ plus item with words",
        "10) ten item with words",
        "a\u{0}b words are here now",
        "The customer is +49 30 901820-44 on the phone",
        "导出十月的发票",
        "\tcode with a tab",
        "1. a\n\n       code in the item of words\n",
        "four words are here\n\n* item\n\n  paragraph of the item",
        "a | b\n--- | ---\nc | d e f g h",
        long.as_str(),
    ];
    let mut drafts = Vec::new();
    let mut add = |title: &str, section: &str, text: &str, choice: Option<&str>| {
        let problem = if section == "Problem" {
            String::new()
        } else {
            "## Problem\nThe export ends after 30 s.\n\n".to_owned()
        };
        let mut draft = TicketDraft {
            template: "all".into(),
            title: title.into(),
            body: format!("{problem}## {section}\n{text}\n"),
            ..TicketDraft::default()
        };
        draft.set("many", YamlValue::List(vec![YamlValue::Text("a".into())]));
        if let Some(choice) = choice {
            draft.set("choice", YamlValue::Text(choice.into()));
        }
        drafts.push((draft, format!("title {title:?}, {section}: {text:?}, {choice:?}")));
    };
    for title in titles {
        add(title, "Problem", "The export ends after 30 s.", None);
    }
    for text in texts {
        add("Invoice export times out", "Problem", text, None);
        add("Invoice export times out", "Steps", text, None);
        add("Invoice export times out", "Logs", text, Some("staging"));
        add("Invoice export times out", "Extra", text, Some("production"));
    }
    compare_findings(repository(), drafts);
}

/// Texts that could break out of a value.
pub(in crate::site) fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "~",
        "null",
        "true",
        "no",
        "on",
        "y",
        "1.10",
        "0755",
        "0x1f",
        "1_000",
        "12:30:45",
        "1e3",
        ".inf",
        "-",
        "--",
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
        "x :y",
        "x # y",
        "x#y",
        "# x",
        "#x",
        "&a",
        "*a",
        "!a",
        "!!str x",
        "|",
        "|-",
        ">",
        ">+ x",
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
        "a,b",
        "<<",
        "=",
        "title: y\nvisibility: public",
        "x\n---\nvisibility: public\n---\n",
        "a\nb",
        "a\r\nb",
        "a\tb",
        "\t",
        "\n",
        "\r",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "a\u{2028}b: c",
        "\u{feff}",
        "a\u{feff}b",
        "\u{0}",
        "a\u{0}b",
        "\u{7}",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{9f}",
        "\u{202e}abc",
        "\u{2066}x\u{2069}",
        "\u{200b}",
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
        "2026-11-22 09:14:00",
        "2026-1-2 3:4:5",
        "http://x: y",
        "https://acme.example/?q=a+b&c#d",
        "a:: b",
        "a: ",
        " :a",
        "a -b",
        "- ",
        "a ",
        " a",
        "a  b",
        "<script>alert(1)</script>",
        "{{ x }}",
        "${x}",
        "`rm -rf`",
        "$(x)",
        "%0A",
        "a%b",
        "a+b",
        "C:\\x\\y",
        "/console/billing?x=1",
        "key: [a",
        "\"unclosed",
        "'it''s'",
        "it's",
        "say \"hi\"",
        "!",
        "|x",
        "a|b",
        "a\\",
        "ключ: значение",
        "nUlL",
        "Off",
        "Yes",
        "~x",
        "e3",
        "1-2",
        "2.14.0",
        "a.b/c-d_e f",
        "a.",
        "a-",
        "9a",
        "é",
        "Zeitüberschreitung: 10,000",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("long word ".repeat(8));
    texts.push("x".repeat(80));
    texts.push("x".repeat(81));
    texts.push("a: b\n".repeat(200));
    texts.push("é".repeat(5_000));
    texts
}

#[test]
fn the_form_composes_the_same_bytes_as_new_and_reply() {
    let mut cases = Vec::new();
    for text in hostile() {
        let list = YamlValue::List(vec![YamlValue::Text(text.clone()), YamlValue::Text("b".into())]);
        let draft = TicketDraft {
            template: text.clone(),
            title: text.clone(),
            requester: text.clone(),
            keys: vec![
                ("tags".into(), list.clone()),
                ("service".into(), YamlValue::Text(text.clone())),
                (text.clone(), YamlValue::Number("1.50".into())),
                ("flag".into(), YamlValue::Bool(true)),
            ],
            came_from: vec![text.clone(), "/b".into()],
            body: format!("## A\n{text}\n\n"),
        };
        let what = format!("{text:?}");
        cases.push((
            json!({ "run": "compose", "draft": draft_json(&draft), "created": NOW }),
            json!(draft.compose(time())),
            format!("ticket {what}"),
        ));
        let reply = ReplyDraft {
            author: text.clone(),
            status: Some(Status::Resolved),
            resolution: Some(Resolution::Fixed),
            set: vec![
                (text.clone(), FieldChange::Value(YamlValue::Text(text.clone()))),
                ("l".into(), FieldChange::Value(list)),
            ],
            body: text.clone(),
            ..ReplyDraft::default()
        };
        let set = json!({ "map": [[text, text], ["l", [text, "b"]]] });
        let keys = json!([["status", "resolved"], ["resolution", "fixed"], ["set", set]]);
        cases.push((
            json!({ "run": "composeReply", "draft": { "author": text, "keys": keys, "body": text }, "created": NOW }),
            json!(reply.compose(time())),
            format!("reply {what}"),
        ));
    }
    compare(&[], cases);
}

#[test]
fn the_form_names_files_as_new_and_reply_do() {
    let latin = json!(crate::text::latin_slugs());
    let mut cases = Vec::new();
    let titles = [
        "Invoice export times out above 10,000 rows",
        "Zeitüberschreitung: Größe ß æ Ø",
        "导出超时",
        "",
        "---",
        "long ".repeat(60).as_str(),
        "Łódź × đ",
        "a",
        "x".repeat(90).as_str(),
    ]
    .map(str::to_owned);
    for title in &titles {
        for template in ["incident", "发票", "Größe"] {
            let id = new_id(title, template).unwrap();
            let (stem, end) = id.rsplit_once('-').unwrap();
            let expected = format!("{stem}-{}", end.len());
            cases.push((
                json!({ "run": "id", "title": title, "template": template, "latin": latin }),
                json!(expected),
                format!("{title} {template}"),
            ));
        }
    }
    for author in ["mei", "Mei Lin", "lena.k@shop.fr", "梅", "a".repeat(60).as_str()] {
        let ticket = RepoPath::new("tickets/2026/11/a-k7f3qa.md");
        let reply = ReplyDraft { author: author.to_owned(), ..ReplyDraft::default() };
        let expected = [
            TicketDraft::path("a-k7f3qa", time()).to_string(),
            reply.path(&ticket, time(), "x4q9tz").to_string(),
        ];
        let case = json!({ "run": "places", "id": "a-k7f3qa", "ticket": ticket.as_str(), "author": author, "letters": "x4q9tz", "created": NOW, "latin": latin });
        cases.push((case, json!(expected), author.to_owned()));
    }
    compare(&[], cases);
}

#[test]
fn the_form_maps_paths_to_services_like_new() {
    let store = store(repository());
    let mut cases = Vec::new();
    for path in [
        "/console/billing",
        "/console/billing/",
        "/console/billing/exports/7?x=1",
        "/console/billings",
        "services/billing/src/main.rs",
        "services/bill",
        "services/x/billing",
        "https://console.acme.example/console/billing/exports#top",
        "/a/b/1.md",
        "/a/c/12.md",
        "/a/d/1.md",
        "/",
        "x",
        "HTTPS://user:pw@acme.example/console/billing",
    ] {
        let expected = store.settings.service_of_path(path).map(|found| found.service.id.clone());
        cases.push((json!({ "run": "service", "rules": 0, "path": path }), json!(expected), path.to_owned()));
    }
    for (path, expected) in [
        ("https://lena:pw@acme.example/a/b?token=1#x", Some("/a/b")),
        ("https://acme.example", Some("/")),
        ("/a?b=c", Some("/a")),
        ("#x", None),
        ("?q=1", None),
        ("deploy@db1:/var/log", Some("db1:/var/log")),
        ("/a\u{0}\n/b", Some("/a/b")),
    ] {
        cases.push((json!({ "run": "recorded", "path": path }), json!(expected), path.to_owned()));
    }
    compare(&[rules(&store)], cases);
}

#[test]
fn the_form_opens_the_page_of_the_forge_for_a_new_file() {
    let mut cases = Vec::new();
    let long = "x ".repeat(4_000);
    let text = "---\ntitle: \"a+b & c\"\n---\n## A\n(it's) *x*!~导";
    let value =
        "---%0Atitle%3A%20%22a%2Bb%20%26%20c%22%0A---%0A%23%23%20A%0A%28it%27s%29%20%2Ax%2A%21~%E5%AF%BC";
    for (kind, text, expected) in [
        (
            ForgeKind::GitHub,
            text,
            format!("new/release/1/tickets/2026/11?filename=a-k7f3qa.md&value={value}"),
        ),
        (
            ForgeKind::Gitea,
            text,
            format!("_new/release/1/tickets/2026/11?filename=a-k7f3qa.md&value={value}"),
        ),
        // GitLab ignores the text, and a long text is in no address.
        (ForgeKind::GitLab, text, "-/new/release/1?file_name=tickets%2F2026%2F11%2Fa-k7f3qa.md".to_owned()),
        (ForgeKind::GitHub, long.as_str(), "new/release/1/tickets/2026/11?filename=a-k7f3qa.md".to_owned()),
    ] {
        let repository = Some("https://git.acme.example/a/b/".to_owned());
        let settings = Settings { repository, forge: Some(kind), ..Settings::default() };
        let forge = FormForge::of(&Forge::of(&settings, "release/1").unwrap());
        let place = json!({ "folder": "tickets/2026/11", "name": "a-k7f3qa.md" });
        let case = json!({ "run": "address", "forge": forge, "place": place, "text": text });
        let expected = format!("https://git.acme.example/a/b/{expected}");
        cases.push((case, json!(expected), format!("{kind:?}, {} bytes", text.len())));
    }
    compare(&[], cases);
}

#[test]
fn the_form_finds_personal_data_and_most_secrets() {
    let store = store(repository());
    let word = |kind: personal::PersonalDataKind| match kind {
        personal::PersonalDataKind::Email => "personal_email",
        personal::PersonalDataKind::Phone => "personal_phone",
        personal::PersonalDataKind::Card => "personal_card",
        personal::PersonalDataKind::Iban => "personal_iban",
        personal::PersonalDataKind::SocialSecurity => "personal_social",
        personal::PersonalDataKind::ResidentId => "personal_resident",
    };
    let mut cases = Vec::new();
    for text in personal::SAMPLES {
        let mut expected: Vec<&str> = Vec::new();
        for hit in personal::find(text, |_| false) {
            if !expected.contains(&word(hit.kind)) {
                expected.push(word(hit.kind));
            }
        }
        cases.push((
            json!({ "run": "personal", "rules": 0, "text": text }),
            json!(expected),
            (*text).to_owned(),
        ));
    }
    compare(&[rules(&store)], cases);
    let lines = |file: &'static str| -> Vec<String> {
        let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
        lines.map(|line| line.replace('¦', "").replace("\\n", "\n")).collect()
    };
    let find = |texts: &[String]| -> Vec<bool> {
        let cases: Vec<Json> = texts.iter().map(|text| json!({ "run": "secrets", "text": text })).collect();
        answers(&[], &cases).iter().map(|found| found == true).collect()
    };
    let secrets = lines(include_str!("../../detectors/secrets/samples/secrets.txt"));
    let found = find(&secrets).into_iter().filter(|found| *found).count();
    assert!(found * 10 >= secrets.len() * 7, "{found} of {}", secrets.len());
    let others = lines(include_str!("../../detectors/secrets/samples/no-secrets.txt"));
    let wrong: Vec<&String> =
        others.iter().zip(find(&others)).filter(|(_, found)| *found).map(|(text, _)| text).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

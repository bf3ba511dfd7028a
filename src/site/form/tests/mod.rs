//! The scripts of the forms find and compose the same as Casebook's own rules and files. Node runs them.

#![allow(clippy::disallowed_methods, reason = "runs the scripts of the forms with Node")]

mod files;
mod findings;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::FormRules;
use crate::check::{CheckContext, check_all};
use crate::detectors::secrets::Secrets;
use crate::diagnostic::Finding;
use crate::intake::TicketDraft;
use crate::repo::{CacheSlot, MemorySource};
use crate::store::{Store, load};
use crate::text::{RepoPath, Time};
use crate::ticket::YamlValue;
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
    let secrets = Secrets::builtin();
    let input = json!({
        "secrets": secrets.for_browser(), "otherSecrets": secrets.other_rules_for_browser(), "rules": rules, "cases": cases,
    });
    let input = input.to_string();
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

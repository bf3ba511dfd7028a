//! Tests that every rule passes its own cases, and that every code has a rule.

#![allow(
    clippy::disallowed_methods,
    reason = "reads the source code, to find every code that a finding can have"
)]

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use super::*;
use crate::{
    check::{
        CheckContext, check_all,
        context::{Authors, CommitAuthor},
        source_of,
    },
    diagnostic::{Finding, Level},
    repo::{CacheSlot, MemorySource},
    store::{StoreListing, load, load_for_check},
    text::{RepoPath, Time},
};

/// A history in which Mei committed every file.
pub(in crate::check) struct Mei;

impl Authors for Mei {
    fn of_change(&self, _: &RepoPath) -> Option<CommitAuthor> {
        let time = Time::parse("2026-11-22T10:15:00Z").unwrap();
        Some(CommitAuthor { name: "Mei Lin".into(), email: "mei@acme.example".into(), time })
    }

    fn of_file(&self, path: &RepoPath) -> Option<CommitAuthor> {
        self.of_change(path)
    }
}

/// Checks the files. Asserts that both ways to load them lead to the same findings.
fn check(source: MemorySource) -> Vec<Finding> {
    let now = Time::parse("2026-12-01T00:00:00Z").unwrap();
    let source = Arc::new(source);
    let listed = StoreListing::of(source.clone(), &CacheSlot::nowhere()).unwrap();
    let [found, again] =
        [load_for_check(listed, None, &CacheSlot::nowhere()), load(source, &CacheSlot::nowhere())]
            .map(|store| check_all(&CheckContext::with_authors(&store.unwrap(), now, &Mei), &|| ()));
    assert_eq!(found, again);
    found
}

#[test]
fn every_rule_fails_and_passes_its_cases() {
    for rule in RULES {
        assert!(rule.cases.iter().any(|case| case.fails), "{} has no case that fails", rule.code);
        assert!(rule.cases.iter().any(|case| !case.fails), "{} has no case that passes", rule.code);
        for (number, case) in rule.cases.iter().enumerate() {
            let findings = check(source_of(rule, case));
            let found: Vec<_> = findings.iter().filter(|finding| finding.code == rule.code).collect();
            assert_eq!(!found.is_empty(), case.fails, "case {number} of {}: {findings:#?}", rule.code);
            for finding in &findings {
                let has_help = !finding.help.is_empty() || finding.fix.is_some();
                assert!(has_help || finding.level != Level::Deny, "no help for {finding:#?}");
                assert!(
                    !finding.message.contains('\n') && !finding.message.ends_with('.'),
                    "{}",
                    finding.message
                );
            }
        }
    }
}

#[test]
fn a_passing_case_has_no_errors() {
    for rule in RULES {
        for case in rule.cases.iter().filter(|case| !case.fails) {
            let errors: Vec<_> = check(source_of(rule, case))
                .into_iter()
                .filter(|finding| finding.level == Level::Deny)
                .collect();
            assert_eq!(errors, [], "{}", rule.code);
        }
    }
}

#[test]
fn rules_are_sorted_and_documented() {
    for pair in RULES.windows(2) {
        assert!(pair[0].code < pair[1].code, "{} comes before {}", pair[1].code, pair[0].code);
    }
    for rule in RULES {
        assert!(rule.requirement.ends_with('.') && rule.why.ends_with(['.', ')']), "{}", rule.code);
        assert!(crate::text::is_id(rule.code));
    }
}

#[test]
fn a_former_code_leads_to_a_rule_and_is_not_in_use() {
    for (former, now) in FORMER_CODES {
        assert!(rule(former).is_none() && rule(now).is_some(), "{former} → {now}");
        assert_eq!(renamed_rule(former).map(|rule| rule.code), Some(*now));
    }
}

/// Collects the codes in the source code, such as `Finding::deny("code"` and `code: "code"`.
fn codes_in(folder: &Path, codes: &mut BTreeSet<String>) {
    let patterns = [
        r#"Finding::(?:deny|warn)\(\s*"([a-z0-9-]+)""#,
        r#"\bcode: "([a-z0-9-]+)""#,
        r#"\bcode = if .* \{ "([a-z-]+)" \} else \{ "[a-z-]+" \}"#,
        r#"\bcode = if .* \{ "[a-z-]+" \} else \{ "([a-z-]+)" \}"#,
    ];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes_in(&path, codes);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("rules/tests.rs")
        {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for pattern in patterns {
                let pattern = regex::Regex::new(pattern).unwrap();
                codes.extend(pattern.captures_iter(code).map(|found| found[1].to_owned()));
            }
        }
    }
}

#[test]
fn every_code_has_a_rule_and_every_rule_is_reported_somewhere() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut codes = BTreeSet::new();
    codes_in(&source, &mut codes);
    let unknown: Vec<_> = codes.iter().filter(|code| rule(code).is_none()).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "these codes have no rule");
    let mut elsewhere = BTreeSet::new();
    for room in ["ticket", "settings", "template"] {
        codes_in(&source.join(room), &mut elsewhere);
    }
    elsewhere.extend(["unreadable-file", "missing-settings"].map(str::to_owned));
    for rule in RULES.iter().filter(|rule| rule.check.is_none()) {
        assert!(elsewhere.contains(rule.code), "no code reports {}", rule.code);
    }
}

#[test]
fn a_secret_is_reported_and_never_shown() {
    let token = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    let text =
        format!("---\ntitle: x\ntemplate: note\n{token}: 1\nservice: {token}\n---\n{token} a@shop.fr\n");
    let source = source_of(&secret::RULE, &secret::RULE.cases[0])
        .with("tickets/a.md", text.as_str())
        .with("casebook.yml", "services: { a: {} }\n");
    let findings = check(source);
    let codes: BTreeSet<_> = findings.iter().map(|finding| finding.code).collect();
    assert!(
        ["secret", "unknown-key", "unknown-service", "personal-data"].iter().all(|code| codes.contains(code))
    );
    for finding in &findings {
        let text = crate::diagnostic::Quoted::new(text.clone(), &finding.masked);
        for shown in [
            crate::diagnostic::human(finding, Some(&text), false, 100),
            crate::diagnostic::short(finding, Some(&text)),
            crate::diagnostic::github(finding, Some(&text)),
            // The debug format contains everything that the JSON output can contain.
            format!("{finding:?}"),
        ] {
            assert!(!shown.contains(token), "{shown}");
        }
    }
}

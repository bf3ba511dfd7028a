//! Each round of safe fixes solves a finding and causes no new one, so that repeated fixing ends.

use std::collections::HashMap;

use casebook::fuzzing::{CheckedFiles, TextFile, cases_of_rules, check_and_fix};

use crate::input::{Input, seed_of_files};

/// The maximum number of rounds until nothing is left to fix. Each round solves at least one finding.
const MAX_ROUNDS: usize = 60;

pub fn run(data: &[u8]) {
    let mut files = Input(data).files();
    let mut before = checked(&files);
    for _ in 0..MAX_ROUNDS {
        if before.fixed.is_empty() {
            return;
        }
        for (path, text) in &before.fixed {
            let file = files.iter_mut().find(|(other, _)| other == path);
            let file = file.unwrap_or_else(|| panic!("{path} is fixed but is not one of the files"));
            assert!(file.1 != *text, "the fix of {path} changes nothing: {text:?}");
            file.1.clone_from(text);
        }
        let after = checked(&files);
        let counts = counts(&before);
        for (finding, count) in self::counts(&after) {
            let was = counts.get(&finding).copied().unwrap_or(0);
            assert!(count <= was, "a fix caused {finding:?}: {files:#?}");
        }
        assert!(after.findings.len() < before.findings.len(), "the fixes solved no finding: {files:#?}");
        before = after;
    }
    panic!("fixing does not end: {files:#?}");
}

fn checked(files: &[TextFile]) -> CheckedFiles {
    let checked = check_and_fix(files);
    for (path, span) in &checked.spans {
        let text = files.iter().find(|(other, _)| other == path).map(|(_, text)| text);
        // A finding can be about a path that is not in `files`.
        if let Some(text) = text {
            assert!(text.get(span.clone()).is_some(), "{span:?} of {path}: {text:?}");
        }
    }
    checked
}

fn counts(checked: &CheckedFiles) -> HashMap<&(&'static str, String, String), usize> {
    let mut counts = HashMap::new();
    for finding in &checked.findings {
        *counts.entry(finding).or_default() += 1;
    }
    counts
}

pub fn seeds() -> Vec<Vec<u8>> {
    let settings = "version: 1\npeople:\n  mei: { name: Mei Lin }\n  lena: { name: Lena }\n";
    let around = [("casebook.yml", settings), ("ticket-templates/note.md", "---\ntitle: Note\n---\n")];
    let signed = "template: note\nrequester: mei\ncreated: 2026-11-22T09:00:00Z\n";
    let values = [
        "source:\"a\"",
        "source:1.10",
        "requester: @mei",
        "title:@lena asks",
        "tags:[export, @b]",
        "title: Error: no",
    ];
    let bodies =
        ["~~~~\n~~~\n#Expected\n~~~~\n", "#Expected\ntext\n", "<div>\n#Expected\n</div>\n## expected:\n"];
    let template = "---\ntitle: Bug\nsections: { Expected: { required: open } }\n---\n";
    let values = values.map(|line| {
        ("ticket-templates/note.md", "---\ntitle: Note\n---\n", format!("---\n{line}\n{signed}---\n"))
    });
    let bodies = bodies.map(|body| {
        ("ticket-templates/note.md", template, format!("---\ntitle: Exports\n{signed}---\n{body}"))
    });
    let own = values.iter().chain(&bodies).map(|(path, template, ticket)| {
        seed_of_files(&[around[0], (path, template), ("tickets/a.md", ticket)])
    });
    let of_rules = cases_of_rules().map(|files| seed_of_files(&[&around, files].concat()));
    own.chain(of_rules).filter(|seed| seed.len() < 4096).collect()
}

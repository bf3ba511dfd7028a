//! Every reader of a file takes any bytes, and each finding points at whole characters of the text.

use casebook::{
    diagnostic::Finding,
    settings::parse_settings,
    template::{parse_canned, parse_template},
    text::RepoPath,
    ticket::{Document, parse_article, parse_reply, parse_ticket},
};

pub fn run(data: &[u8]) {
    let document = Document::parse(&RepoPath::new("tickets/2026/11/a-k7f3qa.md"), data);
    let text = &document.text;
    check(&document.problems, text);
    check(&parse_ticket(&document).1, text);
    check(&parse_reply(&document).1, text);
    check(&parse_article(&document).1, text);
    check(&parse_template(&document).1, text);
    check(&parse_canned(&document).1, text);
    check(&parse_settings(text).1, text);
}

fn check(findings: &[Finding], text: &str) {
    for finding in findings {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|(span, _)| span);
        let others = finding.also.iter().map(|(span, _)| span);
        for span in finding.span.iter().chain(others).chain(edits) {
            assert!(text.get(span.clone()).is_some(), "{}: {span:?} of {} bytes", finding.code, text.len());
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    crate::input::texts_of_rules()
}

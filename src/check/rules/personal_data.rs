//! `personal-data`: personal data.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    detectors::personal,
    diagnostic::{Finding, Level},
    text::Span,
};

pub(super) const RULE: Rule = Rule {
    code: "personal-data",
    level: Level::Warn,
    requirement: "Tickets contain no e-mail addresses, phone numbers, card numbers or other personal data.",
    why: "The repository is cloned and may be published, and git keeps deleted text. A customer or \
          order number is enough to act on a ticket. (The people of a ticket in `author`, `requester` and \
          `assignee` are not reported: their addresses are in git's history too.)",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 ---\n\
                 Call the customer: +49 30 901820-44\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 ---\n\
                 The customer is no. 1183.\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

/// The keys whose values are people.
const PEOPLE: [&str; 3] = ["author", "requester", "assignee"];

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    // The settings list the people of the team with their addresses.
    let Some(text) = file.text().filter(|_| !matches!(file.content, CheckedContent::Settings(_))) else {
        return;
    };
    let is_known = |address: &str| context.store.settings.person_by_email(address).is_some();
    // These keys name people, and the same addresses are in git's history.
    let people: Vec<Span> = PEOPLE
        .iter()
        .filter_map(|key| file.front()?.entry(key))
        .map(|entry| entry.value.span.clone())
        .collect();
    let names_a_person =
        |span: &Span| people.iter().any(|value| value.start <= span.start && span.end <= value.end);
    for hit in personal::find(text, is_known).into_iter().filter(|hit| !names_a_person(&hit.span)) {
        findings.push(
            RULE.finding(file.path(), format!("possible personal data: {}", hit.kind))
                .at(hit.span)
                .help("delete it, or write a customer or order number instead"),
        );
    }
}

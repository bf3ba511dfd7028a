//! `bad-value`: a value of the wrong type.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE, values::check_value},
    diagnostic::{Finding, Level, MissingPart},
    text::nearest,
    ticket::{CORE_KEYS, Priority, UNSETTABLE_KEYS, Visibility, YamlEntry},
};

pub(super) const RULE: Rule = Rule {
    code: "bad-value",
    level: Level::Deny,
    requirement: "Every value has the type that its key requires: a time, a date, a number, one of the listed \
          words, or text that matches a pattern.",
    why: "Queries do not find an invalid value, and reports do not count it.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\npriority: hihg\n---\n"),
        ]),
        Case::fails(&[
            (
                "ticket-templates/bug.md",
                "---\n\
                 title: Bug\n\
                 fields: { version: { type: text, pattern: '^\\d+\\.\\d+$' } }\n\
                 ---\n",
            ),
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: bug\nversion: latest\n---\n"),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 set: { priority: now }\n\
                 ---\n",
            ),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 set: { tags: [+export, timeout] }\n\
                 ---\n",
            ),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 created: yesterday\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 priority: high\n\
                 created: 2026-11-22T09:14:00Z\n\
                 ---\n",
            ),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 set: { priority: urgent, tags: [+export, -timeout] }\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

/// Checks the values of template fields in tickets and in `set`. The parser checks all other keys.
fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (Some(front), Some(template)) = (file.front(), file.template()) else { return };
    let check_entry = |entry: &YamlEntry, findings: &mut Vec<Finding>| {
        let position = template.fields.iter().position(|field| field.name == entry.key);
        let position = position.filter(|_| !CORE_KEYS.contains(&entry.key.as_str()));
        if let Some((position, field)) = position.and_then(|at| Some((at, template.fields.get(at)?))) {
            let before = findings.len();
            check_value(file.path(), field, &entry.value, context.store, findings);
            for finding in &mut findings[before..] {
                finding.missing = Some(MissingPart::Field(field.name.clone()));
                finding.rank = position + 1;
            }
        }
    };
    match file.content {
        CheckedContent::Ticket(..) => front.entries.iter().for_each(|entry| check_entry(entry, findings)),
        CheckedContent::Reply(..) => {
            let set = front.get("set").map_or(&[][..], |set| set.entries());
            for entry in set.iter().filter(|entry| !UNSETTABLE_KEYS.contains(&entry.key.as_str())) {
                check_entry(entry, findings);
                match entry.key.as_str() {
                    "priority" => check_word(file, entry, Priority::NAMES, findings),
                    "visibility" => check_word(file, entry, Visibility::NAMES, findings),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Checks that the value is one of `names`.
fn check_word(file: &File<'_>, entry: &YamlEntry, names: &[&str], findings: &mut Vec<Finding>) {
    let text = entry.value.text().unwrap_or_default();
    if entry.value.is_null() || names.contains(&text) {
        return;
    }
    let span = entry.value.span.clone();
    let mut finding = RULE
        .finding(file.path(), format!("invalid {} `{text}`", entry.key))
        .at(span.clone())
        .help(format!("use one of: {}", names.join(", ")));
    if let Some(near) = nearest(text, names.iter().copied()) {
        finding = finding.suggest(format!("write `{near}`"), span, near);
    }
    findings.push(finding);
}

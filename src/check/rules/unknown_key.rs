//! `unknown-key`: a key that does not exist.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    template::Template,
    ticket::{CORE_KEYS, OTHER_TOOL, REPLY_KEYS, UNSETTABLE_KEYS, YamlEntry, unknown_key},
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-key",
    level: Level::Deny,
    requirement: "Every key is a key of Casebook or a field of the template, and is in the right file.",
    why: "The value of a misspelled key is ignored: a ticket with `servce: billing` has no service.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\nservce: billing\n---\n"),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\nstatus: resolved\n---\n"),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\npriority: high\n---\n"),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 set: { verison: 2.14.0 }\n\
                 ---\n",
            ),
        ]),
        Case::fails(&[("casebook.yml", "titel: Acme Oncall\n")]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\nservice: billing\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: open\n\
                 set: { priority: high }\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

/// Checks the keys of tickets and of `set`. The parser checks the keys of all other files.
fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(front) = file.front() else { return };
    match file.content {
        CheckedContent::Ticket(_, template) => {
            // A file of another tool has none of the keys that every ticket has.
            let is_foreign = front.get("template").is_none();
            for entry in front.entries.iter().filter(|entry| !CORE_KEYS.contains(&entry.key.as_str())) {
                let finding = in_ticket(file, entry, template);
                findings.extend(finding.map(|one| if is_foreign { one.help(OTHER_TOOL) } else { one }));
            }
        }
        CheckedContent::Reply(_, _, template) => {
            suggest_set(findings, front.entries.as_slice());
            for entry in front.get("set").map_or(&[][..], |set| set.entries()) {
                findings.extend(in_set(file, entry, template));
            }
        }
        _ => {}
    }
}

fn in_ticket(file: &File<'_>, entry: &YamlEntry, template: Option<&Template>) -> Option<Finding> {
    let (key, span) = (entry.key.as_str(), entry.key_span.clone());
    if REPLY_KEYS.contains(&key) {
        let finding = RULE.finding(file.path(), format!("`{key}` belongs in a reply")).at(span.clone());
        return Some(match key {
            "author" => finding.help("the person who opens a ticket is its `requester`").suggest(
                "write `requester`",
                span,
                "requester",
            ),
            "status" | "resolution" | "duplicate_of" | "answered_by" => finding.help(
                "a new ticket is open; later changes are replies: use `casebook resolve` or `casebook reply --status`",
            ),
            "assignee" => finding.help("assign the ticket with a reply: `casebook reply --assign`"),
            _ => finding.help("write a reply: `casebook reply` creates its file in the ticket's folder"),
        });
    }
    let template = template?;
    if template.any_fields || template.field(key).is_some() {
        return None;
    }
    let mut known: Vec<&str> = template.fields.iter().map(|field| field.name.as_str()).collect();
    known.extend(CORE_KEYS);
    Some(unknown_key(file.path(), key, span, &known))
}

fn in_set(file: &File<'_>, entry: &YamlEntry, template: Option<&Template>) -> Option<Finding> {
    let (key, span) = (entry.key.as_str(), entry.key_span.clone());
    // The rule `unsettable-field` reports keys that a reply may not set.
    if CORE_KEYS.contains(&key) {
        return None;
    }
    if REPLY_KEYS.contains(&key) {
        let finding = RULE.finding(file.path(), format!("`{key}` does not belong in `set`"));
        return Some(finding.at(span).help(format!("move `{key}` out of `set`, to a separate line")));
    }
    let template = template?;
    if template.any_fields || template.field(key).is_some() {
        return None;
    }
    let mut known: Vec<&str> = template.fields.iter().map(|field| field.name.as_str()).collect();
    known.extend(CORE_KEYS.iter().filter(|key| !UNSETTABLE_KEYS.contains(key)));
    Some(unknown_key(file.path(), key, span, &known))
}

/// Replaces the help of findings about ticket fields in a reply: the author probably wants to change the ticket
/// with `set`.
fn suggest_set(findings: &mut [Finding], entries: &[YamlEntry]) {
    for finding in findings.iter_mut().filter(|finding| finding.code == RULE.code) {
        let entry = entries.iter().find(|entry| finding.span.as_ref() == Some(&entry.key_span));
        if let Some(key) = entry.map(|entry| entry.key.as_str())
            && CORE_KEYS.contains(&key)
            && !UNSETTABLE_KEYS.contains(&key)
        {
            finding.fix = None;
            finding.label.clear();
            finding.help = vec![format!(
                "`{key}` is a key of the ticket; a reply changes it with `set: {{ {key}: … }}`"
            )];
        }
    }
}

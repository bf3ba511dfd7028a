//! `unknown-reference`: a reference to a ticket or article that does not exist.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    template::NameLookup,
    ticket::YamlNode,
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-reference",
    level: Level::Deny,
    requirement: "Every reference is the whole id of a ticket or article that exists.",
    why: "Readers who follow a dead reference do not find the answer.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: duplicate\n\
                 duplicate_of: export-k7f3qb\n\
                 ---\n",
            ),
            ("tickets/export-k7f3qa.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
        Case::fails(&[("knowledge/timeouts.md", "---\ntitle: Timeouts\ntickets: [export-k7f3qa]\n---\n")]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: duplicate\n\
                 duplicate_of: export-k7f3qa\n\
                 ---\n",
            ),
            ("tickets/export-k7f3qa.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(front) = file.front() else { return };
    let keys: &[&str] = match file.content {
        CheckedContent::Ticket(..) => &["related"],
        CheckedContent::Reply(..) => &["duplicate_of", "answered_by", "draft_from"],
        CheckedContent::Article(_) => &["tickets", "supersedes"],
        _ => return,
    };
    let set = front.get("set").filter(|_| matches!(file.content, CheckedContent::Reply(..)));
    let related = set.and_then(|set| set.get("related")).map(|entry| &entry.value);
    for node in keys.iter().filter_map(|key| front.get(key)).chain(related) {
        for item in node.items() {
            if let Some(id) = item.text().filter(|id| !context.store.has_ticket(id)) {
                findings.push(unknown(file, id, item, context));
            }
        }
    }
}

fn unknown(file: &File<'_>, id: &str, node: &YamlNode, context: &CheckContext<'_>) -> Finding {
    let finding =
        RULE.finding(file.path(), format!("unknown ticket or article `{id}`")).at(node.span.clone());
    if id.contains("://") {
        return finding.help("this key takes ids of this repository; put URLs into the text");
    }
    let finding = finding.help("write the whole id of a ticket or article in this repository");
    match context.nearest_id(id) {
        Some(near) => finding.suggest(format!("write `{near}`"), node.span.clone(), near),
        None => finding,
    }
}

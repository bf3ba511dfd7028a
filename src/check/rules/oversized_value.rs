//! `oversized-value`: a title, a tag or a list that is too long.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::{MAX_TAG, MAX_TITLE, MAX_VALUES, YamlEntry, YamlNode, YamlNodeKind},
};

pub(super) const RULE: Rule = Rule {
    code: "oversized-value",
    level: Level::Deny,
    requirement: "A title has at most 300 characters, a tag at most 50, and a list at most 30 values.",
    why: "Titles and tags are shown in many lists, and every tag has a page and feeds. The site cuts long titles, and \
          has pages for the first 30 tags of a ticket only.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 tags: [a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3, b4, b5, b6, b7, b8, b9, c1, c2, c3, \
                 c4, c5, c6, c7, c8, c9, d1, d2, d3, d4]\n\
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
                 tags: [the export of invoices times out since the update of november]\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\ntags: [export, timeout]\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(front) = file.front() else { return };
    let mut check_entries = |entries: &[YamlEntry], all_lists: bool| {
        for entry in entries {
            match (entry.key.as_str(), &entry.value.kind) {
                ("title", _) => {
                    findings.extend(too_long(file, &entry.value, "title", MAX_TITLE, "write one short line"));
                }
                ("tags", _) => {
                    findings.extend(too_many(file, entry));
                    // One finding is enough: a file with one long tag usually has many.
                    let mut items = entry.value.items().iter();
                    let help = "write one or two words";
                    findings.extend(items.find_map(|item| too_long(file, item, "tag", MAX_TAG, help)));
                }
                (_, YamlNodeKind::List(_)) if all_lists => findings.extend(too_many(file, entry)),
                _ => {}
            }
        }
    };
    match file.content {
        CheckedContent::Ticket(..) => check_entries(&front.entries, true),
        CheckedContent::Reply(..) => {
            check_entries(&front.entries, true);
            check_entries(front.get("set").map_or(&[], YamlNode::entries), true);
        }
        // An article can be based on any number of tickets.
        CheckedContent::Article(_) => check_entries(&front.entries, false),
        _ => {}
    }
}

fn too_many(file: &File<'_>, entry: &YamlEntry) -> Option<Finding> {
    let items = entry.value.items();
    let first = items.get(MAX_VALUES)?;
    let message = format!("`{}` has {} values; the limit is {MAX_VALUES}", entry.key, items.len());
    Some(
        RULE.finding(file.path(), message)
            .at(first.span.clone())
            .help("keep the values that help to find it"),
    )
}

fn too_long(file: &File<'_>, node: &YamlNode, what: &str, max: usize, help: &str) -> Option<Finding> {
    let length = node.text()?.chars().count();
    let message = format!("{what} has {length} characters; the limit is {max}");
    (length > max).then(|| RULE.finding(file.path(), message).at(node.span.clone()).help(help))
}

//! `large-attachment`: an attachment of more than 10 MB.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    repo::EntryKind,
    store::Role,
};

pub(super) const RULE: Rule = Rule {
    code: "large-attachment",
    level: Level::Deny,
    wants: "A file beside a ticket has at most 10 MB.",
    why: "Every clone carries it for ever, also after it is deleted.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/core.dump", "(11 MB)"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/trace.log", "a\n"),
        ]),
    ],
    of_content: false,
    look: Some(look),
};

/// The most that is taken, in bytes.
const MOST: u64 = 10 * 1024 * 1024;

fn look(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if !matches!(file.role, Role::Attachment(_) | Role::Stray) || file.entry.kind != EntryKind::File {
        return;
    }
    if let Some(size) = file.size(&**context.store.source()).filter(|size| *size > MOST) {
        let megabytes = size.div_ceil(1024 * 1024);
        findings.push(
            RULE.finding(file.path(), format!("this attachment has {megabytes} MB; 10 MB is the most"))
                .help("cut it to the part that matters, or keep it elsewhere and link it"),
        );
    }
}

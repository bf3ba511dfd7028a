//! `large-attachment`: an attachment over 10 MB.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    repo::FileType,
    store::Role,
};

pub(super) const RULE: Rule = Rule {
    code: "large-attachment",
    level: Level::Deny,
    requirement: "An attachment is at most 10 MB.",
    why: "Every clone downloads the file, even after somebody deletes it, because git keeps the \
          history.",
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
    warns_on_imports: false,
    check: Some(check),
};

/// The size limit in bytes.
const MAX_SIZE: u64 = 10 * 1024 * 1024;

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if !matches!(file.role, Role::Attachment(_) | Role::Stray) || file.entry.kind != FileType::File {
        return;
    }
    if let Some(size) = file.size(&**context.store.source()).filter(|size| *size > MAX_SIZE) {
        let megabytes = size.div_ceil(1024 * 1024);
        findings.push(
            RULE.finding(file.path(), format!("attachment is {megabytes} MB; the limit is 10 MB"))
                .help("cut the file to the relevant part, or store it elsewhere and link to it"),
        );
    }
}

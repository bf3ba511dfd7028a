//! `author-mismatch`: a requester or author who did not commit the file.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "author-mismatch",
    level: Level::Warn,
    requirement: "The requester of a ticket and the author of a reply are the person who committed the file.",
    why: "Readers rely on the names in a ticket. A wrong name attributes a statement to somebody who \
          did not make it. (A warning only: one person may write for another, and forges rewrite commit \
          authors.)",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: omar\ncreated: 2026-11-22T10:15:00Z\n---\nIt is back.\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\n---\nIt is back.\n"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (key, named) = match file.content {
        CheckedContent::Ticket(thread, _) => ("requester", thread.ticket.requester.as_deref()),
        CheckedContent::Reply(_, reply, _) => ("author", reply.author.as_deref()),
        _ => return,
    };
    let Some(named) = named.filter(|_| !file.is_imported()) else { return };
    let Some(author) = context.authors.of_change(file.path()) else { return };
    let committed = context.store.settings.author_id(&author.name, &author.email);
    if committed != named {
        findings.push(
            RULE.finding(file.path(), format!("{key} is `{named}`, but `{committed}` committed this file"))
                .at(file.span_of(key))
                .help(format!("write `{key}: {committed}`, or add the commit's e-mail address to `{named}` under `people` in casebook.yml")),
        );
    }
}

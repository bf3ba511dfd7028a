//! `orphan-reply`: a reply that belongs to no ticket.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    template::NameLookup,
    text::{RepoPath, Span, shell_word},
    ticket::OTHER_TOOL,
};

pub(super) const RULE: Rule = Rule {
    code: "orphan-reply",
    level: Level::Deny,
    requirement: "A reply is in the folder of its ticket: `tickets/2026/11/x/r.md` for `tickets/2026/11/x.md`.",
    why: "A reply in another folder is not shown. Often somebody renamed a ticket but not its folder.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/2026/b/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\n---\nDone.\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\n---\nDone.\n"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if context.store.orphans.binary_search(file.path()).is_err() {
        return;
    }
    let folder = RepoPath::new(file.path().folder());
    let span: Span = file.span_of("author");
    let finding =
        RULE.finding(file.path(), format!("this reply belongs to no ticket: {folder}.md not found")).at(span);
    let near = context.store.nearest_ticket(folder.file_name());
    findings.push(match near.as_deref().and_then(|id| context.store.thread(id)) {
        Some(thread) => finding.help(format!(
            "if the reply belongs to `{}`, run `git mv {} {}/`",
            thread.id(),
            shell_word(file.path().as_str()),
            shell_word(thread.ticket.file().without_extension())
        )),
        None => finding
            .help(
                "move the file into the folder of its ticket; if it is a ticket, add `title` and `requester`",
            )
            .help(OTHER_TOOL),
    });
}

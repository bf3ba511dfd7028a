//! `orphan-reply`: a reply that belongs to no ticket.

use super::NOTE;
use crate::{
    check::{Case, File, Rule, World},
    diagnostic::{Finding, Level},
    template::NameLookup,
    text::{RepoPath, Span, shell_word},
};

/// The rule.
pub const RULE: Rule = Rule {
    code: "orphan-reply",
    level: Level::Deny,
    wants: "A reply stands in the folder beside its ticket: `tickets/2026/11/x/r.md` beside \
            `tickets/2026/11/x.md`.",
    why: "Elsewhere it is read by nobody. Often a ticket was renamed and its folder was not.",
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
    of_content: false,
    look: Some(look),
};

fn look(file: &File<'_>, world: &World<'_>, findings: &mut Vec<Finding>) {
    if world.store.orphans.binary_search(file.path()).is_err() {
        return;
    }
    let folder = RepoPath::new(file.path().folder());
    let span: Span = file.span_of("author");
    let finding = RULE
        .finding(file.path(), format!("there is no ticket {folder}.md that this could be a reply to"))
        .at(span);
    let near = world.store.nearest_ticket(folder.file_name());
    findings.push(match near.as_deref().and_then(|id| world.store.thread(id)) {
        Some(thread) => finding.help(format!(
            "if it belongs to `{}`, move it: `git mv {} {}/`",
            thread.id(),
            shell_word(file.path().as_str()),
            shell_word(thread.ticket.file().without_extension())
        )),
        None => finding.help(
            "move it into the folder of its ticket; if it is a ticket, give it a `title` and a `requester`",
        ),
    });
}

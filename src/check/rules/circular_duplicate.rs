//! `circular-duplicate`: tickets that are duplicates of each other.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    store::Store,
};

pub(super) const RULE: Rule = Rule {
    code: "circular-duplicate",
    level: Level::Warn,
    requirement: "A chain of duplicates ends at a ticket that is not a duplicate.",
    why: "If two tickets point at each other, neither has the answer, and readers go back and forth.",
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
                 duplicate_of: b\n\
                 ---\n",
            ),
            ("tickets/b.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/b/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: duplicate\n\
                 duplicate_of: a\n\
                 ---\n",
            ),
        ]),
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
                 duplicate_of: b\n\
                 ---\n",
            ),
            ("tickets/b.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Reply(thread, reply, _) = file.content else { return };
    // An older reply may contain a mistake that was corrected since.
    if thread.resolving_reply().and_then(|last| last.path.as_ref()) != reply.path.as_ref() {
        return;
    }
    let Some(first) = thread.state.duplicate_of.as_deref() else { return };
    if let Some(circle) = circle_from(context.store, thread.id(), first) {
        findings.push(
            RULE.finding(file.path(), format!("circular duplicates: {circle}"))
                .at(file.span_of("duplicate_of"))
                .help("reopen the ticket that has the answer, or resolve it with another resolution"),
        );
    }
}

/// Returns the chain of duplicates from `start` via `first` back to `start`, if there is one; `None` if `first` is
/// `start`.
fn circle_from(store: &Store, start: &str, first: &str) -> Option<String> {
    let mut chain = vec![start];
    let mut current = store.thread(first)?;
    while !chain.contains(&current.id()) {
        chain.push(current.id());
        current = store.thread(current.state.duplicate_of.as_deref()?)?;
    }
    (chain.len() > 1 && current.id() == start).then(|| format!("{} → {start}", chain.join(" → ")))
}

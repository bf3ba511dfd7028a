//! `internal-citation`: a public article that is based on an internal ticket.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::Visibility,
};

pub(super) const RULE: Rule = Rule {
    code: "internal-citation",
    level: Level::Warn,
    requirement: "A public article is based on public tickets.",
    why: "The article may repeat what only the team may know. A public site does not show which internal ticket it is \
          from, so a reader cannot check it.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/merger-k7f3qa.md",
                "---\ntitle: Merger plans\ntemplate: note\nvisibility: internal\n---\n",
            ),
            (
                "knowledge/plans.md",
                "---\ntitle: Plans\ntickets: [merger-k7f3qa]\nvisibility: public\n---\n## Fix\nAsk the board.\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/merger-k7f3qa.md",
                "---\ntitle: Merger plans\ntemplate: note\nvisibility: internal\n---\n",
            ),
            (
                "knowledge/plans.md",
                "---\ntitle: Plans\ntickets: [merger-k7f3qa]\nvisibility: internal\n---\n## Fix\nAsk the board.\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Article(article) = file.content else { return };
    let store = context.store;
    if article.visibility.unwrap_or(store.settings.visibility) != Visibility::Public {
        return;
    }
    let Some(tickets) = file.front().and_then(|front| front.get("tickets")) else { return };
    for item in tickets.items() {
        let thread = item.text().and_then(|id| store.thread(id));
        if thread.is_some_and(|thread| thread.state.visibility == Visibility::Internal) {
            let id = item.text().unwrap_or_default();
            findings.push(
                RULE.finding(file.path(), format!("`{id}` is an internal ticket"))
                    .at(item.span.clone())
                    .help("read the article for what the public may not know and remove the ticket, or set `visibility: internal`"),
            );
        }
    }
}

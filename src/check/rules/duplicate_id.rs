//! `duplicate-id`: one id for two tickets or articles.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::Span,
    ticket::YamlEntry,
};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-id",
    level: Level::Deny,
    requirement: "An id or former id belongs to one ticket or article, in any folder and in any letter case.",
    why: "A link, a `duplicate_of` or a reply with that id could mean either of the two.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/2026/10/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/2026/11/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/b.md", "---\ntitle: Exports time out\ntemplate: note\naliases: [a]\n---\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/b.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let imported = file.is_imported();
    match file.content {
        CheckedContent::Ticket(thread, _) => {
            check_id(file, thread.id(), None, context, findings);
            let aliases = file.front().and_then(|front| front.entry("aliases"));
            // Ids of another tracker may be the same as ids of this repository.
            for item in aliases.filter(|_| !imported).map_or(&[][..], |YamlEntry { value, .. }| value.items())
            {
                if let Some(alias) = item.text().filter(|alias| *alias != thread.id()) {
                    check_id(file, alias, Some(item.span.clone()), context, findings);
                }
            }
        }
        CheckedContent::Article(article) => check_id(file, &article.slug, None, context, findings),
        _ => {}
    }
}

/// Adds a finding if another file has `id`. If an id is the current id of one file and a former id of another, only
/// the file with the former id gets the finding.
fn check_id(
    file: &File<'_>,
    id: &str,
    alias: Option<Span>,
    context: &CheckContext<'_>,
    findings: &mut Vec<Finding>,
) {
    let uses = context.uses_of(id).iter();
    let mut others = uses.filter(|other| other.path != file.path() && (alias.is_some() || !other.is_alias));
    if let Some(other) = others.next() {
        let finding = RULE.finding(file.path(), format!("duplicate id `{id}`, also used by {}", other.path));
        findings.push(match alias {
            Some(span) => finding.at(span).help("remove the id from `aliases` in one of the two files"),
            None => finding.help("rename one of the two files, and its folder of replies to match"),
        });
    }
}

//! `duplicate-id`: one id for two tickets or articles.

use crate::{
    check::{Case, CheckContext, CheckedNoun, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::Span,
    ticket::YamlEntry,
};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-id",
    level: Level::Deny,
    wants: "An id or former id belongs to one ticket or article, in any folder and in any letter case.",
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
    of_content: false,
    look: Some(look),
};

fn look(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let imported = file.is_imported();
    match file.noun {
        CheckedNoun::Ticket(thread, _) => {
            compare(file, thread.id(), None, context, findings);
            let aliases = file.front().and_then(|front| front.entry("aliases"));
            // Names of another tracker need not be as unique as ours.
            for item in aliases.filter(|_| !imported).map_or(&[][..], |YamlEntry { value, .. }| value.items())
            {
                if let Some(alias) = item.text().filter(|alias| *alias != thread.id()) {
                    compare(file, alias, Some(item.span.clone()), context, findings);
                }
            }
        }
        CheckedNoun::Article(article) => compare(file, &article.slug, None, context, findings),
        _ => {}
    }
}

/// Adds a finding if another file has `id`. Of a current and a former use of an id, the former one is reported.
fn compare(
    file: &File<'_>,
    id: &str,
    alias: Option<Span>,
    context: &CheckContext<'_>,
    findings: &mut Vec<Finding>,
) {
    let holders = context.holders_of(id).iter();
    let mut others =
        holders.filter(|other| other.path != file.path() && (alias.is_some() || !other.is_alias));
    if let Some(other) = others.next() {
        let finding = RULE.finding(file.path(), format!("duplicate id `{id}`: {} has it too", other.path));
        findings.push(match alias {
            Some(span) => finding.at(span).help("remove the id from `aliases` in one of the two files"),
            None => finding.help("rename one of the two files, and its folder of replies to match"),
        });
    }
}

//! `named-internal-ticket`: the name of an internal ticket in public text or in an attachment.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    store::Role,
    ticket::Visibility,
};

/// The maximum number of findings for one file.
const MAX_NAMES: usize = 5;

pub(super) const RULE: Rule = Rule {
    code: "named-internal-ticket",
    level: Level::Warn,
    requirement: "Public text and attachments do not name internal tickets where the site cannot replace the name.",
    why: "A public site replaces the names of internal tickets. It does not replace an id in prose that \
          could be an ordinary word (letters only, or fewer than six characters), and it publishes attachments \
          unchanged, so everybody can read these names.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/moonlight.md",
                "---\ntitle: Exports time out\ntemplate: note\nvisibility: internal\n---\nx\n",
            ),
            (
                "tickets/a.md",
                "---\ntitle: Imports time out\ntemplate: note\nvisibility: public\n---\nThe same as in Moonlight.\n",
            ),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/plans-k7f3qa.md",
                "---\ntitle: Exports time out\ntemplate: note\nvisibility: internal\n---\nx\n",
            ),
            (
                "tickets/a.md",
                "---\ntitle: Imports time out\ntemplate: note\nvisibility: public\n---\n[x](a/x.log)\n",
            ),
            ("tickets/a/x.log", "see PLANS-k7f3qa\n"),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/plans-k7f3qa.md",
                "---\ntitle: Exports time out\ntemplate: note\nvisibility: internal\n---\nx\n",
            ),
            ("tickets/a.md", "---\ntitle: Imports time out\ntemplate: note\nvisibility: public\n---\nx\n"),
            ("tickets/a/plans-k7f3qa.log", "x\n"),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/plans-k7f3qa.md",
                "---\ntitle: Exports time out\ntemplate: note\nvisibility: internal\n---\nx\n",
            ),
            (
                "tickets/a.md",
                "---\ntitle: Imports time out\ntemplate: note\nvisibility: public\n---\nThe same as in plans-k7f3qa.\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/moonlight.md",
                "---\ntitle: Exports time out\ntemplate: note\nvisibility: internal\n---\nx\n",
            ),
            (
                "tickets/a.md",
                "---\ntitle: Imports time out\ntemplate: note\nvisibility: internal\n---\nThe same as in moonlight.\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    match file.role {
        Role::Attachment(ticket) => {
            let public = context.store.thread(ticket.stem());
            if public.is_none_or(|thread| thread.state.visibility != Visibility::Public) {
                return;
            }
            let (names, name) = (context.internal_names(), file.path().file_name());
            let named = names.first(name).map(|span| name[span].to_owned());
            let text = file.plain_text.and_then(|text| Some((names.first(text)?, text)));
            let finding = match (named, text) {
                (Some(named), _) => RULE.finding(
                    file.path(),
                    format!("the file name of this attachment contains the internal ticket `{named}`"),
                ),
                (None, Some((span, text))) => {
                    let named = &text[span.clone()];
                    RULE.finding(file.path(), format!("this attachment names the internal ticket `{named}`"))
                        .at(span)
                }
                (None, None) => return,
            };
            findings.push(finding.help("remove the name, or do not link the file from public text"));
        }
        _ if is_public(file, context) => {
            let (Some(text), Some(document)) = (file.text(), file.document) else { return };
            let (names, body) = (context.internal_names(), document.body.start);
            for (span, name) in names.words(&text[body..]).into_iter().take(MAX_NAMES) {
                let message = format!("public text names the internal ticket `{name}`");
                let finding = RULE.finding(file.path(), message).at(body + span.start..body + span.end);
                findings.push(finding.help(format!(
                    "if you mean the ticket, remove the name or write `#{name}`, which a public site replaces"
                )));
            }
        }
        _ => {}
    }
}

/// Returns true if a public site shows the text of `file`.
fn is_public(file: &File<'_>, context: &CheckContext<'_>) -> bool {
    match file.content {
        CheckedContent::Ticket(thread, _) => thread.state.visibility == Visibility::Public,
        CheckedContent::Reply(thread, reply, _) => thread.is_public(reply),
        CheckedContent::Article(article) => {
            article.visibility.unwrap_or(context.store.settings.visibility) == Visibility::Public
        }
        _ => false,
    }
}

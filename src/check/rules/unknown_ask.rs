//! `unknown-ask`: a request for a field or section that does not exist.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    store::Store,
    template::Template,
    text::nearest,
    ticket::yaml_scalar,
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-ask",
    level: Level::Warn,
    requirement: "`asks` names fields and sections of the template.",
    why: "A request counts as answered when the field or section is filled. A misspelled name is never \
          filled, so the ticket waits forever.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\nservice: billing\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: pending\n\
                 asks: [servce]\n\
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
                 status: pending\n\
                 asks: [service]\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (CheckedContent::Reply(_, _, Some(template)), Some(front)) = (file.content, file.front()) else {
        return;
    };
    let Some(asks) = front.get("asks").filter(|_| !template.any_fields) else { return };
    for item in asks.items() {
        let Some(ask) = item.text().filter(|ask| !is_known(ask, template, context.store)) else { continue };
        let finding = RULE
            .finding(file.path(), format!("unknown field or section `{ask}`"))
            .at(item.span.clone())
            .help(format!(
                "template `{}` has {}",
                template.name,
                template.names_to_ask().collect::<Vec<_>>().join(", ")
            ));
        let span = item.span.clone();
        findings.push(match nearest(ask, template.names_to_ask()) {
            Some(near) => finding.suggest(format!("write `{near}`"), span, yaml_scalar(near)),
            None => finding,
        });
    }
}

/// Returns true if any template has the field or section `ask`. Canned responses are written for several templates,
/// and a reply can contain a section that its ticket's template does not have.
fn is_known(ask: &str, template: &Template, store: &Store) -> bool {
    let has =
        |template: &Template| template.names_to_ask().any(|name| name.to_lowercase() == ask.to_lowercase());
    has(template) || store.templates.iter().any(has)
}

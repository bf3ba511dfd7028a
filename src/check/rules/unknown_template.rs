//! `unknown-template`: a template that does not exist.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    template::TEMPLATE_FOLDER,
    text::{RepoPath, Span, nearest},
    ticket::parse_yaml,
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-template",
    level: Level::Deny,
    requirement: "The template of a ticket, and `default_template` in the settings, is a template of this \
          repository.",
    why: "Casebook does not know which fields and sections such a ticket needs, so it checks none.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: incidnet\n---\n")]),
        Case::fails(&[NOTE, ("casebook.yml", "default_template: incident\n")]),
        Case::passes(&[
            NOTE,
            ("casebook.yml", "default_template: note\n"),
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    match file.content {
        CheckedContent::Ticket(thread, None) if !thread.ticket.template.is_empty() => {
            findings.push(unknown(file, &thread.ticket.template, file.span_of("template"), context));
        }
        CheckedContent::Settings(settings) => {
            let Some(name) = &settings.default_template else { return };
            // The templates in effect may come from another revision than these settings.
            let path = RepoPath::new(format!("{TEMPLATE_FOLDER}/{name}.md"));
            if context.store.template(name).is_none() && context.store.layout.role(&path).is_none() {
                findings.push(unknown(file, name, span_in_settings(file), context));
            }
        }
        _ => {}
    }
}

fn unknown(file: &File<'_>, name: &str, span: Span, context: &CheckContext<'_>) -> Finding {
    let names: Vec<&str> = context.store.templates.iter().map(|template| template.name.as_str()).collect();
    let finding = RULE
        .finding(file.path(), format!("unknown template `{name}`"))
        .at(span.clone())
        .help(format!("use one of: {}", names.join(", ")));
    match nearest(name, names) {
        Some(near) => finding.suggest(format!("write `{near}`"), span, near),
        None => finding,
    }
}

fn span_in_settings(file: &File<'_>) -> Span {
    let text = file.text().unwrap_or_default();
    let (entries, _) = parse_yaml(
        text.trim_start_matches('\u{feff}'),
        text.len() - text.trim_start_matches('\u{feff}').len(),
    );
    entries
        .iter()
        .find(|entry| entry.key == "default_template")
        .map_or(0..0, |entry| entry.value.span.clone())
}

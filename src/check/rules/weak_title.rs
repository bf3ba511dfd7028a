//! `weak-title`: a title that is too vague.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    detectors::{substance::weakness, title::has_substance},
    diagnostic::{Finding, Level, MissingPart},
    settings::Settings,
    template::{Stage, Template},
};

pub(super) const RULE: Rule = Rule {
    code: "weak-title",
    level: Level::Deny,
    requirement: "A title says what fails or what is needed: a subject and something about it. If the template requires \
          no section of a new ticket, a vague title is only a warning.",
    why: "Queues and search results show only the title. `Help`, `Urgent!!!` and `Invoice` could be any ticket.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Please help, urgent!!!\ntemplate: note\n---\n")]),
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Note\ntemplate: note\n---\n")]),
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: 紧急求助\ntemplate: note\n---\n")]),
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: Invoice\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Question\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             The page on roles, which lists no such role.\n",
        )]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports of October end with a timeout\n\
                 template: note\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: NullPointerException in ExportJob\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Ticket(thread, template) = file.content else { return };
    let title = thread.ticket.title.trim();
    let settings = &context.store.settings;
    if title.is_empty() || file.is_imported() || !is_vague(title, template, settings) {
        return;
    }
    let finding = RULE
        .finding(file.path(), format!("the title `{title}` is too vague"))
        .at(file.span_of("title"))
        .missing(MissingPart::Field("title".to_owned()))
        .help("say what fails and where, as in `Invoice export times out above 10,000 rows`");
    let level = match template.is_some_and(requires_text) {
        true => finding.level,
        false => settings.level_of(RULE.code, Level::Warn),
    };
    findings.push(Finding { level, ..finding });
}

/// Returns true if a new ticket must have a section with text.
fn requires_text(template: &Template) -> bool {
    template.sections.iter().any(|section| section.required.contains(&Stage::Open))
}

fn is_vague(title: &str, template: Option<&Template>, settings: &Settings) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let bare = letters(title);
    let mut names = template.iter().flat_map(|template| [&template.title, &template.name]);
    let mut services = settings.services.iter().flat_map(|service| [&service.id, &service.name]);
    names.any(|name| letters(name) == bare)
        || services.any(|name| letters(name) == bare)
        || weakness(title, "").is_some()
        || !has_substance(title)
}

//! `unknown-person`: a person who is not listed in the settings.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE, values::field_problem},
    diagnostic::{Finding, Level},
    settings::Settings,
    template::PERSON,
    text::Span,
    ticket::{parse_yaml, yaml_scalar},
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-person",
    level: Level::Warn,
    requirement: "Requesters, authors, assignees and oncall are ids listed under `people` in casebook.yml, if \
          that list is not empty.",
    why: "Somebody with two names is counted twice, and `assignee:me` finds only half of their \
          tickets.",
    cases: &[
        Case::fails(&[
            ("casebook.yml", "people: { mei: { name: Mei Lin, logins: [meilin] }, omar: {} }\n"),
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 assignee: meilin\n\
                 ---\n",
            ),
        ]),
        Case::fails(&[("casebook.yml", "people: { mei: {} }\nservices: { billing: { oncall: [mai] } }\n")]),
        Case::passes(&[
            ("casebook.yml", "people: { mei: { name: Mei Lin, logins: [meilin] }, omar: {} }\n"),
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\nrequester: omar\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\nassignee: mei\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    // Imported tickets name the people of another tracker.
    if file.is_imported() {
        return;
    }
    let keys: &[&str] = match file.content {
        CheckedContent::Ticket(..) => &["requester"],
        CheckedContent::Reply(..) => &["author", "assignee"],
        CheckedContent::Settings(settings) => return check_oncall(file, settings, findings),
        _ => return,
    };
    for node in keys.iter().filter_map(|key| file.front()?.get(key)) {
        if let Some(text) = node.text().filter(|text| !text.is_empty()) {
            findings.extend(unknown(text, node.span.clone(), file, context));
        }
    }
}

fn unknown(text: &str, span: Span, file: &File<'_>, context: &CheckContext<'_>) -> Option<Finding> {
    let finding = field_problem(PERSON, text, span.clone(), file.path(), context.store)?;
    Some(match context.store.settings.person_by_other_name(text) {
        Some(person) => {
            let id = yaml_scalar(&person.id);
            Finding { label: String::new(), ..finding }.fix(format!("write `{id}`"), span, id)
        }
        None => finding,
    })
}

/// Checks the people in the `oncall` lists of services.
fn check_oncall(file: &File<'_>, settings: &Settings, findings: &mut Vec<Finding>) {
    let text = file.text().unwrap_or_default();
    if settings.people.is_empty()
        || settings
            .services
            .iter()
            .flat_map(|service| &service.oncall)
            .all(|id| settings.person(id).is_some())
    {
        return;
    }
    let plain = text.trim_start_matches('\u{feff}');
    let (entries, _) = parse_yaml(plain, text.len() - plain.len());
    let services =
        entries.iter().find(|entry| entry.key == "services").map_or(&[][..], |e| e.value.entries());
    for item in
        services.iter().filter_map(|service| service.value.get("oncall")).flat_map(|e| e.value.items())
    {
        if let Some(id) = item.text().filter(|id| settings.person(id).is_none()) {
            findings.push(
                RULE.finding(file.path(), format!("unknown person `{id}` in `oncall`"))
                    .at(item.span.clone())
                    .help("add the person under `people`, with the e-mail address of their commits"),
            );
        }
    }
}

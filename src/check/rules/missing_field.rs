//! `missing-field`: a required field without a value.

use crate::{
    check::{
        Case, CheckContext, CheckedContent, File, Rule,
        demands::{is_given, is_required, stage_of},
    },
    diagnostic::{Finding, Level, MissingPart},
    template::{Field, NamedThing, Stage, Template},
    text::nearest,
    ticket::CORE_KEYS,
};

pub(super) const RULE: Rule = Rule {
    code: "missing-field",
    level: Level::Deny,
    requirement: "A ticket has a title, a template and the fields that its template requires. A resolving \
          reply has the fields that the resolution requires.",
    why: "Oncall must ask for each missing value, which costs a round trip and often hours.",
    cases: &[
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Question\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             The page on roles, which lists no such role.\n",
        )]),
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             ---\n\
             ## Question\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             The page on roles, which lists no such role.\n",
        )]),
        Case::fails(&[
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: incident\n\
                 service: billing\n\
                 environment: production\n\
                 ---\n\
                 ## Problem\n\
                 Exporting the invoices of October ends after 30 s with an error.\n\
                 ## Impact\n\
                 All accountants of EU customers.\n",
            ),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: fixed\n\
                 ---\n\
                 ## Cause\n\
                 The disk was full\n\
                 ## Fix\n\
                 The disk was enlarged\n",
            ),
        ]),
        Case::passes(&[
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: incident\n\
                 service: billing\n\
                 environment: production\n\
                 ---\n\
                 ## Problem\n\
                 Exporting the invoices of October ends after 30 s with an error.\n\
                 ## Impact\n\
                 All accountants of EU customers.\n",
            ),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: fixed\n\
                 set: { root_cause: capacity }\n\
                 ---\n\
                 ## Cause\n\
                 The disk was full\n\
                 ## Fix\n\
                 The disk was enlarged\n",
            ),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if file.front().is_none() {
        return;
    }
    match file.content {
        CheckedContent::Ticket(_, template) => {
            require_key(
                file,
                "title",
                "add a line that says what fails or what you need: `title: …`",
                findings,
            );
            require_key(
                file,
                "template",
                "add a line such as `template: incident`; `casebook new` writes it for you",
                findings,
            );
            require_fields(file, template, context, findings);
        }
        CheckedContent::Reply(_, _, template) => require_fields(file, template, context, findings),
        CheckedContent::Article(_) => {
            require_key(file, "title", "add a line that says what the article is about: `title: …`", findings)
        }
        _ => {}
    }
}

/// Adds a finding if `key`, which every such file must have, is missing or empty.
fn require_key(file: &File<'_>, key: &str, help: &str, findings: &mut Vec<Finding>) {
    let is_empty = |node: &crate::ticket::YamlNode| node.text().is_some_and(|text| text.trim().is_empty());
    let entry = file.front().and_then(|front| front.entry(key));
    if !file.mentions(key) || entry.is_some_and(|entry| is_empty(&entry.value)) {
        findings.push(
            RULE.finding(file.path(), format!("missing field `{key}`")).at(file.span_of(key)).help(help),
        );
    }
}

fn require_fields(
    file: &File<'_>,
    template: Option<&Template>,
    context: &CheckContext<'_>,
    findings: &mut Vec<Finding>,
) {
    let (Some(template), Some(thread)) = (template, file.thread()) else { return };
    let own = match file.content {
        CheckedContent::Reply(_, reply, _) => Some(reply),
        _ => None,
    };
    for (position, field) in template.fields.iter().enumerate() {
        let Field { name, required, when, since, .. } = field;
        if !is_required(required, when, *since, file, context) || is_given(thread, own, name) {
            continue;
        }
        let blank = file.front().and_then(|front| front.entry(name));
        if blank.is_none() && is_misspelled(file, template, name) {
            continue;
        }
        let finding = match stage_of(file, context) {
            Some(Stage::Resolved(resolution)) => RULE
                .finding(
                    file.path(),
                    format!("missing field `{name}`, required by resolution `{resolution}`"),
                )
                .at(file.span_of("resolution"))
                .help(format!("add `set: {{ {name}: … }}`{}", hint(field, context))),
            // For a value that could not be parsed, the parser has already added a finding.
            _ if file.mentions(name) && !is_blank(file, name) => continue,
            _ => RULE
                .finding(
                    file.path(),
                    format!("missing field `{name}`, required by template `{}`", template.name),
                )
                .at(if blank.is_some() { file.span_of(name) } else { file.span_of("template") })
                .help(format!("add `{name}: …`{}", hint(field, context))),
        };
        let finding = finding.missing(MissingPart::Field(name.clone())).ranked(position);
        findings.push(match (blank, CORE_KEYS.contains(&name.as_str())) {
            (Some(_), _) => finding.label("has no value"),
            (None, true) => finding,
            (None, false) => finding.label("requires the field"),
        });
    }
}

/// Returns true if the file has an unknown key that is probably a misspelling of `name`. The rule `unknown-key` reports it
/// with the right name, and a second finding about the same line would not help.
fn is_misspelled(file: &File<'_>, template: &Template, name: &str) -> bool {
    let known = |key: &str| CORE_KEYS.contains(&key) || template.field(key).is_some();
    let fields = template.fields.iter().map(|field| field.name.as_str());
    let all: Vec<&str> = fields.chain(CORE_KEYS.iter().copied()).collect();
    let front = file.front();
    let entries = match file.content {
        CheckedContent::Reply(..) => {
            front.and_then(|front| front.get("set")).map_or(&[][..], |set| set.entries())
        }
        _ => front.map_or(&[][..], |front| &front.entries),
    };
    let mut unknown = entries.iter().map(|entry| entry.key.as_str()).filter(|key| !known(key));
    !template.any_fields && unknown.any(|key| nearest(key, all.iter().copied()) == Some(name))
}

fn is_blank(file: &File<'_>, name: &str) -> bool {
    let entry = file.front().and_then(|front| front.entry(name));
    entry.is_some_and(|entry| {
        entry.value.is_null() || entry.value.value().texts().iter().all(|t| t.trim().is_empty())
    })
}

/// The maximum number of services or people that a help text lists.
const MAX_LISTED: usize = 8;

/// Returns the possible values or the example of a field and its question, for help texts.
fn hint(field: &Field, context: &CheckContext<'_>) -> String {
    let settings = &context.store.settings;
    let names: Vec<&str> = match field.kind.names {
        Some(NamedThing::Service) => settings.services.iter().map(|service| service.id.as_str()).collect(),
        Some(NamedThing::Person) => settings.people.iter().map(|person| person.id.as_str()).collect(),
        _ => field.options.iter().map(String::as_str).collect(),
    };
    let mut hint = String::new();
    if !names.is_empty() {
        let shown = if field.options.is_empty() { names.len().min(MAX_LISTED) } else { names.len() };
        hint.push_str(&format!(", one of {}", names[..shown].join(", ")));
        if shown < names.len() {
            hint.push_str(&format!(" and {} more", names.len() - shown));
        }
    } else if let Some(example) = &field.example {
        hint.push_str(&format!(", such as {example}"));
    }
    if let Some(ask) = &field.ask {
        hint.push_str(&format!(": {ask}"));
    }
    hint
}

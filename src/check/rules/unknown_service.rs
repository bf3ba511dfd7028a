//! `unknown-service`: a service that is not listed in the settings.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE, values::field_problem},
    diagnostic::{Finding, Level},
    template::SERVICE,
    ticket::YamlNode,
};

pub(super) const RULE: Rule = Rule {
    code: "unknown-service",
    level: Level::Deny,
    requirement: "Every service is listed under `services` in casebook.yml.",
    why: "A ticket with an unknown service is in no team's queue.",
    cases: &[
        Case::fails(&[
            ("casebook.yml", "services: { billing-api: {}, billing-export: {} }\n"),
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 service: billing-exprot\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            ("casebook.yml", "services: { billing-api: {}, billing-export: {} }\n"),
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 service: billing-export\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(front) = file.front() else { return };
    let node: Option<&YamlNode> = match file.content {
        CheckedContent::Ticket(..) | CheckedContent::Article(_) => front.get("service"),
        CheckedContent::Reply(..) => {
            front.get("set").and_then(|set| set.get("service")).map(|entry| &entry.value)
        }
        _ => None,
    };
    if let Some((node, text)) = node.and_then(|node| Some((node, node.text()?))) {
        findings.extend(field_problem(SERVICE, text, node.span.clone(), file.path(), context.store));
    }
}

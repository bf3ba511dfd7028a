//! `unknown-service`: a service that is not in the catalogue.

use super::NOTE;
use crate::{
    check::{Case, File, Noun, Rule, World, values::misfit},
    diagnostic::{Finding, Level},
    template::SERVICE,
    ticket::Node,
};

/// The rule.
pub const RULE: Rule = Rule {
    code: "unknown-service",
    level: Level::Deny,
    wants: "Every service that is named is in the catalogue of casebook.yml.",
    why: "A ticket of a service that nobody knows is in nobody's queue.",
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
    of_content: true,
    look: Some(look),
};

fn look(file: &File<'_>, world: &World<'_>, findings: &mut Vec<Finding>) {
    let Some(front) = file.front() else { return };
    let node: Option<&Node> = match file.noun {
        Noun::Ticket(..) | Noun::Article(_) => front.get("service"),
        Noun::Reply(..) => front.get("set").and_then(|set| set.get("service")).map(|entry| &entry.value),
        _ => None,
    };
    if let Some((node, text)) = node.and_then(|node| Some((node, node.text()?))) {
        findings.extend(misfit(SERVICE, text, node.span.clone(), file.path(), world.store));
    }
}

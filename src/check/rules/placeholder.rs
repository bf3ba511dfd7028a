//! `placeholder`: words that stand for an answer.

use crate::{
    check::{Case, File, Rule, World, demands::Fault, substance::Weakness},
    diagnostic::{Finding, Level, Wants},
};

/// The rule.
pub const RULE: Rule = Rule {
    code: "placeholder",
    level: Level::Deny,
    wants: "A section that is required says something: not `n/a`, `see above` or `todo`.",
    why: "Such words satisfy a form and nobody who reads it.",
    cases: &[
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Question\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             n/a\n",
        )]),
        Case::passes(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Question\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             The page on roles, which lists no such role.\n",
        )]),
    ],
    of_content: true,
    look: Some(look),
};

fn look(file: &File<'_>, world: &World<'_>, findings: &mut Vec<Finding>) {
    for judged in file.judged(world) {
        let name = &judged.rule.name;
        if let Fault::Weak(Weakness::Placeholder(words)) = &judged.fault {
            findings.push(
                RULE.finding(file.path(), format!("`## {name}` says only `{words}`"))
                    .at(judged.span.clone())
                    .wants(Wants::Section(name.clone()))
                    .help(format!("write {}", super::wants_of(file, judged, world))),
            );
        }
    }
}

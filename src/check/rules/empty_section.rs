//! `empty-section`: a section without text.

use crate::{
    check::{Case, File, Rule, World, demands::Fault, substance::Weakness},
    diagnostic::{Finding, Level, Wants},
};

/// The rule.
pub const RULE: Rule = Rule {
    code: "empty-section",
    level: Level::Deny,
    wants: "A section that is required has text below its heading.",
    why: "A heading is no answer.",
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
             ## What I tried\n",
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
        if let Fault::Weak(Weakness::Empty) = &judged.fault {
            findings.push(
                RULE.finding(file.path(), format!("`## {name}` is empty"))
                    .at(judged.span.clone())
                    .wants(Wants::Section(name.clone()))
                    .help(format!("below it, write {}", super::wants_of(file, judged, world))),
            );
        }
    }
}

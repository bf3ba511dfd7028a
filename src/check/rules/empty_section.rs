//! `empty-section`: a required section without text.

use crate::{
    check::{
        Case, CheckContext, File, Rule, demands::section_faults, fault::Fault, requirement::requirement_of,
    },
    detectors::substance::Weakness,
    diagnostic::{Finding, Level, MissingPart},
};

pub(super) const RULE: Rule = Rule {
    code: "empty-section",
    level: Level::Deny,
    requirement: "A required section has text below its heading.",
    why: "Oncall must ask for the missing information, which delays the answer.",
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
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    for section in section_faults(file, context) {
        let name = &section.rule.name;
        if let Fault::Weak(Weakness::Empty) = &section.fault {
            findings.push(
                RULE.finding(file.path(), format!("section `## {name}` is empty"))
                    .at(section.span.clone())
                    .ranked(section.position)
                    .missing(MissingPart::Section(name.clone()))
                    .help(format!("below the heading, write {}", requirement_of(file, section, context))),
            );
        }
    }
}

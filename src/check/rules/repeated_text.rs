//! `repeated-text`: repeated characters or words instead of text.

use crate::{
    check::{
        Case, CheckContext, File, Rule, demands::section_faults, fault::Fault, requirement::requirement_of,
    },
    detectors::substance::Weakness,
    diagnostic::{Finding, Level, MissingPart},
};

pub(super) const RULE: Rule = Rule {
    code: "repeated-text",
    level: Level::Deny,
    requirement: "A required section has real text, not one character or word repeated.",
    why: "Filler hides that the answer is missing, and oncall must ask for it.",
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
             x x x x x x x x x x\n",
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
        if let Fault::Weak(Weakness::Repeated(part)) = &section.fault {
            findings.push(
                RULE.finding(file.path(), format!("section `## {name}` only repeats `{part}`"))
                    .at(section.span.clone())
                    .ranked(section.position)
                    .missing(MissingPart::Section(name.clone()))
                    .help(format!("write {}", requirement_of(file, section, context))),
            );
        }
    }
}

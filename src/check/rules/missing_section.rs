//! `missing-section`: a required section that is missing.

use crate::{
    check::{
        Case, CheckContext, File, Rule, demands::section_faults, fault::Fault, requirement::requirement_of,
    },
    diagnostic::{Finding, Level, MissingPart},
};

pub(super) const RULE: Rule = Rule {
    code: "missing-section",
    level: Level::Deny,
    requirement: "A ticket has the sections that its template requires. A resolving reply has the sections \
          that the resolution requires.",
    why: "Oncall must ask for information that the ticket leaves out. The next person with the same \
          problem must find out again what the resolution leaves out.",
    cases: &[
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Question\n\
             How do I give a partner read access to invoices?\n",
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
                 set: { root_cause: capacity }\n\
                 ---\n\
                 Fixed it.\n",
            ),
        ]),
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
        if let Fault::Missing = &section.fault {
            findings.push(
                RULE.finding(
                    file.path(),
                    format!("missing section `## {name}`, required by {}", section.required_by),
                )
                .at(section.span.clone())
                .ranked(section.position)
                .missing(MissingPart::Section(name.clone()))
                .help(format!(
                    "add the line `## {name}`; below it, write {}",
                    requirement_of(file, section, context)
                )),
            );
        }
    }
}

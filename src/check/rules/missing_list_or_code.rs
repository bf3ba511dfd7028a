//! `missing-list-or-code`: a section without the list or code block that it needs.

use crate::{
    check::{Case, CheckContext, File, Rule, demands::section_faults, fault::Fault},
    diagnostic::{Finding, Level, MissingPart},
    template::Need,
};

pub(super) const RULE: Rule = Rule {
    code: "missing-list-or-code",
    level: Level::Deny,
    requirement: "A section has a list or a code block where its template requires one.",
    why: "Oncall can follow numbered steps and copy commands from a code block, but must guess the steps \
          that prose leaves out.",
    cases: &[
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: Totals show -0.00\n\
             template: bug\n\
             service: billing\n\
             version: 2.14.0\n\
             ---\n\
             ## Problem\n\
             An invoice with a credit note shows a total of -0.00.\n\
             ## Expected\n\
             A total of 0.00\n\
             ## Steps to reproduce\n\
             Just open any such invoice and look at the total.\n",
        )]),
        Case::passes(&[(
            "tickets/a.md",
            "---\n\
             title: Totals show -0.00\n\
             template: bug\n\
             service: billing\n\
             version: 2.14.0\n\
             ---\n\
             ## Problem\n\
             An invoice with a credit note shows a total of -0.00.\n\
             ## Expected\n\
             A total of 0.00\n\
             ## Steps to reproduce\n\
             1. Open an invoice with a credit note.\n\
             2. CheckFn at the total.\n",
        )]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    for section in section_faults(file, context) {
        let name = &section.rule.name;
        if let Fault::NoListOrCode = &section.fault {
            let has = match section.rule.needs[..] {
                [Need::List] => "has no list",
                [Need::Code] => "has no code block",
                _ => "has no list and no code block",
            };
            findings
                .push(RULE.finding(file.path(), format!("section `## {name}` {has}")).at(section.span.clone()).ranked(section.position)
                    .missing(MissingPart::Section(name.clone())).help(
                "number the steps (`1. …`), or put commands and logs between two lines with three backticks",
            ));
        }
    }
}

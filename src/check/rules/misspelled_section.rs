//! `misspelled-section`: a heading that looks like a misspelled section.

use crate::{
    check::{Case, CheckContext, File, Rule, demands::section_faults, fault::Fault},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "misspelled-section",
    level: Level::Deny,
    requirement: "The heading of a section is `## ` followed by the section's name in the template.",
    why: "Queries, rules and pages do not find a section with another heading.",
    cases: &[
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Qestion\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             The page on roles, which lists no such role.\n",
        )]),
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             service: billing\n\
             ---\n\
             # Question\n\
             How do I give a partner read access to invoices?\n\
             ## What I tried\n\
             The page on roles, which lists no such role.\n",
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
        if let Fault::Heading { written, same_words } = &section.fault {
            let right = format!("## {name}");
            let finding = RULE
                .finding(file.path(), format!("this heading looks like a misspelling of `{right}`"))
                .at(section.span.clone())
                .ranked(section.position)
                .help(format!(
                    "{} requires a section `{right}`; this heading is `{written}`",
                    section.required_by
                ));
            findings.push(match same_words {
                true => finding.fix(format!("write `{right}`"), section.span.clone(), right),
                false => finding.suggest(format!("write `{right}`"), section.span.clone(), right),
            });
        }
    }
}

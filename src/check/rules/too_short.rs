//! `too-short`: a section with too few words.

use crate::{
    check::{
        Case, CheckContext, File, Rule, demands::section_faults, fault::Fault, requirement::requirement_of,
    },
    diagnostic::{Finding, Level, MissingPart},
    text::Plural,
};

pub(super) const RULE: Rule = Rule {
    code: "too-short",
    level: Level::Deny,
    requirement: "A section has at least as many words as its template requires (in scripts without spaces, \
          each character counts as a word).",
    why: "A description of a few words costs a round trip: oncall must ask what was done, what was \
          expected and what happened.",
    cases: &[
        Case::fails(&[(
            "tickets/a.md",
            "---\n\
             title: How do partners read invoices\n\
             template: question\n\
             service: billing\n\
             ---\n\
             ## Question\n\
             How do permissions work?\n\
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
        if let Fault::Short(words) = &section.fault {
            let (has, minimum) = (Plural(*words, "word"), section.rule.min_words);
            findings.push(
                RULE.finding(
                    file.path(),
                    format!("section `## {name}` is too short: {has}; the minimum is {minimum}"),
                )
                .at(section.span.clone())
                .ranked(section.position)
                .missing(MissingPart::Section(name.clone()))
                .help(format!("write {}", requirement_of(file, section, context))),
            );
        }
    }
}

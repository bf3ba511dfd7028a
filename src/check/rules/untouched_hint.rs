//! `untouched-hint`: a section that still contains the hint of the template.

use crate::{
    check::{Case, CheckContext, File, Rule, demands::section_faults, fault::Fault},
    detectors::substance::Weakness,
    diagnostic::{Finding, Level, MissingPart},
};

pub(super) const RULE: Rule = Rule {
    code: "untouched-hint",
    level: Level::Deny,
    requirement: "A section contains the requester's own text, not the hint of the template.",
    why: "The hint asks a question. A section that only repeats it looks answered and is not.",
    cases: &[
        Case::fails(&[
            (
                "ticket-templates/bug.md",
                "---\n\
                 title: Bug\n\
                 sections: { Problem: { required: open } }\n\
                 ---\n\
                 ## Problem\n\
                 <!-- What happens, seen from outside? -->\n",
            ),
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: bug\n\
                 ---\n\
                 ## Problem\n\
                 What happens, seen from outside?\n",
            ),
        ]),
        Case::passes(&[
            (
                "ticket-templates/bug.md",
                "---\n\
                 title: Bug\n\
                 sections: { Problem: { required: open } }\n\
                 ---\n\
                 ## Problem\n\
                 <!-- What happens, seen from outside? -->\n",
            ),
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: bug\n\
                 ---\n\
                 ## Problem\n\
                 The export ends after 30 s.\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    for section in section_faults(file, context) {
        let name = &section.rule.name;
        if let Fault::Weak(Weakness::Hint) = &section.fault {
            findings.push(
                RULE.finding(file.path(), format!("section `## {name}` still contains the template's hint"))
                    .at(section.span.clone())
                    .ranked(section.position)
                    .missing(MissingPart::Section(name.clone()))
                    .help("replace the hint with your own text"),
            );
        }
    }
}

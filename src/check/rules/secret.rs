//! `secret`: a password, token or key.

use std::sync::LazyLock;

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    detectors::secrets::Secrets,
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "secret",
    level: Level::Deny,
    wants: "No file of the casebook has a secret in it.",
    why: "A repository is cloned, indexed and published, and what was committed stays in its history. A \
          secret that was pushed has to be replaced. (Found by patterns that are documented by those who \
          issue the tokens; `casebook check` never prints what it found.)",
    // In pieces, so that this file looks like no leak to other scanners.
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                concat!(
                    "---\n\
                     title: Exports time out\n\
                     template: note\n\
                     ---\n\
                     The bucket opens with AKIA",
                    "Q3EGRYB7KMZP2XWN and nothing else.\n"
                ),
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 ---\n\
                 The bucket opens with the key of the vault.\n",
            ),
        ]),
    ],
    of_content: true,
    look: Some(look),
};

fn look(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::load);
    let Some(text) = file.text() else { return };
    for found in SECRETS.find(text) {
        let mut finding = RULE
            .finding(file.path(), format!("this looks like a secret: {}", found.rule.name))
            .at(found.span.clone())
            .help("take it out, and replace the secret wherever it is used if it was ever pushed or shown");
        finding.masked = [found.span].into();
        findings.push(finding);
    }
}

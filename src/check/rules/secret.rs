//! `secret`: a password, token or key.

use super::NOTE;
use crate::{
    check::{Case, File, Rule, World, secrets::Secrets},
    diagnostic::{Finding, Level},
};

/// The rule.
pub const RULE: Rule = Rule {
    code: "secret",
    level: Level::Deny,
    wants: "No file of the casebook has a secret in it.",
    why: "A repository is cloned, indexed and published, and what was committed stays in its history. A \
          secret that was pushed has to be replaced. (Found by patterns that are documented by those who \
          issue the tokens; `casebook check` never prints what it found. Secrets that an import brought in are \
          warnings: `imports/secrets.baseline` lists them.)",
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
    of_content: false,
    look: Some(look),
};

/// Finds secrets, and lowers those of the baseline to warnings.
fn look(file: &File<'_>, world: &World<'_>, findings: &mut Vec<Finding>) {
    let Some(text) = file.text() else { return };
    for found in Secrets::builtin().find(text) {
        let mut finding = RULE
            .finding(file.path(), format!("this looks like a secret: {}", found.rule.name))
            .at(found.span.clone());
        finding = match world.store.baseline.has(file.path(), &found.rule.id, &text[found.span.clone()]) {
            true => Finding { level: Level::Warn, ..finding }.help(
                "an import brought it in: replace it wherever it is used, then import again with `--redact`",
            ),
            false => finding.help(
                "take it out, and replace the secret wherever it is used if it was ever pushed or shown",
            ),
        };
        finding.masked = [found.span].into();
        findings.push(finding);
    }
}

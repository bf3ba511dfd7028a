//! `secret`: a password, token or key.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    detectors::secrets::Secrets,
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "secret",
    level: Level::Deny,
    requirement: "Files contain no passwords, tokens or keys.",
    why: "The repository is cloned, indexed and may be published, and git keeps deleted text. A secret \
          that was pushed must be replaced. (The patterns follow the documentation of the token \
          issuers. `casebook check` never prints a secret. Secrets that an import added are warnings; \
          `imports/secrets.baseline` lists them.)",
    // The secret is split, so that other scanners do not report this file.
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
    warns_on_imports: false,
    check: Some(check),
};

/// Finds secrets. Secrets that the baseline lists are warnings.
fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(text) = file.text() else { return };
    for hit in Secrets::builtin().find(text) {
        let mut finding =
            RULE.finding(file.path(), format!("possible secret: {}", hit.rule.name)).at(hit.span.clone());
        finding = match context.store.baseline.has(file.path(), &hit.rule.id, &text[hit.span.clone()]) {
            true => Finding { level: Level::Warn, ..finding }.help(
                "an import added this secret: revoke it and issue a new one, then import again with `--redact`",
            ),
            false => finding.help(
                "delete the secret from the file; if it was ever pushed or shown, revoke it and issue a new one",
            ),
        };
        finding.masked = [hit.span].into();
        findings.push(finding);
    }
}

//! `secret`: a password, token or key.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    detectors::secrets::Secrets,
    diagnostic::{Finding, Level},
    text::RepoPath,
};

pub(super) const RULE: Rule = Rule {
    code: "secret",
    level: Level::Deny,
    requirement: "Files contain no passwords, tokens or keys.",
    why: "The repository is cloned, indexed and may be published, and git keeps deleted text. A secret \
          that was pushed must be replaced. (Names of files, hidden files such as `.env`, text in UTF-16 and \
          Base64 are checked too. The patterns are those of the project betterleaks and of the token issuers. Passwords are also \
          found by the text before them, in several languages, on command lines, in settings and in tables. \
          `casebook check` prints no secret, except as part of a file's name. Secrets that an import added are warnings; \
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

/// Finds secrets in the text and the name of a file.
fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    findings.extend(in_name(file.path()));
    if let Some(text) = file.text() {
        findings.extend(in_text(file.path(), text, context));
    } else if let Some(text) = file.strings {
        findings.extend(in_strings(file.path(), text));
    }
}

/// Returns a finding for each secret in `text`. Secrets that the baseline lists are warnings.
pub(in crate::check) fn in_text<'a>(
    path: &'a RepoPath,
    text: &'a str,
    context: &CheckContext<'_>,
) -> impl Iterator<Item = Finding> {
    let baseline = &context.store.baseline;
    Secrets::builtin().find(text).into_iter().map(move |hit| {
        // Before a rule for this kind of secret existed, a more general rule found it.
        let is_known = std::iter::once((hit.rule, &hit.span))
            .chain(hit.others.iter().map(|(rule, span)| (*rule, span)))
            .any(|(rule, span)| baseline.has(path, &rule.id, &text[span.clone()]));
        let mut finding = finding(path, &hit.rule.name).at(hit.span.clone());
        if is_known {
            finding = Finding { level: Level::Warn, help: Vec::new(), ..finding }.help(
                "an import added this secret: revoke it and issue a new one, then import again with `--redact`",
            );
        }
        finding.masked = [hit.span].into();
        finding
    })
}

/// Returns a finding for each secret with a form of its own, without its place, because no line can be shown.
fn in_strings<'a>(path: &'a RepoPath, text: &'a str) -> impl Iterator<Item = Finding> {
    in_specific_text(path, text).map(|finding| Finding { span: None, masked: [].into(), ..finding })
}

/// Returns a finding for each secret with a form of its own.
pub(in crate::check) fn in_specific_text<'a>(
    path: &'a RepoPath,
    text: &'a str,
) -> impl Iterator<Item = Finding> {
    Secrets::builtin().find_specific(text).into_iter().map(move |hit| {
        let mut finding = finding(path, &hit.rule.name).at(hit.span.clone());
        finding.masked = [hit.span].into();
        finding
    })
}

/// The name of a file is searched only if it has a word of at least this length, because each secret has one.
const SHORTEST_IN_NAME: usize = 12;

/// Returns a finding if the name of a file contains a secret.
pub(in crate::check) fn in_name(path: &RepoPath) -> Option<Finding> {
    // Most names consist of short words, and there are as many names as files.
    let is_in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !path.as_str().split(|c| !is_in_word(c)).any(|word| word.len() >= SHORTEST_IN_NAME) {
        return None;
    }
    let hit = Secrets::builtin().find_specific(path.as_str()).into_iter().next()?;
    let what = format!("possible secret in the name of the file: {}", hit.rule.name);
    Some(RULE.finding(path, what).help(
        "give the file another name; if it was ever pushed or shown, revoke the secret and issue a new one",
    ))
}

fn finding(path: &RepoPath, what: &str) -> Finding {
    RULE.finding(path, format!("possible secret: {what}")).help(
        "delete the secret from the file; if it was ever pushed or shown, revoke it and issue a new one",
    )
}

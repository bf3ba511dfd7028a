//! Looks for secrets in every commit of a push: in all versions of all files, in their names and in messages. A secret
//! that a later commit deletes is in the history all the same.

use std::collections::HashSet;

use super::{
    context::CheckContext,
    levels::give_levels,
    rules::{in_name, in_specific_text, in_text},
    source_text::{MAX_PLAIN_TEXT, plain_text, strings},
};
use crate::{
    diagnostic::Finding,
    repo::{BlobId, Received, Repo, RepoError, Stamp},
    settings::SETTINGS_PATH,
    text::{RepoPath, shell_word},
    ticket::text_of_bytes,
};

/// Returns the secrets in the commits of `rev` that are not in `since`. Files of the casebook at `rev` itself are left out:
/// the other rules look at them with the secrets that they had before. Outside of the casebook, and in messages, only
/// secrets with a form of their own are found, because code has many texts that look like a password.
pub(crate) fn check_commits(
    repo: &Repo,
    rev: &str,
    since: Option<&str>,
    context: &CheckContext<'_>,
) -> Result<Vec<Finding>, RepoError> {
    let mut findings = Vec::new();
    let mut names = HashSet::new();
    repo.each_received(rev, since, &mut |received| match received {
        Received::Message { of, text } => {
            let path = RepoPath::new(format!("{of} (message)"));
            findings.extend(in_specific_text(&path, text).map(|finding| without_place(finding, &of)));
        }
        Received::File { commit, path, blob, before } => {
            let of = format!("commit {}", commit.short());
            let shown = RepoPath::new(path);
            if before.is_empty() && names.insert(path.to_owned()) && !is_at_tip(repo, path, None, context) {
                findings.extend(in_name(&shown).map(|finding| without_place(finding, &of)));
            }
            if !is_at_tip(repo, path, Some(blob), context)
                && let Some(bytes) = repo.content(blob, MAX_PLAIN_TEXT)
            {
                let old = || {
                    let old = before.iter().filter_map(|blob| repo.content(*blob, MAX_PLAIN_TEXT));
                    old.map(|bytes| text_in(path, &bytes)).collect::<Vec<String>>()
                };
                let found = secrets_of(repo, path, &bytes, context, old);
                findings.extend(found.into_iter().map(|finding| without_place(finding, &of)));
            }
        }
    })?;
    give_levels(&mut findings, &context.store.settings, false);
    Ok(findings)
}

/// Returns the secrets in a file that are not in one of its `old` versions.
fn secrets_of(
    repo: &Repo,
    path: &str,
    bytes: &[u8],
    context: &CheckContext<'_>,
    old: impl Fn() -> Vec<String>,
) -> Vec<Finding> {
    let text = text_in(path, bytes);
    let mut findings: Vec<Finding> = match own_path(repo, path) {
        Some(own) => in_text(&own, &text, context)
            .map(|finding| Finding { path: RepoPath::new(path), ..finding })
            .collect(),
        None => in_specific_text(&RepoPath::new(path), &text).collect(),
    };
    if !findings.is_empty() {
        let old = old();
        findings.retain(|finding| {
            let secret = finding.span.clone().and_then(|span| text.get(span)).unwrap_or_default();
            !old.iter().any(|old| old.contains(secret))
        });
    }
    findings
}

fn text_in(path: &str, bytes: &[u8]) -> String {
    match RepoPath::new(path).is_markdown() {
        true => text_of_bytes(bytes).into_owned(),
        false => plain_text(bytes).unwrap_or_else(|| strings(bytes)),
    }
}

/// Returns the path relative to the casebook; `None` for a file outside of its folders, and for `imports/`, whose files have
/// hashes that look like passwords.
fn own_path(repo: &Repo, path: &str) -> Option<RepoPath> {
    let path = match repo.prefix() {
        "" => path,
        prefix => path.strip_prefix(prefix)?.strip_prefix('/')?,
    };
    let folders = ["tickets", "knowledge", "ticket-templates", "site"];
    let path = RepoPath::new(path);
    (path.as_str() == SETTINGS_PATH || folders.iter().any(|folder| path.is_below(folder))).then_some(path)
}

/// Returns true if the checked revision has this file, with this content if `blob` is given.
fn is_at_tip(repo: &Repo, path: &str, blob: Option<BlobId>, context: &CheckContext<'_>) -> bool {
    let Some(path) = own_path(repo, path) else { return false };
    let layout = &context.store.layout;
    let hidden = || layout.hidden.iter().find(|entry| entry.path == path);
    let entry = layout.entry(&path).map(|(entry, _)| entry).or_else(hidden);
    entry.is_some_and(|entry| blob.is_none_or(|blob| entry.stamp == Stamp::Blob(blob)))
}

fn without_place(finding: Finding, of: &str) -> Finding {
    let message = format!("{}, in {of}", finding.message);
    let way_out = match of.strip_prefix("tag ") {
        // A tag's message is not in a commit, so a rebase does not change it.
        Some(tag) => format!(
            "write the message again: `git tag --force --annotate {} {}`",
            shell_word(tag),
            shell_word(&format!("{tag}^{{}}"))
        ),
        None => "remove the secret from that commit, for example with `git rebase --interactive`".to_owned(),
    };
    let help = format!(
        "{way_out}, and push again; if the secret was ever pushed or shown, revoke it and issue a new one"
    );
    Finding { message, span: None, masked: [].into(), help: Vec::new(), ..finding }.help(help)
}

//! Looks for secrets in every commit of a push: in all versions of all files, in their names, in messages
//! and in the names of people. A secret that a later commit deletes is in the history all the same.

use std::collections::HashSet;

use super::{
    context::CheckContext,
    levels::give_levels,
    rules::{in_name, in_specific_text, in_text},
    source_text::{MAX_PLAIN_TEXT, plain_text, strings},
};
use crate::{
    diagnostic::Finding,
    repo::{BlobId, Carrier, Received, Repo, RepoError, Stamp, TextPart},
    settings::SETTINGS_PATH,
    text::{RepoPath, shell_word},
    ticket::text_of_bytes,
};

/// Commits whose secrets are searched.
#[derive(Clone, Copy)]
pub(crate) struct ReceivedCommits<'a> {
    /// The newest commit, or a tag of it.
    pub rev: &'a str,
    /// Commits that were checked before.
    pub since: Option<&'a str>,
    /// The name under which `rev` is pushed, such as `refs/heads/main`, if it is known.
    pub reference: Option<&'a str>,
}

/// Returns the secrets in `commits`. Files of the casebook at the newest commit itself are left out: the other rules look at
/// them with the secrets that they had before. Outside of the casebook, in names and in messages, only secrets with a form
/// of their own are found, because code has many texts that look like a password.
pub(crate) fn check_commits(
    repo: &Repo,
    commits: ReceivedCommits<'_>,
    context: &CheckContext<'_>,
) -> Result<Vec<Finding>, RepoError> {
    let mut findings = Vec::new();
    let mut names = HashSet::new();
    if let Some(reference) = commits.reference {
        let path = RepoPath::new(reference);
        let way_out = "push it under another name";
        let first = in_specific_text(&path, reference).next();
        findings.extend(first.map(|finding| placed(finding, "the name of the ref", way_out)));
    }
    repo.each_received(commits.rev, commits.since, &mut |received| match received {
        Received::Text { of, part, text } => {
            let (shown, place) = match of {
                Carrier::Commit(id) => (format!("commit {}", id.short()), commits.way_out(part)),
                Carrier::Tag(name) => (format!("tag {name}"), rewrite_tag(name)),
            };
            let part = match part {
                TextPart::Message => "message",
                TextPart::People => "author or committer",
                TextPart::MergedTag => "merged tag",
            };
            let path = RepoPath::new(format!("{shown} ({part})"));
            let found = in_specific_text(&path, text);
            findings.extend(found.map(|finding| placed(finding, &shown, &place)));
        }
        Received::Path { commit, path } => {
            if names.insert(path.to_owned()) && !is_at_tip(repo, path, None, context) {
                let of = format!("commit {}", commit.short());
                let way_out = commits.way_out(TextPart::Message);
                findings.extend(in_name(&RepoPath::new(path)).map(|finding| placed(finding, &of, &way_out)));
            }
        }
        Received::File { commit, path, blob, before } => {
            if !is_at_tip(repo, path, Some(blob), context)
                && let Some(bytes) = repo.content(blob, MAX_PLAIN_TEXT)
            {
                let old = || {
                    let old = before.iter().filter_map(|blob| repo.content(*blob, MAX_PLAIN_TEXT));
                    old.map(|bytes| text_in(path, &bytes)).collect::<Vec<String>>()
                };
                let of = format!("commit {}", commit.short());
                let way_out = commits.way_out_of_file(path);
                let found = secrets_of(repo, path, &bytes, context, old);
                findings.extend(found.into_iter().map(|finding| placed(finding, &of, &way_out)));
            }
        }
    })?;
    give_levels(&mut findings, &context.store.settings, false);
    Ok(findings)
}

impl ReceivedCommits<'_> {
    /// Returns how to remove a text from a commit.
    fn way_out(&self, part: TextPart) -> String {
        match (self.join_notes(), part) {
            (Some(join), TextPart::Message | TextPart::MergedTag) => join,
            (Some(join), TextPart::People) => format!("change `user.name` and `user.email`, then {join}"),
            (None, TextPart::Message) => {
                "remove the secret from that commit, for example with `git rebase --interactive`".to_owned()
            }
            (None, TextPart::People) => "change `user.name` and `user.email`, and write the commit again with \
                 `git commit --amend --no-edit --reset-author`; for an older commit, within `git rebase --interactive`"
                .to_owned(),
            (None, TextPart::MergedTag) => {
                "merge again without the tag's message: give `git merge` the commit of the tag, as in `git merge 'v1^{}'`"
                    .to_owned()
            }
        }
    }

    /// Returns how to remove a text from the file at `path`.
    fn way_out_of_file(&self, path: &str) -> String {
        match (self.reference, self.join_notes()) {
            (Some(reference), Some(join)) => {
                // The path of a note is the id of its object, in folders if there are many notes.
                let (reference, object) = (shell_word(reference), shell_word(&path.replace('/', "")));
                format!(
                    "remove the secret from the note: `git notes --ref {reference} edit {object}`, then {join}"
                )
            }
            _ => self.way_out(TextPart::Message),
        }
    }

    /// Returns how to replace the new commits of notes, which no rebase can edit, with one; `None` for other commits.
    fn join_notes(&self) -> Option<String> {
        let reference = self.reference.filter(|name| name.starts_with("refs/notes/"))?;
        let parent = self.since.map(|since| format!("-p {} ", shell_word(since))).unwrap_or_default();
        let (name, tree) = (shell_word(reference), shell_word(&format!("{reference}^{{tree}}")));
        Some(format!(
            "replace the commits of the notes, which still contain it: `git update-ref {name} $(git commit-tree {parent}-m notes {tree})`"
        ))
    }
}

/// Returns how to change an annotated tag. The tag's texts are not in a commit, so a rebase does not change them.
fn rewrite_tag(tag: &str) -> String {
    format!(
        "write the tag again: `git tag --force --annotate {} {}`",
        shell_word(tag),
        shell_word(&format!("{tag}^{{}}"))
    )
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

/// Names the place of a finding that is in no current file, and how to remove the secret from there.
fn placed(finding: Finding, of: &str, way_out: &str) -> Finding {
    let message = format!("{}, in {of}", finding.message);
    let help = format!(
        "{way_out}, and push again; if the secret was ever pushed or shown, revoke it and issue a new one"
    );
    Finding { message, span: None, masked: [].into(), help: Vec::new(), ..finding }.help(help)
}

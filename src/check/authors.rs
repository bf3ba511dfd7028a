//! Finds out from git's history who committed each file.

use std::sync::OnceLock;

use super::context::{Authors, CommitAuthor};
use crate::{
    repo::{Commit, History, Repo},
    text::{RepoPath, Time},
};

/// Authors from git's history, which is read when it is first needed.
pub(crate) struct GitAuthors<'a> {
    repo: &'a Repo,
    tip: String,
    since: Option<String>,
    read_all: bool,
    now: Time,
    range: OnceLock<History>,
    all: OnceLock<History>,
}

impl<'a> GitAuthors<'a> {
    /// Creates a lookup for the commits that `tip` contains and `since` does not. Without `since`, the lookup covers no
    /// commits. With `read_all`, [`Authors::of_file`] finds the author of every file, but has to read the whole
    /// history. The author of a file that is not committed yet is the person in git's configuration, and its time is
    /// `now`.
    pub(crate) fn new(repo: &'a Repo, tip: &str, since: Option<&str>, read_all: bool, now: Time) -> Self {
        Self {
            repo,
            tip: tip.to_owned(),
            since: since.map(str::to_owned),
            read_all,
            now,
            range: OnceLock::new(),
            all: OnceLock::new(),
        }
    }

    fn history<'s>(&self, slot: &'s OnceLock<History>, hide: Option<&str>) -> &'s History {
        // A repository without commits has no history. That is not an error: the authors are unknown.
        slot.get_or_init(|| self.repo.history(&self.tip, hide).unwrap_or_default())
    }
}

impl Authors for GitAuthors<'_> {
    fn of_change(&self, path: &RepoPath) -> Option<CommitAuthor> {
        let since = self.since.as_deref()?;
        self.history(&self.range, Some(since)).added(path).and_then(author_of)
    }

    fn of_file(&self, path: &RepoPath) -> Option<CommitAuthor> {
        self.of_change(path).or_else(|| {
            if !self.read_all {
                return None;
            }
            match self.history(&self.all, None).added(path) {
                Some(commit) => author_of(commit),
                None => {
                    let identity = self.repo.identity().ok()??;
                    Some(CommitAuthor { name: identity.name, email: identity.email, time: self.now })
                }
            }
        })
    }
}

/// Returns the author of a commit; `None` for the oldest commits of a shallow clone, which seem to add all older
/// files.
fn author_of(commit: &Commit) -> Option<CommitAuthor> {
    let Commit { author_name, author_email, time, .. } = commit;
    (!commit.is_boundary).then(|| CommitAuthor {
        name: author_name.clone(),
        email: author_email.clone(),
        time: *time,
    })
}

//! Who brought which file, as git has it.

use std::sync::OnceLock;

use super::context::{Authors, CommitAuthor};
use crate::{
    repo::{Commit, History, Repo},
    text::{RepoPath, Time},
};

/// Authors from git's history. Nothing is read before somebody asks.
pub(crate) struct GitAuthors<'a> {
    repo: &'a Repo,
    tip: String,
    since: Option<String>,
    whole: bool,
    now: Time,
    of_range: OnceLock<History>,
    of_all: OnceLock<History>,
}

impl<'a> GitAuthors<'a> {
    /// Authors of the commits that `tip` has and `since` does not have; of none without `since`. With `whole`, every
    /// file's author may be asked for, at the price of the whole history; a file that is not committed yet is by the
    /// person whose identity git has, and from `now`.
    pub(crate) fn new(repo: &'a Repo, tip: &str, since: Option<&str>, whole: bool, now: Time) -> Self {
        Self {
            repo,
            tip: tip.to_owned(),
            since: since.map(str::to_owned),
            whole,
            now,
            of_range: OnceLock::new(),
            of_all: OnceLock::new(),
        }
    }

    fn history<'s>(&self, slot: &'s OnceLock<History>, hide: Option<&str>) -> &'s History {
        // A repository without commits has no history. Its authors are then unknown, which is not an error.
        slot.get_or_init(|| self.repo.history(&self.tip, hide).unwrap_or_default())
    }
}

impl Authors for GitAuthors<'_> {
    fn of_change(&self, path: &RepoPath) -> Option<CommitAuthor> {
        let since = self.since.as_deref()?;
        self.history(&self.of_range, Some(since)).added(path).and_then(author_of)
    }

    fn of_file(&self, path: &RepoPath) -> Option<CommitAuthor> {
        self.of_change(path).or_else(|| {
            if !self.whole {
                return None;
            }
            match self.history(&self.of_all, None).added(path) {
                Some(commit) => author_of(commit),
                None => {
                    let identity = self.repo.identity().ok()??;
                    Some(CommitAuthor { name: identity.name, email: identity.email, time: self.now })
                }
            }
        })
    }
}

/// Where a shallow clone ends, a commit seems to add what is older and somebody else's.
fn author_of(commit: &Commit) -> Option<CommitAuthor> {
    let Commit { author_name, author_email, time, .. } = commit;
    (!commit.is_boundary).then(|| CommitAuthor {
        name: author_name.clone(),
        email: author_email.clone(),
        time: *time,
    })
}

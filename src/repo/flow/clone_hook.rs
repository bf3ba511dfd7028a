//! Finds out whether a clone has a commit hook. Git does not copy hooks into clones.

use std::path::PathBuf;

use crate::repo::error::RepoError;
use crate::repo::git::repo::Repo;

impl Repo {
    /// Returns true if this is a clone without any commit hook. A user who set `core.hooksPath` chose another place for
    /// hooks, or none, and counts as having one.
    pub(crate) fn is_clone_without_commit_hook(&self) -> Result<bool, RepoError> {
        if self.is_bare() || self.default_remote_branch()?.is_none() {
            return Ok(false);
        }
        let hooks = self.run_git().args(["rev-parse", "--git-path", "hooks"]).success()?;
        let hooks: PathBuf = self.root().join(hooks.trim_end_matches('\n'));
        let is_default = hooks.parent().is_some_and(|git| same_folder(git, self.common_dir()));
        Ok(is_default && hooks.join("pre-commit").symlink_metadata().is_err())
    }
}

fn same_folder(a: &std::path::Path, b: &std::path::Path) -> bool {
    a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}

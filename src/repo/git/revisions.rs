//! Resolves branches, commits and revisions.

use super::ids;
use super::ids::CommitId;
use super::repo::Repo;
use crate::repo::error::{GitResultExt as _, RepoError};

impl Repo {
    /// Returns the commit that `rev` names.
    pub(crate) fn resolve(&self, rev: &str) -> Result<CommitId, RepoError> {
        let failed = |reason: &str, hint: Option<&'static str>| RepoError::Revision {
            rev: rev.to_owned(),
            reason: reason.to_owned(),
            hint,
        };
        let git = self.git();
        let object = git.revparse_single(rev).map_err(|error| {
            let unborn =
                rev == "HEAD" && git.head().is_err_and(|e| e.code() == git2::ErrorCode::UnbornBranch);
            match error.code() {
                _ if unborn => failed("there are no commits yet", None),
                _ if git.is_shallow() => failed(
                    error.message(),
                    Some("the clone is shallow; run `git fetch --unshallow` to fetch the full history"),
                ),
                git2::ErrorCode::NotFound => failed(
                    "no branch, tag or commit has this name",
                    Some("`git branch --all` lists the branches"),
                ),
                _ => failed(error.message(), None),
            }
        })?;
        let commit = object.peel_to_commit().map_err(|error| failed(error.message(), None))?;
        Ok(commit.id().into())
    }

    /// Returns the checked-out commit; `None` when there are no commits yet.
    pub(crate) fn head(&self) -> Result<Option<CommitId>, RepoError> {
        let git = self.git();
        match git.head() {
            Ok(head) => {
                let commit = head.peel_to_commit().doing(|| "read HEAD".to_owned())?;
                Ok(Some(commit.id().into()))
            }
            Err(error)
                if matches!(error.code(), git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound) =>
            {
                Ok(None)
            }
            Err(error) => Err(error).doing(|| "read HEAD".to_owned()),
        }
    }

    /// Returns the short name of the checked-out branch, even before its first commit; `None` on a detached HEAD.
    pub(crate) fn branch(&self) -> Option<String> {
        let git = self.git();
        let head = git.find_reference("HEAD").ok()?;
        let target = head.symbolic_target().ok()??;
        target.strip_prefix("refs/heads/").map(str::to_owned)
    }

    /// Returns the commit at the tip of a local branch.
    pub(crate) fn branch_tip(&self, branch: &str) -> Option<CommitId> {
        self.git().refname_to_id(&format!("refs/heads/{branch}")).ok().map(CommitId::from)
    }

    /// Returns the local and remote branches whose names begin with `start`, each with a revision. A local branch takes
    /// precedence over remote branches of the same name.
    pub(crate) fn branches_below(&self, start: &str) -> Result<Vec<(String, String)>, RepoError> {
        let git = self.git();
        let mut found: Vec<(String, String)> = Vec::new();
        for glob in [format!("refs/heads/{start}*"), format!("refs/remotes/*/{start}*")] {
            let references = git.references_glob(&glob).doing(|| "list the branches".to_owned())?;
            for reference in references.flatten() {
                let Ok(rev) = reference.name() else { continue };
                let Some(at) = rev.find(start) else { continue };
                let branch = &rev[at..];
                if found.iter().all(|(known, _)| known != branch) {
                    found.push((branch.to_owned(), rev.to_owned()));
                }
            }
        }
        Ok(found)
    }

    /// Returns the best common ancestor of two revisions; `None` when none is known here (a shallow clone may lack it).
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Result<Option<CommitId>, RepoError> {
        let (one, other) = (self.resolve(one)?, self.resolve(other)?);
        match self.git().merge_base(ids::oid_of(one.0), ids::oid_of(other.0)) {
            Ok(base) => Ok(Some(base.into())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).doing(|| "find the merge base".to_owned()),
        }
    }
}

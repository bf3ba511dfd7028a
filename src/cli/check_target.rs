//! The target of a check: the worktree, the index or a commit, the revision to compare with, and the rules.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{CliError, Context, selection::Selection};
use crate::{
    check::{self, ChangeSet, CheckContext, GitAuthors},
    diagnostic::Finding,
    repo::{CacheSlot, CommitSource, DiffSide, FileEntry, Repo, RepoError, Source},
    settings::SETTINGS_PATH,
    store::{self, Layout, Store, StoreListing},
};

/// What is checked, the revision to compare with, and the rules.
pub(super) struct CheckTarget<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The worktree, the index or a commit.
    pub side: DiffSide<'a>,
    /// The commit that it stands on.
    pub tip: String,
    /// The revision to compare with; `None` checks everything.
    pub since: Option<String>,
    /// The commit of settings and templates, if they do not come from the target itself.
    pub rules: Option<CommitSource>,
}

impl<'a> CheckTarget<'a> {
    /// The commit `at`, else the worktree, else HEAD of a bare repository.
    pub(super) fn at(
        repo: &'a Repo,
        at: Option<&'a str>,
        since: Option<String>,
        rules_from: Option<&str>,
    ) -> Result<Self, CliError> {
        let side = match at {
            Some(rev) => DiffSide::Commit(rev),
            None if repo.is_bare() => DiffSide::Commit("HEAD"),
            None => DiffSide::Worktree,
        };
        let rules = rules_from.map(|rev| repo.commit(rev)).transpose()?;
        Ok(Self { repo, side, tip: at.unwrap_or("HEAD").to_owned(), since, rules })
    }

    /// The commit that it stands on, whole; `None` of a worktree, which is none.
    pub(super) fn tip_id(&self) -> Result<Option<String>, CliError> {
        match self.side {
            DiffSide::Commit(rev) => Ok(Some(self.repo.resolve(rev)?.to_string())),
            _ => Ok(None),
        }
    }

    /// Blobs have the same id wherever they are, so all views of git's objects share one cache.
    fn cache(&self) -> CacheSlot {
        self.repo.cache_slot(if self.side == DiffSide::Worktree { "parsed-worktree" } else { "parsed-head" })
    }

    /// Everything there is, and what changed.
    pub(super) fn load(&self) -> Result<(Store, Option<ChangeSet<'a>>), CliError> {
        let source: Arc<dyn Source> = match self.side {
            DiffSide::Worktree | DiffSide::ListedWorktree(_) => Arc::new(self.repo.worktree()?),
            DiffSide::Index => Arc::new(self.repo.staged()?),
            DiffSide::Commit(rev) => {
                let commit = self.repo.commit(rev)?;
                // A hook sees branches of all kinds, and one without a casebook has nothing to check.
                if self.rules.is_none() && !commit.has_settings()? {
                    return Err(CliError::environment(format!("`{rev}` has no `{SETTINGS_PATH}`"))
                        .with_hint("name a revision of a casebook repository"));
                }
                Arc::new(commit)
            }
        };
        let cache = self.cache();
        let listed = StoreListing::of(source, &cache)?;
        let layout = Arc::clone(listed.layout());
        let (store, change) = rayon::join(
            || store::load_for_check(listed, self.rules(), &cache),
            || self.since.as_ref().map(|since| self.change(since, &layout)).transpose(),
        );
        Ok((store?, change?))
    }

    fn change(&self, since: &str, layout: &Layout) -> Result<ChangeSet<'a>, RepoError> {
        // The worktree was listed a moment ago.
        let listed: Vec<&FileEntry> = layout.entries.iter().collect();
        let side =
            if self.side == DiffSide::Worktree { DiffSide::ListedWorktree(&listed) } else { self.side };
        ChangeSet::between(self.repo, since, &self.tip, side)
    }

    /// The commit of settings and templates, if they do not come from the target itself.
    pub(super) fn rules(&self) -> Option<&dyn Source> {
        self.rules.as_ref().map(|rules| rules as &dyn Source)
    }

    /// Who committed which file. With `whole`, of every file, at the price of the whole history.
    pub(super) fn authors(
        &self,
        change: Option<&ChangeSet<'_>>,
        whole: bool,
        context: &Context,
    ) -> GitAuthors<'a> {
        GitAuthors::new(self.repo, &self.tip, change.map(ChangeSet::base), whole, context.process.now)
    }

    /// The findings that `change` is answerable for, else all; of what was selected.
    pub(super) fn find(
        &self,
        check_context: &CheckContext<'_>,
        change: Option<&ChangeSet<'_>>,
        selection: &Selection,
        context: &Context,
    ) -> Result<Vec<Finding>, CliError> {
        let store = check_context.store;
        let mut found = match change {
            Some(change) => check::check_change(change, check_context)?,
            None if selection.is_everything() => {
                let progress = context.ui.progress("checking", store.layout.entries.len());
                let count = AtomicUsize::new(0);
                let found = check::check_all(check_context, &|| {
                    progress.set(count.fetch_add(1, Ordering::Relaxed) + 1)
                });
                progress.finish();
                found
            }
            None => check::check_some(&selection.files(store), check_context),
        };
        found.retain(|finding| selection.has(&finding.path));
        Ok(found)
    }
}

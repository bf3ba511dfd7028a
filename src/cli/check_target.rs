//! The target of a check: the worktree, the index or a commit, the revision to compare with, and the rules.

use std::sync::Arc;

use super::{CliError, Context, selection::Selection};
use crate::{
    check::{self, ChangeSet, CheckContext, GitAuthors},
    diagnostic::Finding,
    repo::{CacheSlot, CommitSource, DiffSide, FileEntry, Repo, RepoError, Source},
    settings::SETTINGS_PATH,
    store::{self, Layout, Store, StoreListing},
};

/// The files to check, the revision to compare with, and the rules.
pub(super) struct CheckTarget<'a> {
    pub repo: &'a Repo,
    /// The files to check: the worktree, the index or a commit.
    pub side: DiffSide<'a>,
    /// The checked commit; for the worktree and the index, HEAD.
    pub tip: String,
    /// The revision to compare with. If `None`, everything is checked.
    pub since: Option<String>,
    /// The commit that settings and templates come from, if it is not the target itself.
    pub rules: Option<CommitSource>,
}

impl<'a> CheckTarget<'a> {
    /// Targets the commit `at`. Without one, targets the worktree, or HEAD of a bare repository.
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

    /// Returns the full id of the checked commit; `None` for the worktree and the index.
    pub(super) fn tip_id(&self) -> Result<Option<String>, CliError> {
        match self.side {
            DiffSide::Commit(rev) => Ok(Some(self.repo.resolve(rev)?.to_string())),
            _ => Ok(None),
        }
    }

    /// Returns the cache of parsed files. The index and all commits share one, because a blob has the same id in each.
    fn cache(&self) -> CacheSlot {
        self.repo.cache_slot(if self.side == DiffSide::Worktree { "parsed-worktree" } else { "parsed-head" })
    }

    /// Loads the target and, if there is a revision to compare with, the change since then.
    pub(super) fn load(&self, context: &Context) -> Result<(Store, Option<ChangeSet<'a>>), CliError> {
        let source: Arc<dyn Source> = match self.side {
            DiffSide::Worktree | DiffSide::ListedWorktree(_) => Arc::new(self.repo.worktree()?),
            DiffSide::Index => Arc::new(self.repo.staged()?),
            DiffSide::Commit(rev) => {
                let commit = self.repo.commit(rev)?;
                // A hook passes `rules` and checks every pushed branch. A branch without settings has no files to
                // check.
                if self.rules.is_none() && !commit.has_settings()? {
                    return Err(CliError::environment(format!("`{rev}` has no `{SETTINGS_PATH}`"))
                        .with_hint("name a revision of a casebook repository"));
                }
                Arc::new(commit)
            }
        };
        let (source, _reading) = context.ui.watch_reading(source);
        let cache = self.cache();
        let listed = StoreListing::of(source, &cache)?;
        let layout = Arc::clone(listed.layout());
        let (store, change) = rayon::join(
            || store::load_for_check(listed, self.rules(), &cache),
            || self.since.as_ref().map(|since| self.change(since, &layout)).transpose(),
        );
        let (store, mut change) = (store?, change?);
        if let Some(change) = &mut change {
            change.find_renames(&**store.source())?;
        }
        Ok((store, change))
    }

    fn change(&self, since: &str, layout: &Layout) -> Result<ChangeSet<'a>, RepoError> {
        // Reuses the listing of the worktree, because listing it again would take most of the time.
        let listed: Vec<&FileEntry> = layout.entries.iter().collect();
        let side =
            if self.side == DiffSide::Worktree { DiffSide::ListedWorktree(&listed) } else { self.side };
        ChangeSet::between(self.repo, since, &self.tip, side)
    }

    /// Warns if the change loosens rules. The change itself is checked by the old ones, so nothing else tells about it.
    pub(super) fn warn_of_loosened(
        &self,
        change: &ChangeSet<'_>,
        store: &Store,
        context: &Context,
    ) -> Result<(), CliError> {
        for what in check::loosened(&self.repo.commit(change.base())?, &**store.source()) {
            context.ui.warn(format!("this change {what}; later changes are checked by that"));
        }
        Ok(())
    }

    /// Returns the source of settings and templates, if it is not the target itself.
    pub(super) fn rules(&self) -> Option<&dyn Source> {
        self.rules.as_ref().map(|rules| rules as &dyn Source)
    }

    /// Returns the authors of the commits that added each file. With `whole`, reads the whole history, which is slow,
    /// and covers every file.
    pub(super) fn authors(
        &self,
        change: Option<&ChangeSet<'_>>,
        whole: bool,
        context: &Context,
    ) -> GitAuthors<'a> {
        GitAuthors::new(self.repo, &self.tip, change.map(ChangeSet::base), whole, context.process.now)
    }

    /// Checks the selected files. With `change`, returns only the findings that the change introduced.
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
                check::check_all(check_context, &|| progress.step())
            }
            None => check::check_some(&selection.files(store), check_context),
        };
        found.retain(|finding| selection.has(&finding.path));
        Ok(found)
    }
}

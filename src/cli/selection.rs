//! The files that were named on the command line.

use std::path::{Component, Path, PathBuf};

use super::{CliError, Context};
use crate::{
    repo::{Repo, exists_outside},
    store::Store,
    text::RepoPath,
};

/// The named files and folders; everything if none was named.
pub(super) struct Selection(Option<Vec<RepoPath>>);

impl Selection {
    /// Resolves `paths` relative to the current folder or, if that is outside of the repository, to the root of the
    /// repository. An existing path that is not part of the casebook is skipped with a message.
    ///
    /// # Errors
    /// A path does not exist.
    pub(super) fn of(
        paths: &[PathBuf],
        repo: &Repo,
        store: &Store,
        context: &Context,
    ) -> Result<Self, CliError> {
        if paths.is_empty() {
            return Ok(Self(None));
        }
        let mut chosen = Vec::new();
        for path in paths {
            let here = normal(&context.process.folder.join(path));
            let inside = here.strip_prefix(repo.root()).ok().and_then(repo_path);
            let from_root =
                (!context.process.folder.starts_with(repo.root())).then(|| repo_path(&normal(path)));
            let candidates = inside.into_iter().chain(from_root.flatten());
            match candidates.into_iter().find(|path| is_there(path, store)) {
                Some(path) => chosen.push(path),
                None if exists_outside(&here) => {
                    context.ui.say(format!("skipped {}: not a file of the casebook", path.display()));
                }
                None => {
                    return Err(CliError::usage(format!("file or folder not found: `{}`", path.display()))
                        .with_hint("name files below tickets/, knowledge/ or ticket-templates/"));
                }
            }
        }
        Ok(Self(Some(chosen)))
    }

    /// Returns whether no path was named.
    pub(super) fn is_everything(&self) -> bool {
        self.0.is_none()
    }

    /// Returns whether `path` or a folder above it was named.
    pub(super) fn has(&self, path: &RepoPath) -> bool {
        self.0.as_ref().is_none_or(|chosen| chosen.iter().any(|one| covers(one, path.as_str())))
    }

    /// Returns the selected files in the order of the store.
    pub(super) fn files(&self, store: &Store) -> Vec<RepoPath> {
        let all = store.layout.entries.iter().map(|entry| &entry.path);
        all.filter(|path| self.has(path)).cloned().collect()
    }
}

fn covers(one: &RepoPath, path: &str) -> bool {
    let folder = one.as_str();
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_there(path: &RepoPath, store: &Store) -> bool {
    let unreadable = store.layout.unreadable.iter().map(|(path, _)| path.as_str());
    let mut all = store.layout.entries.iter().map(|entry| entry.path.as_str()).chain(unreadable);
    path.as_str().is_empty() || all.any(|file| covers(path, file))
}

/// Removes `.` and `..` from `path`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

fn repo_path(path: &Path) -> Option<RepoPath> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(RepoPath::new(parts?.join("/")))
}

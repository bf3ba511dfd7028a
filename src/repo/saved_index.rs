//! Taking back what was announced to the index, when there is no room left to write another one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::atomic;
use super::look::stamp_of;
use super::{Repo, Stamp};

/// The index as it was. It is kept as another name of the same file, which takes no room, since git never changes an
/// index in place.
pub(super) struct SavedIndex {
    index: PathBuf,
    saved: NamedTempFile<()>,
    /// The index that is to be taken back, once there is one.
    changed: Option<Stamp>,
}

impl SavedIndex {
    /// Keeps the index at `index`; `None` where there is none yet, or the file system has one name for a file.
    pub fn keep(repo: &Repo, index: &Path) -> Option<Self> {
        let folder = repo.cache_dir().join(atomic::UNFINISHED);
        fs::create_dir_all(&folder).ok()?;
        let link = |path: &Path| fs::hard_link(index, path);
        let saved = Builder::new().prefix(atomic::PREFIX).make_in(folder, link).ok()?;
        Some(Self { index: index.to_owned(), saved, changed: None })
    }

    /// Says that the index is now as it may have to be taken back.
    pub fn was_changed(&mut self) {
        self.changed = fs::metadata(&self.index).ok().map(|metadata| stamp_of(&metadata));
    }

    /// Puts the old index back, by git's own rules: under its lock, and only if nobody else changed it meanwhile. Returns
    /// whether that was done.
    pub fn restore(self) -> bool {
        self.try_to_restore().unwrap_or(false)
    }

    fn try_to_restore(&self) -> io::Result<bool> {
        let mut name = self.index.clone().into_os_string();
        name.push(".lock");
        let lock = PathBuf::from(name);
        fs::hard_link(self.saved.path(), &lock)?;
        let now = fs::metadata(&self.index).map(|metadata| stamp_of(&metadata));
        let is_ours = matches!((&self.changed, &now), (Some(then), Ok(now)) if then == now);
        if is_ours {
            fs::rename(&lock, &self.index)?
        } else {
            fs::remove_file(&lock)?
        }
        Ok(is_ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn an_index_is_put_back_unless_somebody_else_changed_it() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/x", "").file("a/y", "");
        let repo = sandbox.open("a");
        let staged = || sandbox.git_says("a", "diff --cached --name-only");
        let mut saved = SavedIndex::keep(&repo, &sandbox.path("a/.git/index")).unwrap();
        sandbox.git("a", "add x");
        saved.was_changed();
        assert!(saved.restore());
        assert_eq!(staged(), "");
        let mut saved = SavedIndex::keep(&repo, &sandbox.path("a/.git/index")).unwrap();
        sandbox.git("a", "add x");
        saved.was_changed();
        sandbox.git("a", "add y");
        assert!(!saved.restore());
        assert_eq!(staged(), "x\ny");
        assert!(!sandbox.path("a/.git/index.lock").exists());
        assert_eq!(fs::read_dir(sandbox.path("a/.git/casebook/tmp")).unwrap().count(), 0);
    }
}

//! Small files in `casebook/` of the git directory: caches, drafts, the journal of writes under way.

use std::fs;
use std::io::ErrorKind;

use super::lock::Lock;
use crate::repo::error::RepoError;
use crate::repo::git::repo::Repo;
use crate::repo::scope;
use crate::repo::write::cache_slot::CacheSlot;
use crate::repo::write::put;
use crate::repo::write::put::Write;

impl Repo {
    /// The place of the cache `name`. Worktrees of one repository have places of their own, since their files differ.
    pub(crate) fn cache_slot(&self, name: &str) -> CacheSlot {
        let worktree = self.git_dir.strip_prefix(&self.common_dir).unwrap_or(&self.git_dir);
        let mut place = self.cache_dir().join("cache").join(worktree);
        // So do casebooks in several folders of one.
        place.push(self.prefix.replace('/', "+"));
        CacheSlot::at(&place.join(name))
    }

    /// The same place, for views that must not replace what is kept there.
    pub(crate) fn read_only_cache_slot(&self, name: &str) -> CacheSlot {
        self.cache_slot(name).read_only()
    }

    /// A file in the cache folder; `None` when it is not there or cannot be read.
    pub(crate) fn read_cache(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.cache_dir().join(name)).ok()
    }

    /// Keeps a file in the cache folder (`drafts/x.md`). It is on the disk when this returns.
    pub(crate) fn write_cache(&self, lock: &Lock, name: &str, contents: &[u8]) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let path = self.cache_dir().join(name);
        let folder = path.parent().unwrap_or(&path);
        // Not beside it: what a killed write leaves is no draft and no page of a journal.
        let unfinished = self.cache_dir().join(put::UNFINISHED);
        for folder in [folder, &unfinished] {
            fs::create_dir_all(folder).map_err(|error| RepoError::io("make the folder", folder, error))?;
        }
        put::put(&unfinished, &path, contents, Write::Replace, true)
            .and_then(|()| put::sync_folder(folder))
            .map_err(|error| RepoError::io("write", &path, error))
    }

    /// Removes a file from the cache folder; that it is not there is no error.
    pub(crate) fn remove_cache(&self, lock: &Lock, name: &str) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let path = self.cache_dir().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(RepoError::io("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// The stem of the file in a folder of the cache folder that was written last; `None` when there is none.
    pub(crate) fn newest_cache(&self, folder: &str) -> Result<Option<String>, RepoError> {
        let folder = self.cache_dir().join(folder);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(RepoError::io("read", &folder, error)),
        };
        let newest = entries
            .flatten()
            .filter(|entry| !scope::is_hidden(entry.file_name().as_encoded_bytes()))
            .filter_map(|entry| Some((entry.metadata().ok().filter(fs::Metadata::is_file)?, entry.path())))
            .filter_map(|(metadata, path)| Some((metadata.modified().ok()?, path)))
            .max();
        Ok(newest.and_then(|(_, path)| Some(path.file_stem()?.to_str()?.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn a_cache_is_kept_for_each_worktree_and_can_be_lost() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git("a", "worktree add -q ../b -b other");
        let (a, b) = (sandbox.open("a"), sandbox.open("b"));
        assert_eq!(a.cache_slot("parsed").read(), None);
        a.cache_slot("parsed").write(b"of a");
        b.cache_slot("parsed").write(b"of b");
        b.read_only_cache_slot("parsed").write(b"no");
        assert_eq!(a.cache_slot("parsed").read().unwrap(), b"of a");
        assert_eq!(b.cache_slot("parsed").read().unwrap(), b"of b");
        assert!(sandbox.path("a/.git/casebook/cache/worktrees/b/parsed").exists());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let off = i128::from(a.cache_slot("parsed").now_ns()) - i128::try_from(now).unwrap();
        assert!(off.abs() < 60_000_000_000, "{off}");
    }

    #[test]
    fn drafts_are_kept_found_and_removed() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let lock = sandbox.lock(&repo);
        assert_eq!(repo.newest_cache("drafts").unwrap(), None);
        repo.write_cache(&lock, "drafts/old.md", b"old").unwrap();
        let an_hour_ago = SystemTime::now() - std::time::Duration::from_secs(3600);
        let old =
            fs::File::options().write(true).open(sandbox.path("a/.git/casebook/drafts/old.md")).unwrap();
        old.set_modified(an_hour_ago).unwrap();
        repo.write_cache(&lock, "drafts/new.md", b"new").unwrap();
        assert_eq!(repo.newest_cache("drafts").unwrap().as_deref(), Some("new"));
        assert_eq!(repo.read_cache("drafts/old.md").unwrap(), b"old");
        repo.remove_cache(&lock, "drafts/new.md").unwrap();
        repo.remove_cache(&lock, "drafts/new.md").unwrap();
        assert_eq!(repo.newest_cache("drafts").unwrap().as_deref(), Some("old"));
    }
}

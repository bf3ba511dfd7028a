//! Small files in `casebook/` of the git directory: caches, drafts, and the journal of unfinished writes.

use std::fs;
use std::io::ErrorKind;

use super::lock::LockedRepo;
use crate::repo::error::RepoError;
use crate::repo::git::repo::Repo;
use crate::repo::scope;
use crate::repo::write::cache_slot::CacheSlot;
use crate::repo::write::put;
use crate::repo::write::put::WriteMode;

impl Repo {
    /// Returns the place of the cache `name`. Each worktree has a separate place, since its files differ.
    pub(crate) fn cache_slot(&self, name: &str) -> CacheSlot {
        let worktree = self.git_dir.strip_prefix(&self.common_dir).unwrap_or(&self.git_dir);
        let mut place = self.cache_dir().join("cache").join(worktree);
        // Casebooks in several folders of one repository have separate places too.
        place.push(self.prefix.replace('/', "+"));
        CacheSlot::at(&place.join(name))
    }

    /// Returns the place of the cache `name` for views that must not replace the cache.
    pub(crate) fn read_only_cache_slot(&self, name: &str) -> CacheSlot {
        self.cache_slot(name).read_only()
    }

    /// Returns the place of the cache `name` that all worktrees of a clone share.
    pub(crate) fn shared_cache_slot(&self, name: &str) -> CacheSlot {
        CacheSlot::at(&self.cache_dir().join("cache").join(name))
    }

    /// Reads a file in the cache folder; returns `None` when it does not exist or cannot be read.
    pub(crate) fn read_cache(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.cache_dir().join(name)).ok()
    }

    /// Returns the names of the files in a subfolder of the cache folder, sorted.
    pub(crate) fn cache_names(&self, folder: &str) -> Result<Vec<String>, RepoError> {
        let mut names: Vec<String> =
            self.cache_files(folder)?.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Returns the names, without extensions, of the files in a subfolder of the cache folder, newest first.
    pub(crate) fn newest_caches(&self, folder: &str) -> Result<Vec<String>, RepoError> {
        let mut files: Vec<_> = self
            .cache_files(folder)?
            .filter_map(|entry| Some((entry.metadata().ok().filter(fs::Metadata::is_file)?, entry.path())))
            .filter_map(|(metadata, path)| Some((metadata.modified().ok()?, path)))
            .collect();
        files.sort_unstable_by(|a, b| b.cmp(a));
        Ok(files.iter().filter_map(|(_, path)| Some(path.file_stem()?.to_str()?.to_owned())).collect())
    }

    fn cache_files(&self, folder: &str) -> Result<impl Iterator<Item = fs::DirEntry>, RepoError> {
        let folder = self.cache_dir().join(folder);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            entries => Some(entries.map_err(|error| RepoError::io("read", &folder, error))?),
        };
        let entries = entries.into_iter().flatten().flatten();
        Ok(entries.filter(|entry| !scope::is_hidden(entry.file_name().as_encoded_bytes())))
    }
}

impl LockedRepo<'_> {
    /// Writes a file in the cache folder, such as `drafts/x.md`, and waits until it is on the disk.
    pub(crate) fn write_cache(&self, name: &str, contents: &[u8]) -> Result<(), RepoError> {
        let path = self.cache_dir().join(name);
        let folder = path.parent().unwrap_or(&path);
        // The temporary file is in another folder, so that an incomplete file of a killed process is not mistaken for a
        // draft or a journal page.
        let unfinished = self.cache_dir().join(put::UNFINISHED);
        for folder in [folder, &unfinished] {
            fs::create_dir_all(folder).map_err(|error| RepoError::io("create the folder", folder, error))?;
        }
        put::put(&unfinished, &path, contents, WriteMode::Replace, true)
            .and_then(|()| put::sync_folder(folder))
            .map_err(|error| RepoError::io("write", &path, error))
    }

    /// Removes a file from the cache folder; a missing file is not an error.
    pub(crate) fn remove_cache(&self, name: &str) -> Result<(), RepoError> {
        let path = self.cache_dir().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(RepoError::io("remove", &path, error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn each_worktree_has_a_separate_cache() {
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
    fn drafts_are_saved_found_and_removed() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        assert_eq!(repo.newest_caches("drafts").unwrap(), Vec::<String>::new());
        locked.write_cache("drafts/old.md", b"old").unwrap();
        let an_hour_ago = SystemTime::now() - std::time::Duration::from_secs(3600);
        let old =
            fs::File::options().write(true).open(sandbox.path("a/.git/casebook/drafts/old.md")).unwrap();
        old.set_modified(an_hour_ago).unwrap();
        locked.write_cache("drafts/new.md", b"new").unwrap();
        assert_eq!(repo.newest_caches("drafts").unwrap(), ["new", "old"]);
        assert_eq!(repo.read_cache("drafts/old.md").unwrap(), b"old");
        locked.remove_cache("drafts/new.md").unwrap();
        locked.remove_cache("drafts/new.md").unwrap();
        assert_eq!(repo.newest_caches("drafts").unwrap(), ["old"]);
    }
}

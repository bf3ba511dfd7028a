//! Writes files into the worktree.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::lock::LockedRepo;
use crate::repo::error::RepoError;
use crate::repo::files::real_folders::RealFolders;
use crate::repo::scope;
use crate::repo::write::put::{UNFINISHED, WriteMode, put, sweep, sync_file_system, sync_folder};
use crate::text::RepoPath;

impl LockedRepo<'_> {
    /// Writes one file into the worktree and creates the folders that it needs. The file is on the disk when this
    /// returns, even if the power fails. Paths that leave the repository or lead through a symbolic link are refused.
    pub(crate) fn write(&self, path: &RepoPath, contents: &[u8], how: WriteMode) -> Result<(), RepoError> {
        let writer = WorktreeWriter::new(self)?;
        writer.write(path, contents, how, true)
    }

    /// Writes many files, in parallel and in no fixed order. Stops at the first error; the files written so far are
    /// complete. `written` is called after each file with the number of files.
    ///
    /// Unlike [`LockedRepo::write`], this waits for the disk only once at the end, since waiting after each file would
    /// take minutes for an import. A killed process leaves only complete files, since they are renamed into place. A
    /// power failure before the end can leave files that must be written again.
    pub(crate) fn write_many(
        &self,
        files: &[(RepoPath, Vec<u8>)],
        how: WriteMode,
        written: &(dyn Fn(usize) + Sync),
    ) -> Result<(), RepoError> {
        let writer = WorktreeWriter::new(self)?;
        let count = AtomicUsize::new(0);
        files.par_iter().try_for_each(|(path, contents)| {
            writer.write(path, contents, how, false)?;
            written(count.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(())
        })?;
        sync_file_system(&self.root).map_err(|error| RepoError::io("save the files in", &self.root, error))
    }

    /// Removes a file from the worktree; a missing file is not an error.
    pub(crate) fn remove(&self, path: &RepoPath) -> Result<(), RepoError> {
        let writer = WorktreeWriter::new(self)?;
        let target = writer.target(path)?;
        match fs::remove_file(&target) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(RepoError::io("remove", &target, error)),
            _ => Ok(()),
        }
    }
}

struct WorktreeWriter<'a> {
    root: &'a Path,
    unfinished: PathBuf,
    folders: RealFolders,
}

impl<'a> WorktreeWriter<'a> {
    fn new(repo: &'a LockedRepo<'_>) -> Result<Self, RepoError> {
        if repo.is_bare() {
            return Err(RepoError::path(repo.root.display(), "is a bare repository: it has no worktree"));
        }
        let unfinished = repo.cache_dir().join(UNFINISHED);
        fs::create_dir_all(&unfinished)
            .map_err(|error| RepoError::io("create the folder", &unfinished, error))?;
        Ok(Self { root: &repo.root, unfinished, folders: RealFolders::default() })
    }

    fn target(&self, path: &RepoPath) -> Result<PathBuf, RepoError> {
        if let Some(problem) = scope::problem_of(path) {
            return Err(RepoError::path(path, problem));
        }
        self.folders.require(self.root, path.folder())?;
        Ok(self.root.join(path.as_str()))
    }

    fn write(
        &self,
        path: &RepoPath,
        contents: &[u8],
        how: WriteMode,
        durable: bool,
    ) -> Result<(), RepoError> {
        let target = self.target(path)?;
        let folder = target.parent().unwrap_or(self.root);
        let is_new_folder = !folder.is_dir();
        if is_new_folder {
            fs::create_dir_all(folder).map_err(|error| RepoError::io("create the folder", folder, error))?;
        }
        let put = |unfinished: &Path| put(unfinished, &target, contents, how, durable);
        let result = match put(&self.unfinished) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                sweep(folder);
                put(folder)
            }
            result => result,
        };
        match result {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(RepoError::Exists { path: path.clone() });
            }
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                return Err(RepoError::path(path, scope::IS_SYMLINK));
            }
            result => result.map_err(|error| RepoError::io("write", &target, error))?,
        }
        if durable {
            let folders = folder.ancestors().take_while(|dir| dir.starts_with(self.root));
            for folder in folders.take(if is_new_folder { usize::MAX } else { 1 }) {
                sync_folder(folder).map_err(|error| RepoError::io("save the folder", folder, error))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::SystemTime;

    use super::*;
    use crate::repo::Source as _;
    use crate::repo::testing::Sandbox;
    use crate::repo::write::put::LEFTOVER_AGE;

    fn leftovers(sandbox: &Sandbox) -> usize {
        fs::read_dir(sandbox.path("a/.git/casebook/tmp")).unwrap().count()
    }

    #[test]
    fn a_new_file_never_replaces_an_existing_file() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let path = RepoPath::new("tickets/2026/11/a.md");
        locked.write(&path, b"one", WriteMode::New).unwrap();
        let error = locked.write(&path, b"two", WriteMode::New).unwrap_err();
        assert!(matches!(error, RepoError::Exists { .. }));
        assert_eq!(sandbox.read("a/tickets/2026/11/a.md"), "one");
        locked.write(&path, b"three", WriteMode::Replace).unwrap();
        assert_eq!(sandbox.read("a/tickets/2026/11/a.md"), "three");
        locked.remove(&path).unwrap();
        locked.remove(&path).unwrap();
        assert!(!sandbox.path("a/tickets/2026/11/a.md").exists());
        assert_eq!(leftovers(&sandbox), 0);
    }

    #[test]
    fn a_new_file_gets_the_usual_permissions_and_a_replaced_file_keeps_its_permissions() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/old.sh", "old").file("a/usual", "");
        let mode = |path: &str| fs::metadata(sandbox.path(path)).unwrap().permissions().mode() & 0o777;
        fs::set_permissions(sandbox.path("a/tickets/old.sh"), fs::Permissions::from_mode(0o750)).unwrap();
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        locked.write(&"tickets/old.sh".into(), b"new", WriteMode::Replace).unwrap();
        locked.write(&"tickets/new.md".into(), b"new", WriteMode::New).unwrap();
        assert_eq!((mode("a/tickets/old.sh"), mode("a/tickets/new.md")), (0o750, mode("a/usual")));
    }

    #[test]
    fn nothing_is_written_outside_the_repository_or_through_a_link() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("outside/x", "x").file("a/tickets/real.md", "real");
        sandbox.symlink(sandbox.path("outside"), "a/tickets/out").symlink("real.md", "a/tickets/link.md");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        for path in
            ["../x", "/tmp/x", "tickets/out/x", "tickets/link.md", ".git/hooks/pre-commit", "casebook.yml/x"]
        {
            let result = locked.write(&RepoPath::new(path), b"bad", WriteMode::Replace);
            assert!(matches!(result, Err(RepoError::Path { .. })), "{path}: {result:?}");
        }
        assert_eq!(
            (sandbox.read("outside/x").as_str(), sandbox.read("a/tickets/real.md").as_str()),
            ("x", "real")
        );
        assert_eq!(leftovers(&sandbox), 0);
    }

    #[test]
    fn a_write_that_fails_names_the_file_and_leaves_nothing_behind() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/folder/x.md", "x");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let error =
            locked.write(&"tickets/folder".into(), b"bad", WriteMode::Replace).unwrap_err().to_string();
        assert!(error.contains("tickets/folder`"), "{error}");
        let long = format!("tickets/{}.md", "n".repeat(300));
        let error = locked.write(&RepoPath::new(&*long), b"bad", WriteMode::New).unwrap_err().to_string();
        assert!(error.contains(&long), "{error}");
        assert_eq!(leftovers(&sandbox), 0);
    }

    #[test]
    fn many_files_are_written_and_counted() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let files: Vec<_> = (0..200)
            .map(|n| (RepoPath::new(format!("tickets/{}/{n}.md", n % 7)), format!("{n}").into_bytes()))
            .collect();
        let most = AtomicUsize::new(0);
        locked.write_many(&files, WriteMode::New, &|n| _ = most.fetch_max(n, Ordering::Relaxed)).unwrap();
        assert_eq!(most.load(Ordering::Relaxed), 200);
        assert_eq!(repo.worktree().unwrap().list().unwrap().entries.len(), 201);
        assert!(locked.write_many(&files, WriteMode::New, &|_| ()).is_err());
        assert_eq!(leftovers(&sandbox), 0);
    }

    #[test]
    fn unfinished_files_of_killed_writers_are_removed_after_a_day() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let (old, young) =
            ("a/.git/casebook/tmp/.casebook-write-old", "a/.git/casebook/tmp/.casebook-write-young");
        sandbox.file(old, "").file(young, "");
        let two_days_ago = SystemTime::now() - 2 * LEFTOVER_AGE;
        File::options().write(true).open(sandbox.path(old)).unwrap().set_modified(two_days_ago).unwrap();
        drop(sandbox.lock(&sandbox.open("a")));
        assert!(!sandbox.path(old).exists());
        assert!(sandbox.path(young).exists());
    }
}

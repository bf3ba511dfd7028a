//! The folder that a built site is written to.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::put::Write;
use super::put::put;
use crate::repo::scope;

/// Where files are until they are whole. It is there during a build only, so that what a killed one leaves is not
/// published by the next.
const UNFINISHED: &str = ".casebook-unfinished";

/// A folder of built files. Paths are relative to it, with `/` between their parts; none may lead through a symbolic link,
/// since a repository can bring a folder of built files whose links lead anywhere. The folder itself may be one.
#[derive(Debug)]
pub struct SiteFolder {
    root: PathBuf,
}

impl SiteFolder {
    /// The folder at `root`, which need not exist, without what a killed build left unfinished in it.
    pub fn new(root: &Path) -> Self {
        // Litter that cannot be removed does no harm to the files that are to be written.
        let _ = fs::remove_dir_all(root.join(UNFINISHED));
        Self { root: root.to_owned() }
    }

    /// The bytes of a file; `None` when there is none.
    pub fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.place(path)?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file and the folders it needs: whole or not at all.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let (target, unfinished) = (self.place(path)?, self.root.join(UNFINISHED));
        fs::create_dir_all(&unfinished)?;
        fs::create_dir_all(target.parent().unwrap_or(&self.root))?;
        put(&unfinished, &target, bytes, Write::Replace, false).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot write `{}`: {error}", target.display()))
        })
    }

    /// Removes a file and the folders that it leaves empty. A file that is gone already is no error.
    pub fn remove(&self, path: &str) -> io::Result<()> {
        let file = self.place(path)?;
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut folder = file.parent();
        while let Some(empty) = folder.filter(|folder| *folder != self.root && folder.starts_with(&self.root))
        {
            // A folder with something in it refuses, and so do all above it.
            if fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
        Ok(())
    }

    /// Where `path` is on the disk.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        for (at, _) in path.match_indices('/') {
            let folder = self.root.join(&path[..at]);
            if folder.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
                let problem = format!("`{}` {}", folder.display(), scope::IS_SYMLINK);
                return Err(io::Error::other(problem));
            }
        }
        Ok(self.root.join(path))
    }
}

impl Drop for SiteFolder {
    fn drop(&mut self) {
        // Only if it is empty, which it is unless something went wrong.
        let _ = fs::remove_dir(self.root.join(UNFINISHED));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_file_takes_empty_folders_along_and_leaves_others() {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("public");
        let folder = SiteFolder::new(&root);
        folder.write("a/b/c.html", b"c").unwrap();
        folder.write("a/d.html", b"d").unwrap();
        assert_eq!(folder.read("a/b/c.html").unwrap().as_deref(), Some(&b"c"[..]));
        assert_eq!(folder.read("a/d.html/e").unwrap(), None);
        folder.remove("a/b/c.html").unwrap();
        folder.remove("a/b/c.html").unwrap();
        assert!(!root.join("a/b").exists() && root.join("a/d.html").exists());
        drop(folder);
        assert_eq!(fs::read_dir(&root).unwrap().count(), 1);
        fs::create_dir(root.join(UNFINISHED)).unwrap();
        fs::write(root.join(UNFINISHED).join("x"), b"half").unwrap();
        SiteFolder::new(&root).write("e.html", b"e").unwrap();
        assert_eq!(fs::read_dir(&root).unwrap().count(), 2);
    }

    #[test]
    fn nothing_is_written_read_or_removed_through_a_link_in_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        let (root, other) = (outside.path().join("public"), outside.path().join("other"));
        fs::create_dir_all(&root).unwrap();
        fs::create_dir_all(&other).unwrap();
        fs::write(other.join("precious"), "x").unwrap();
        std::os::unix::fs::symlink(&other, root.join("assets")).unwrap();
        let folder = SiteFolder::new(&root);
        let error = folder.write("assets/site.css", b"css").unwrap_err().to_string();
        assert!(error.contains("assets` is a symbolic link"), "{error}");
        assert!(folder.read("assets/precious").is_err() && folder.remove("assets/precious").is_err());
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);

        std::os::unix::fs::symlink(&root, outside.path().join("link")).unwrap();
        let by_link = SiteFolder::new(&outside.path().join("link"));
        by_link.write("a/b.html", b"b").unwrap();
        assert!(root.join("a/b.html").exists(), "the folder that was asked for may be a link");
    }
}

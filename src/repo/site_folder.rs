//! The folder that a built site is written to.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::atomic::write_outside;

/// A folder of built files. Paths are relative to it, with `/` between their parts.
#[derive(Clone, Debug)]
pub struct SiteFolder {
    root: PathBuf,
}

impl SiteFolder {
    /// The folder at `root`, which need not exist.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The bytes of a file; `None` when there is none.
    pub fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.root.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file and the folders it needs: whole or not at all.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        write_outside(&self.root.join(path), bytes).map_err(io::Error::other)
    }

    /// Removes a file and the folders that it leaves empty. A file that is gone already is no error.
    pub fn remove(&self, path: &str) -> io::Result<()> {
        let file = self.root.join(path);
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
    }
}

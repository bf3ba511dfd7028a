//! The output folder of a site.
//!
//! A clone can contain such a folder with any contents: links to files of the user, pipes, folders in place of files.
//! So every folder below the root is opened from its parent folder, and no link is followed on the way.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io::{self, ErrorKind, Read, Write as _};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::folder_handle::{FolderHandle, ForeignSiteFile, SiteFileState};
use crate::repo::scope::MAX_FILE_SIZE;

/// The folder for incomplete files. It exists only during a build, so that the next build does not publish the
/// incomplete files of a killed build.
const UNFINISHED: &str = ".casebook-unfinished";

/// The maximum number of folders that are kept open. Files are written folder by folder, so a few are enough.
const MAX_OPEN: usize = 64;

/// The contents of a file.
pub(crate) enum Contents<'a> {
    Bytes(&'a [u8]),
    /// A reader, so that large files need not be in memory as a whole.
    Stream(Box<dyn Read + 'a>),
}

/// An open output folder. Paths are relative to it, with `/` between their parts. Several threads may use it at once.
#[derive(Debug)]
pub(crate) struct SiteFolder {
    root: Arc<FolderHandle>,
    /// Folders that this build created: they contain only its own files, so they need no check.
    made: Mutex<HashSet<String>>,
    /// The most recently used folders, by path.
    open: Mutex<VecDeque<(String, Arc<FolderHandle>)>>,
    unfinished: Mutex<Option<Arc<FolderHandle>>>,
    next_name: AtomicUsize,
}

impl SiteFolder {
    pub(in crate::repo) fn new(root: FolderHandle) -> io::Result<Self> {
        // Without the lock, two builds at once would take each other's incomplete files for leftovers.
        root.lock();
        let names = root.names()?;
        if names.iter().any(|name| name == UNFINISHED) {
            let unfinished = root.folder(UNFINISHED)?;
            for name in unfinished.names()? {
                unfinished.remove_file(&name)?;
            }
            if !root.remove_empty_folder(UNFINISHED) {
                return Err(io::Error::other(ForeignSiteFile {
                    name: UNFINISHED.to_owned(),
                    what: "contains files that no build created",
                }));
            }
        }
        let made = if names.is_empty() { HashSet::from([String::new()]) } else { HashSet::new() };
        Ok(Self {
            root: Arc::new(root),
            made: Mutex::new(made),
            open: Mutex::default(),
            unfinished: Mutex::default(),
            next_name: AtomicUsize::new(0),
        })
    }

    /// Returns the names of the files and folders at the root.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = self.root.names()?;
        names.sort();
        Ok(names)
    }

    /// Reads a whole file; returns `None` when it does not exist.
    pub(crate) fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let Some((file, _)) = self.file(path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > MAX_FILE_SIZE {
            true => Err(io::Error::other(format!("the file is larger than {} MiB", MAX_FILE_SIZE >> 20))),
            false => Ok(Some(bytes)),
        }
    }

    /// Returns whether there is a file at `path`.
    pub(crate) fn exists(&self, path: &str) -> io::Result<bool> {
        Ok(self.file(path)?.is_some())
    }

    /// Returns the state of the file at `path`; `None` if there is no file.
    pub(crate) fn state(&self, path: &str) -> io::Result<Option<SiteFileState>> {
        let (folder, name) = parts(path);
        match self.existing_folder(folder)? {
            Some(folder) => folder.state(name),
            None => Ok(None),
        }
    }

    /// Returns the states of the files at `paths`; `None` for a file that does not exist or cannot be reached. Each folder is
    /// opened once for its files that follow each other.
    pub(crate) fn states(&self, paths: &[&str]) -> Vec<Option<SiteFileState>> {
        let of_folder = |paths: &[&str]| -> Vec<Option<SiteFileState>> {
            let folder = paths.first().map_or("", |path| parts(path).0);
            let opened = match folder.rsplit_once('/') {
                // Only the folder above is kept open, because this one is not needed again.
                Some((above, name)) => self.existing_folder(above).and_then(|above| match above {
                    Some(above) => Ok(Some(Arc::new(above.folder(name)?))),
                    None => Ok(None),
                }),
                None => self.existing_folder(folder),
            };
            let Ok(Some(opened)) = opened else { return vec![None; paths.len()] };
            paths.iter().map(|path| opened.state(parts(path).1).ok().flatten()).collect()
        };
        let groups = paths.par_chunk_by(|a, b| parts(a).0 == parts(b).0);
        groups.flat_map_iter(of_folder).collect()
    }

    /// Returns whether there is a file at `path` with these contents.
    pub(crate) fn holds(&self, path: &str, contents: Contents<'_>) -> io::Result<bool> {
        let Some((file, size)) = self.file(path)? else { return Ok(false) };
        match contents {
            Contents::Bytes(bytes) if size != bytes.len() as u64 => Ok(false),
            Contents::Bytes(bytes) => are_equal(file, bytes),
            Contents::Stream(stream) => are_equal(file, stream),
        }
    }

    /// Writes a file atomically and creates the folders that it needs.
    pub(crate) fn write(&self, path: &str, contents: Contents<'_>) -> io::Result<()> {
        let (folder, name) = parts(path);
        let folder = self.folder(folder)?;
        let unfinished = self.unfinished()?;
        let temporary = self.next_name.fetch_add(1, Ordering::Relaxed).to_string();
        let write = || -> io::Result<()> {
            let mut file = unfinished.new_file(&temporary)?;
            match contents {
                Contents::Bytes(bytes) => file.write_all(bytes)?,
                Contents::Stream(mut stream) => _ = io::copy(&mut stream, &mut file)?,
            }
            unfinished.move_file(&temporary, &folder, name)
        };
        write().inspect_err(|_| _ = unfinished.remove_file(&temporary))
    }

    /// Removes a file and the folders that become empty. A missing file is not an error.
    pub(crate) fn remove(&self, path: &str) -> io::Result<()> {
        let (mut folder, name) = parts(path);
        match self.existing_folder(folder)? {
            Some(folder) => folder.remove_file(name)?,
            None => return Ok(()),
        }
        while !folder.is_empty() {
            let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
            // A folder that is not empty stays, and so do all folders above it.
            if !self.existing_folder(above)?.is_some_and(|above| above.remove_empty_folder(name)) {
                break;
            }
            self.forget(folder);
            folder = above;
        }
        Ok(())
    }

    /// Opens a file for reading and returns it with its size in bytes; `None` when it does not exist.
    fn file(&self, path: &str) -> io::Result<Option<(fs::File, u64)>> {
        let (folder, name) = parts(path);
        if self.is_made(folder) {
            return Ok(None);
        }
        match self.existing_folder(folder)? {
            Some(folder) => folder.file(name),
            None => Ok(None),
        }
    }

    /// Returns whether this build created `folder` or a folder above it, so that it contains only files of this build.
    fn is_made(&self, folder: &str) -> bool {
        let made = lock(&self.made);
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        made.contains("") || ends.into_iter().any(|end| made.contains(&folder[..end]))
    }

    /// Opens `folder`; returns `None` when it does not exist.
    fn existing_folder(&self, folder: &str) -> io::Result<Option<Arc<FolderHandle>>> {
        match self.walk(folder, &|above, name, _| above.folder(name)) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens `folder`, and creates it and its parents if they do not exist.
    fn folder(&self, folder: &str) -> io::Result<Arc<FolderHandle>> {
        self.walk(folder, &|above, name, path| {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let is_absent = self.is_made(parent) && !lock(&self.made).contains(path);
            let (opened, is_made) = above.folder_or_new(name, is_absent)?;
            if is_made {
                lock(&self.made).insert(path.to_owned());
            }
            Ok(opened)
        })
    }

    /// Opens `folder` and its parents. `open` opens one folder, given its parent folder, its name and its path.
    fn walk(
        &self,
        folder: &str,
        open: &dyn Fn(&FolderHandle, &str, &str) -> io::Result<FolderHandle>,
    ) -> io::Result<Arc<FolderHandle>> {
        if folder.is_empty() {
            return Ok(Arc::clone(&self.root));
        }
        let known =
            lock(&self.open).iter().find(|(path, _)| path == folder).map(|(_, handle)| Arc::clone(handle));
        if let Some(known) = known {
            return Ok(known);
        }
        let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        let opened =
            Arc::new(open(&*self.walk(above, open)?, name, folder).map_err(|error| at(folder, error))?);
        let mut all = lock(&self.open);
        if all.len() == MAX_OPEN {
            // Folders at the root are used again and again, the others for one or two files.
            let oldest = all.iter().position(|(path, _)| path.contains('/')).unwrap_or(0);
            all.remove(oldest);
        }
        all.push_back((folder.to_owned(), Arc::clone(&opened)));
        Ok(opened)
    }

    fn forget(&self, folder: &str) {
        lock(&self.open).retain(|(path, _)| path != folder);
        lock(&self.made).remove(folder);
    }

    fn unfinished(&self) -> io::Result<Arc<FolderHandle>> {
        let mut unfinished = lock(&self.unfinished);
        if let Some(unfinished) = &*unfinished {
            return Ok(Arc::clone(unfinished));
        }
        let (opened, _) = self.root.folder_or_new(UNFINISHED, true)?;
        Ok(Arc::clone(unfinished.insert(Arc::new(opened))))
    }
}

impl Drop for SiteFolder {
    fn drop(&mut self) {
        // The folder is empty, unless something other than a file was put into it.
        self.root.remove_empty_folder(UNFINISHED);
    }
}

/// Returns the folder and the name of `path`.
fn parts(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds `folder` to an error that does not name a place.
fn at(folder: &str, error: io::Error) -> io::Error {
    match (error.raw_os_error(), error.kind()) {
        (Some(_), ErrorKind::NotFound) | (None, _) => error,
        (Some(_), kind) => io::Error::new(kind, format!("cannot open the folder `{folder}`: {error}")),
    }
}

/// Returns whether two readers give the same bytes.
fn are_equal(mut one: impl Read, mut other: impl Read) -> io::Result<bool> {
    const PART: usize = 64 << 10;
    let (mut part, mut other_part) = (Vec::with_capacity(PART), Vec::with_capacity(PART));
    loop {
        part.clear();
        other_part.clear();
        one.by_ref().take(PART as u64).read_to_end(&mut part)?;
        other.by_ref().take(PART as u64).read_to_end(&mut other_part)?;
        if part != other_part {
            return Ok(false);
        }
        if part.is_empty() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use std::path::Path;

    use super::*;

    fn open(root: &Path) -> SiteFolder {
        fs::create_dir_all(root).unwrap();
        SiteFolder::new(FolderHandle::open(root).unwrap()).unwrap()
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn removing_a_file_removes_the_folders_that_become_empty() {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("public");
        let folder = open(&root);
        folder.write("a/b/c.html", Contents::Bytes(b"c")).unwrap();
        folder.write("a/d.html", Contents::Stream(Box::new(&b"d"[..]))).unwrap();
        drop(folder);
        assert_eq!(count(&root), 1, "unfinished files are left");
        let folder = open(&root);
        assert_eq!(folder.read("a/b/c.html").unwrap().as_deref(), Some(&b"c"[..]));
        assert!(folder.holds("a/d.html", Contents::Stream(Box::new(&b"d"[..]))).unwrap());
        assert!(!folder.holds("a/d.html", Contents::Bytes(b"e")).unwrap());
        folder.remove("a/b/c.html").unwrap();
        folder.remove("a/b/c.html").unwrap();
        assert!(!root.join("a/b").exists() && root.join("a/d.html").exists());
        folder.write("a/b/c.html", Contents::Bytes(b"again")).unwrap();
        assert_eq!(fs::read(root.join("a/b/c.html")).unwrap(), b"again");
    }

    #[test]
    fn unfinished_files_of_a_killed_build_are_not_published() {
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir(outside.path().join(UNFINISHED)).unwrap();
        fs::write(outside.path().join(UNFINISHED).join("0"), "half").unwrap();
        open(outside.path()).write("e.html", Contents::Bytes(b"e")).unwrap();
        assert_eq!(count(outside.path()), 1);
    }

    #[test]
    fn a_link_that_is_put_in_the_way_during_a_build_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        let (root, victim) = (outside.path().join("public"), outside.path().join("victim"));
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("precious"), "x").unwrap();
        let folder = open(&root);
        folder.write("tickets/a.html", Contents::Bytes(b"a")).unwrap();
        fs::rename(root.join("tickets"), root.join("moved")).unwrap();
        symlink(&victim, root.join("tickets")).unwrap();
        symlink(&victim, root.join("tags")).unwrap();
        symlink(victim.join("precious"), root.join("moved/b.html")).unwrap();
        folder.write("tickets/b.html", Contents::Bytes(b"b")).unwrap();
        let error = folder.write("tags/a.html", Contents::Bytes(b"a")).unwrap_err().to_string();
        assert!(error.contains("`tags` is a symbolic link"), "{error}");
        folder.remove("tickets/precious").unwrap();
        assert_eq!(fs::read_to_string(root.join("moved/b.html")).unwrap(), "b");
        assert_eq!(
            (count(&victim), fs::read_to_string(victim.join("precious")).unwrap()),
            (1, "x".to_owned())
        );
    }

    #[test]
    fn the_states_of_many_files_are_those_of_each_one() {
        let outside = tempfile::tempdir().unwrap();
        let folder = open(outside.path());
        let paths = ["a.html", "t/1/a.html", "t/1/b.html", "t/2/a.html", "t/x.html"];
        for path in paths {
            folder.write(path, Contents::Bytes(path.as_bytes())).unwrap();
        }
        fs::remove_file(outside.path().join("t/1/b.html")).unwrap();
        symlink(outside.path().join("t/1"), outside.path().join("t/3")).unwrap();
        let asked = [&paths[..], &["t/3/a.html", "u/v/a.html", "a.html/b"]].concat();
        let states = folder.states(&asked);
        for (path, state) in asked.iter().zip(&states) {
            assert_eq!(*state, folder.state(path).ok().flatten(), "{path}");
        }
        let is_there: Vec<bool> = states.iter().map(Option::is_some).collect();
        assert_eq!(is_there, [true, true, false, true, true, false, false, false]);
    }

    #[test]
    fn more_folders_can_be_used_than_are_kept_open() {
        let outside = tempfile::tempdir().unwrap();
        let folder = open(outside.path());
        for round in ["a", "b"] {
            for n in 0..MAX_OPEN + 9 {
                folder.write(&format!("t/{n}/{round}"), Contents::Bytes(b"x")).unwrap();
            }
        }
        assert!(lock(&folder.open).len() <= MAX_OPEN);
        assert_eq!(count(&outside.path().join("t/3")), 2);
    }
}

//! Lists a worktree: level by level, the folders of one level side by side.

use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use rayon::prelude::*;

use super::cached::CacheSlot;
use super::folders::{self, Folder, KnownFolders, Lookup};
use super::scope::{self, Place};
use super::worktree::stamp_of;
use super::{Entry, EntryKind, Listing, RepoError, Stamp};
use crate::text::RepoPath;

/// What was listed of a worktree.
pub(super) struct Listed {
    pub listing: Listing,
    /// The paths of its folders, none of which is a symbolic link.
    pub folders: Vec<String>,
}

/// Lists the worktree at `root`. `slot` keeps what its folders had, where their times can be relied upon.
pub(super) fn list(root: &Path, slot: Option<&CacheSlot>) -> Result<Listed, RepoError> {
    let started_ns = slot.map_or(0, CacheSlot::now_ns);
    let known = slot.map(KnownFolders::read);
    let lookup = known.as_ref().map(KnownFolders::lookup).unwrap_or_default();
    let mut all = Found::default();
    let mut level = at_root(root, &mut all)?;
    while !level.is_empty() {
        let parts =
            level.into_par_iter().fold(Found::default, |found, folder| found.with(root, folder, &lookup));
        let parts: Vec<Found<'_>> = parts.collect();
        level = Vec::new();
        for part in parts {
            level.extend(all.append(part));
        }
    }
    all.listing.sort();
    if let Some(slot) = slot
        && (all.were_read > 0 || all.folders.len() != lookup.len())
    {
        let folders = all.folders.iter().filter_map(|(path, stamp, names)| {
            Some(Folder { path, stamp: *stamp, names: names.as_deref()? })
        });
        folders::keep(slot, folders.collect(), started_ns);
    }
    Ok(Listed { folders: all.folders.into_iter().map(|(path, ..)| path).collect(), listing: all.listing })
}

/// A folder that is still to be listed.
struct ToList {
    path: String,
    stamp: Stamp,
}

/// What was found so far.
#[derive(Default)]
struct Found<'a> {
    listing: Listing,
    /// Each folder with its stamp and its names; without these where a name is none of ours.
    folders: Vec<(String, Stamp, Option<Cow<'a, str>>)>,
    /// How many folders were not known.
    were_read: usize,
    /// What to list next.
    below: Vec<ToList>,
}

/// The settings file, and the folders that are ours.
fn at_root(root: &Path, found: &mut Found<'_>) -> Result<Vec<ToList>, RepoError> {
    for name in std::iter::once(scope::SETTINGS).chain(scope::FOLDERS) {
        let path = root.join(name);
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(RepoError::io("read", &path, error)),
        };
        let is_ours = match scope::place_at_root(name.as_bytes()) {
            Place::Folder => metadata.is_symlink(),
            _ => !metadata.is_dir(),
        };
        if is_ours {
            found.add(name.to_owned(), &metadata);
        } else if metadata.is_dir() {
            found.below.push(ToList { path: name.to_owned(), stamp: stamp_of(&metadata) });
        }
    }
    Ok(std::mem::take(&mut found.below))
}

impl<'a> Found<'a> {
    fn append(&mut self, mut part: Self) -> Vec<ToList> {
        self.listing.entries.append(&mut part.listing.entries);
        self.listing.unreadable.append(&mut part.listing.unreadable);
        self.folders.append(&mut part.folders);
        self.were_read += part.were_read;
        part.below
    }

    fn with(mut self, root: &Path, folder: ToList, known: &Lookup<'a>) -> Self {
        let ToList { path, stamp } = folder;
        let on_disk = root.join(&path);
        let names = match known.names(&path, stamp) {
            Some(names) => {
                self.look_at(&on_disk, &path, names);
                Some(Cow::Borrowed(names))
            }
            None => {
                self.were_read += 1;
                let (names, is_whole) = self.read(&on_disk, &path);
                self.look_at(&on_disk, &path, &names);
                is_whole.then_some(Cow::Owned(names))
            }
        };
        self.folders.push((path, stamp, names));
        self
    }

    /// The names in a folder, sorted, with a `/` between two, and whether all of it could be read.
    fn read(&mut self, on_disk: &Path, path: &str) -> (String, bool) {
        let mut names = Vec::new();
        let before = self.listing.unreadable.len();
        match fs::read_dir(on_disk) {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => names.extend(self.name(path, &entry.file_name())),
                        Err(error) => self.cannot_read(path.to_owned(), &error),
                    }
                }
            }
            Err(error) => {
                self.cannot_read(path.to_owned(), &error);
                return (String::new(), false);
            }
        }
        names.sort_unstable();
        (names.join("/"), self.listing.unreadable.len() == before)
    }

    /// A name in a folder as text, unless it is hidden or none of ours.
    fn name(&mut self, folder: &str, name: &std::ffi::OsStr) -> Option<String> {
        if scope::is_hidden(name.as_encoded_bytes()) {
            return None;
        }
        match scope::name_of(name.as_encoded_bytes()) {
            Ok(name) => Some(name.to_owned()),
            Err(problem) => {
                let path = format!("{folder}/{}", name.to_string_lossy());
                self.listing.unreadable.push((path, problem.to_owned()));
                None
            }
        }
    }

    /// What each of the names in a folder is.
    fn look_at(&mut self, on_disk: &Path, folder: &str, names: &str) {
        for name in names.split('/').filter(|name| !name.is_empty()) {
            let path = format!("{folder}/{name}");
            match on_disk.join(name).symlink_metadata() {
                Ok(metadata) if metadata.is_dir() => {
                    self.below.push(ToList { path, stamp: stamp_of(&metadata) });
                }
                Ok(metadata) => self.add(path, &metadata),
                Err(error) => self.cannot_read(path, &error),
            }
        }
    }

    fn add(&mut self, path: String, metadata: &fs::Metadata) {
        let kind = if metadata.is_symlink() {
            EntryKind::Symlink
        } else if metadata.is_file() {
            EntryKind::File
        } else {
            self.listing.unreadable.push((path, scope::IS_SPECIAL.to_owned()));
            return;
        };
        let stamp = stamp_of(metadata);
        self.listing.entries.push(Entry { path: RepoPath::new(path), kind, size: metadata.len(), stamp });
    }

    fn cannot_read(&mut self, path: String, error: &io::Error) {
        // Whoever removed it meanwhile did not mean it to be seen.
        if error.kind() != ErrorKind::NotFound {
            self.listing.unreadable.push((path, format!("cannot be read: {error}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::repo::testing::Sandbox;

    struct Place {
        sandbox: Sandbox,
        slot: CacheSlot,
    }

    impl Place {
        fn new() -> Self {
            let sandbox = Sandbox::new();
            sandbox.casebook("a").file("a/tickets/2026/a.md", "a").file("a/tickets/2026/a/1.md", "1");
            let slot = CacheSlot::at(&sandbox.path("cache/folders"));
            Self { sandbox, slot }
        }

        fn list(&self) -> Listing {
            list(&self.sandbox.path("a"), Some(&self.slot)).unwrap().listing
        }

        fn paths(&self) -> Vec<String> {
            self.list().entries.iter().map(|entry| entry.path.as_str().to_owned()).collect()
        }

        /// Keeps what the folders have, as if they were old.
        fn keep_as_old(&self) {
            let root = self.sandbox.path("a");
            let listed = list(&root, None).unwrap();
            let stamp = |path: &str| stamp_of(&root.join(path).symlink_metadata().unwrap());
            let names = |path: &str| {
                let entries = fs::read_dir(root.join(path)).unwrap();
                let names: Vec<_> =
                    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
                names.join("/")
            };
            let all: Vec<_> = listed.folders.iter().map(|path| (path, stamp(path), names(path))).collect();
            let folders = all.iter().map(|(path, stamp, names)| Folder { path, stamp: *stamp, names });
            folders::keep(&self.slot, folders.collect(), i64::MAX);
        }
    }

    #[test]
    fn a_folder_that_changed_just_now_is_read_again_the_next_time() {
        let place = Place::new();
        place.list();
        let known = KnownFolders::read(&place.slot);
        assert_eq!(known.lookup().len(), 0, "nothing is old enough to be relied upon");
        place.keep_as_old();
        let known = KnownFolders::read(&place.slot);
        let names = |path: &str| {
            let metadata = place.sandbox.path("a").join(path).symlink_metadata().unwrap();
            known.lookup().names(path, stamp_of(&metadata)).map(str::to_owned)
        };
        assert_eq!(names("tickets/2026/a").as_deref(), Some("1.md"));
        assert_eq!(known.lookup().names("tickets/2026/a", Stamp::None), None);
    }

    #[test]
    fn what_changes_in_a_known_folder_is_seen() {
        let place = Place::new();
        place.keep_as_old();
        let before = place.list();
        let file =
            fs::File::options().append(true).open(place.sandbox.path("a/tickets/2026/a/1.md")).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
        let after = place.list();
        assert_eq!(before.entries.len(), after.entries.len());
        assert_ne!(before, after, "a file that was written to has another stamp, its folder has not");

        place.sandbox.file("a/tickets/2026/a/2.md", "2").file("a/tickets/2026/b/c/1.md", "1");
        fs::remove_file(place.sandbox.path("a/tickets/2026/a.md")).unwrap();
        let now = ["casebook.yml", "tickets/2026/a/1.md", "tickets/2026/a/2.md", "tickets/2026/b/c/1.md"];
        assert_eq!(place.paths(), now);
        assert_eq!(place.paths(), now);
    }

    #[test]
    fn a_folder_that_became_a_link_is_not_followed() {
        let place = Place::new();
        place.sandbox.file("secret/1.md", "secret");
        place.keep_as_old();
        fs::rename(place.sandbox.path("a/tickets/2026/a"), place.sandbox.path("gone")).unwrap();
        place.sandbox.symlink(place.sandbox.path("secret"), "a/tickets/2026/a");
        assert_eq!(place.paths(), ["casebook.yml", "tickets/2026/a", "tickets/2026/a.md"]);
        assert_eq!(place.list().entries[1].kind, EntryKind::Symlink);
    }

    #[test]
    fn a_damaged_memory_of_folders_is_no_memory() {
        let place = Place::new();
        place.keep_as_old();
        let kept = place.slot.read().unwrap();
        for damage in [&kept[..kept.len() / 2], &kept[..3], b"nonsense"] {
            place.slot.write(damage);
            assert_eq!(KnownFolders::read(&place.slot).lookup().len(), 0);
            assert_eq!(place.paths().len(), 3);
        }
    }

    #[test]
    fn what_was_kept_is_written_again_only_when_a_folder_changed() {
        let place = Place::new();
        place.keep_as_old();
        let kept = place.slot.read().unwrap();
        place.list();
        assert_eq!(place.slot.read().unwrap(), kept);
        place.sandbox.file("a/tickets/2027/a.md", "a");
        place.list();
        assert_ne!(place.slot.read().unwrap(), kept);
    }
}

use std::time::{Duration, SystemTime};

use super::*;
use crate::repo::{FileType, testing::Sandbox};
use crate::waiting::wait_until;

struct Place {
    sandbox: Sandbox,
    slot: CacheSlot,
}

impl Place {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/2026/a.md", "a").file("a/tickets/2026/a/1.md", "1");
        let slot = CacheSlot::at(&sandbox.path("cache/listing"));
        Self { sandbox, slot }
    }

    fn list(&self) -> Listing {
        let listed = list(&self.sandbox.path("a"), Some(&self.slot)).unwrap();
        let uncached = list(&self.sandbox.path("a"), None).unwrap();
        assert_eq!(listed.listing, uncached.listing, "the cache changes the result");
        let paths = |listed: &WorktreeListing| -> Vec<RepoPath> {
            listed.folders.iter().map(|folder| folder.path.clone()).collect()
        };
        assert_eq!(paths(&listed), paths(&uncached));
        listed.listing
    }

    fn paths(&self) -> Vec<String> {
        self.list().entries.iter().map(|entry| entry.path.as_str().to_owned()).collect()
    }

    /// Caches the current listing as if it were old, so that every later change has another time.
    fn keep_as_old(&self) {
        let probe = self.sandbox.path("probe");
        let now = || {
            fs::write(&probe, "").unwrap();
            fs::metadata(&probe).unwrap().modified().unwrap()
        };
        let before = now();
        wait_until("the clock of the file system advances", || now() > before);
        let listed = list(&self.sandbox.path("a"), None).unwrap();
        last_listing::store(&self.slot, &listed.listing.entries, &listed.folders, i64::MAX);
    }

    /// Returns the known folders whose stamps are reliable.
    fn reliable(&self) -> Vec<String> {
        let known = LastListing::read(&self.slot);
        let mut found = Vec::new();
        for chunk in known.chunks() {
            chunk.each(|path, folder| {
                if folder.is_some_and(|stamp| stamp != Stamp::None) {
                    found.push(path.to_owned());
                }
            });
        }
        found
    }
}

#[test]
fn a_folder_that_changed_a_moment_ago_is_read_again() {
    let place = Place::new();
    place.list();
    assert!(place.reliable().is_empty(), "all folders changed too recently");
    place.keep_as_old();
    assert_eq!(place.reliable(), ["tickets", "tickets/2026", "tickets/2026/a"]);
}

#[test]
fn changes_in_a_known_folder_are_listed() {
    let place = Place::new();
    place.keep_as_old();
    let before = place.list();
    let file = fs::File::options().append(true).open(place.sandbox.path("a/tickets/2026/a/1.md")).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    let after = place.list();
    assert_eq!(before.entries.len(), after.entries.len());
    assert_ne!(before, after, "a write changes the stamp of the file and not that of its folder");

    place.sandbox.file("a/tickets/2026/a/2.md", "2").file("a/tickets/2026/b/c/1.md", "1");
    fs::remove_file(place.sandbox.path("a/tickets/2026/a.md")).unwrap();
    let now = ["casebook.yml", "tickets/2026/a/1.md", "tickets/2026/a/2.md", "tickets/2026/b/c/1.md"];
    assert_eq!(place.paths(), now);
    assert_eq!(place.paths(), now);
    place.sandbox.file("a/knowledge/k.md", "k");
    fs::remove_dir_all(place.sandbox.path("a/tickets/2026/b")).unwrap();
    assert_eq!(
        place.paths(),
        ["casebook.yml", "knowledge/k.md", "tickets/2026/a/1.md", "tickets/2026/a/2.md"]
    );
}

#[test]
fn a_folder_that_became_a_link_is_not_followed() {
    let place = Place::new();
    place.sandbox.file("secret/1.md", "secret").file("secret/b/2.md", "secret");
    place.sandbox.file("a/tickets/2026/a/b/2.md", "2");
    place.keep_as_old();
    fs::rename(place.sandbox.path("a/tickets/2026/a"), place.sandbox.path("gone")).unwrap();
    place.sandbox.symlink(place.sandbox.path("secret"), "a/tickets/2026/a");
    assert_eq!(place.paths(), ["casebook.yml", "tickets/2026/a", "tickets/2026/a.md"]);
    assert_eq!(place.list().entries[1].kind, FileType::Symlink);
    place.keep_as_old();
    fs::rename(place.sandbox.path("a/tickets"), place.sandbox.path("all")).unwrap();
    place.sandbox.symlink(place.sandbox.path("all"), "a/tickets");
    assert_eq!(place.paths(), ["casebook.yml", "tickets"]);
}

#[test]
fn a_link_at_the_root_is_listed_in_order_without_settings() {
    let place = Place::new();
    place.sandbox.file("a/knowledge/k.md", "k").symlink("tickets", "a/site");
    fs::remove_file(place.sandbox.path("a/casebook.yml")).unwrap();
    place.keep_as_old();
    let all = ["knowledge/k.md", "site", "tickets/2026/a.md", "tickets/2026/a/1.md"];
    assert_eq!(place.paths(), all);
}

#[test]
fn a_file_and_a_folder_that_swap_names_are_listed_correctly() {
    let place = Place::new();
    place.sandbox.file("a/tickets/2026/b", "b");
    place.keep_as_old();
    fs::remove_file(place.sandbox.path("a/tickets/2026/b")).unwrap();
    place.sandbox.file("a/tickets/2026/b/1.md", "1");
    fs::remove_dir_all(place.sandbox.path("a/tickets/2026/a")).unwrap();
    place.sandbox.file("a/tickets/2026/a", "a");
    let now = ["casebook.yml", "tickets/2026/a", "tickets/2026/a.md", "tickets/2026/b/1.md"];
    assert_eq!(place.paths(), now);
    assert_eq!(place.paths(), now);
}

#[test]
fn unreadable_paths_are_reported_each_time() {
    let place = Place::new();
    let socket = |path: &str| std::os::unix::net::UnixListener::bind(place.sandbox.path(path)).unwrap();
    socket("a/tickets/2026/a/socket");
    place.keep_as_old();
    for _ in 0..2 {
        let unreadable = place.list().unreadable;
        assert_eq!(unreadable.len(), 1);
        assert_eq!(unreadable[0].0, "tickets/2026/a/socket");
    }
    fs::remove_file(place.sandbox.path("a/tickets/2026/a/1.md")).unwrap();
    socket("a/tickets/2026/a/1.md");
    assert_eq!(place.list().unreadable.len(), 2);
}

#[test]
fn a_damaged_folder_cache_is_ignored() {
    let place = Place::new();
    place.keep_as_old();
    let cached = place.slot.read().unwrap();
    for damage in [&cached[..cached.len() / 2], &cached[..3], b"nonsense"] {
        place.slot.write(damage);
        assert!(LastListing::read(&place.slot).chunks().is_empty());
        assert_eq!(place.paths().len(), 3);
    }
}

#[test]
fn the_folder_cache_is_written_again_only_when_a_folder_changed() {
    let place = Place::new();
    place.keep_as_old();
    let cached = place.slot.read().unwrap();
    place.list();
    assert_eq!(place.slot.read().unwrap(), cached);
    place.sandbox.file("a/tickets/2027/a.md", "a");
    place.list();
    assert_ne!(place.slot.read().unwrap(), cached);
}

/// Cached folders do not change the result after any creation, removal or replacement.
#[test]
fn a_folder_tree_is_listed_correctly_after_random_changes() {
    use proptest::prelude::*;
    let path = prop::collection::vec(0..3_u8, 1..4)
        .prop_map(|parts| parts.iter().map(u8::to_string).collect::<Vec<_>>().join("/"));
    let steps = prop::collection::vec((0..4_u8, path), 1..16);
    proptest!(crate::trials::trials(24), |(steps in steps)| {
        let place = Place::new();
        for (what, path) in steps {
            let path = format!("a/tickets/{path}");
            let on_disk = place.sandbox.path(&path);
            match what {
                0 if !on_disk.exists() => drop(fs::create_dir_all(&on_disk)),
                1 if on_disk.parent().is_some_and(Path::is_dir) && !on_disk.is_dir() => {
                    fs::write(&on_disk, "x").unwrap();
                }
                2 if on_disk.is_dir() && !on_disk.is_symlink() => fs::remove_dir_all(&on_disk).unwrap(),
                3 if on_disk.parent().is_some_and(Path::is_dir) && fs::symlink_metadata(&on_disk).is_err() => {
                    std::os::unix::fs::symlink(place.sandbox.path("a/tickets/2026"), &on_disk).unwrap();
                }
                _ => {
                    fs::remove_file(&on_disk).ok();
                }
            }
            place.list();
            place.keep_as_old();
        }
    });
}

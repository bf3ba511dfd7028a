//! All files of a source with their roles, grouped by ticket and article.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::quality::FixedState;
use rayon::prelude::*;

use super::{
    Attachment,
    role::{Owners, Role, owner, role_of},
};
use crate::{
    repo::{FileEntry, FileType, Listing, OverlaySource, PathProblem, Stamp, checksum},
    text::{RepoPath, normal_form},
};

#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub entries: Vec<FileEntry>,
    /// The role of each entry, in the same order. A separate list avoids a copy of all entries, which for 90,000
    /// files takes as long as finding the roles.
    roles: Vec<Role>,
    /// Names that are not UTF-8 and folders that cannot be read, with the problem.
    pub unreadable: Vec<(String, PathProblem)>,
    /// Hidden files, of which only the secrets are checked.
    pub hidden: Vec<FileEntry>,
    groups: OnceLock<Vec<FolderGroup>>,
    by_normal_form: OnceLock<HashMap<String, usize>>,
}

/// The files of one ticket with its replies, or of one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderGroup {
    /// The index of the main file in [`Layout::entries`].
    at: usize,
    /// The range of its replies and attachments in [`Layout::entries`].
    below: Range<usize>,
    /// A hash that changes when a file is changed, added or removed; `None` if the source has no stamps.
    pub stamp: Option<u64>,
    /// The time of the newest change in nanoseconds since 1970. It is the greatest value if the time is unknown, and
    /// the smallest value if the stamps are made from contents.
    pub changed_ns: i64,
}

impl Layout {
    /// Determines the role of each file in `listing`.
    pub fn of(listing: Listing) -> Self {
        let entries = &listing.entries;
        let numbers = (0..entries.len()).into_par_iter().with_min_len(1_024);
        let roles = numbers
            .map_init(Owners::default, |owners, at| role_of(&entries[at].path, owners.of(entries, at)));
        let roles: Vec<Role> = roles.collect();
        let Listing { entries, unreadable, hidden } = listing;
        Self { entries, roles, unreadable, hidden, groups: OnceLock::new(), by_normal_form: OnceLock::new() }
    }

    /// Creates the layout of `files`, which are sorted by path.
    pub(crate) fn of_files(files: Vec<(FileEntry, Role)>) -> Self {
        let (entries, roles) = files.into_iter().unzip();
        Self { entries, roles, ..Self::default() }
    }

    /// Returns each file with its role.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&FileEntry, &Role)> {
        self.entries.iter().zip(&self.roles)
    }

    /// Returns the tickets and articles with their files, sorted by path.
    pub fn groups(&self) -> &[FolderGroup] {
        self.groups.get_or_init(|| {
            let mut groups: Vec<FolderGroup> = Vec::new();
            for (at, role) in self.roles.iter().enumerate() {
                match role {
                    Role::Ticket | Role::Article => {
                        groups.push(FolderGroup { at, below: 0..0, stamp: None, changed_ns: i64::MAX });
                    }
                    Role::Reply(ticket) => {
                        let is_last = groups.last().is_some_and(|last| self.path_of(last) == ticket);
                        let found = match is_last {
                            true => groups.len().checked_sub(1),
                            false => groups.binary_search_by(|group| self.path_of(group).cmp(ticket)).ok(),
                        };
                        if let Some(group) = found.and_then(|found| groups.get_mut(found)) {
                            let start = if group.below.is_empty() { at } else { group.below.start };
                            group.below = start..at + 1;
                        }
                    }
                    _ => {}
                }
            }
            groups.par_iter_mut().for_each(|group| (group.stamp, group.changed_ns) = self.stamp(group));
            groups
        })
    }

    /// Returns the ticket or article whose main file is `path`.
    pub fn group(&self, path: &RepoPath) -> Option<&FolderGroup> {
        let groups = self.groups();
        let at = groups.binary_search_by(|group| self.path_of(group).cmp(path)).ok()?;
        groups.get(at)
    }

    /// Returns the path of the main file of a ticket or article.
    pub fn path_of(&self, group: &FolderGroup) -> &RepoPath {
        &self.entries[group.at].path
    }

    /// Returns the main file and then the replies, sorted by path.
    pub fn files_of<'a>(&'a self, group: &FolderGroup) -> impl Iterator<Item = (&'a FileEntry, &'a Role)> {
        let file = |at: usize| (&self.entries[at], &self.roles[at]);
        let replies = group.below.clone().map(file).filter(|(_, role)| matches!(role, Role::Reply(_)));
        std::iter::once(file(group.at)).chain(replies)
    }

    fn stamp(&self, group: &FolderGroup) -> (Option<u64>, i64) {
        let (mut is_known, mut by_contents, mut newest) = (true, false, i64::MIN);
        let mut lines = Vec::with_capacity(480);
        for (entry, _) in self.files_of(group) {
            put_line(entry, &mut lines);
            match entry.stamp {
                Stamp::Blob(_) => by_contents = true,
                Stamp::Stat { mtime_ns, ctime_ns, .. } => newest = newest.max(mtime_ns).max(ctime_ns),
                Stamp::None => (is_known, newest) = (false, i64::MAX),
            }
        }
        // People who can push can choose the contents of files, so a weak hash would let them give one ticket the
        // stamp of another. They cannot choose the times and inodes of a disk, so a fast hash is enough for these.
        let sum = match by_contents {
            true => checksum(&lines),
            false => FixedState::default().hash_one(&lines),
        };
        (is_known.then_some(sum), newest)
    }

    /// Returns the listing from which the layout was created.
    pub fn listing(&self) -> Listing {
        Listing {
            entries: self.entries.clone(),
            unreadable: self.unreadable.clone(),
            hidden: self.hidden.clone(),
        }
    }

    /// Returns the layout after the changes of `source`.
    pub(super) fn with(&self, source: &OverlaySource) -> Self {
        // A file's role depends only on its path, except when a ticket with a folder is added or removed.
        let moves_others = |(path, exists): (&RepoPath, bool)| {
            let folder = format!("{}/", path.without_extension());
            let after = self.entries.partition_point(|entry| entry.path.as_str() < folder.as_str());
            let old = self.entries.get(after).map(|entry| &entry.path);
            let mut inside = source.changed().map(|(path, _)| path).chain(old);
            path.is_markdown()
                && path.is_below("tickets")
                && exists != self.role(path).is_some()
                && inside.any(|path| path.as_str().starts_with(&folder))
        };
        if source.changed().any(moves_others) {
            return Self::of(source.over(self.listing()));
        }
        let kept = self.files().filter(|(entry, _)| !source.changes(&entry.path));
        let mut files: Vec<(FileEntry, Role)> =
            kept.map(|(entry, role)| (entry.clone(), role.clone())).collect();
        let is_ticket = |stem: &str| {
            let path = RepoPath::new(format!("{stem}.md"));
            self.role(&path).is_some().then_some(path)
        };
        files.extend(source.entries().map(|entry| {
            let role = role_of(&entry.path, owner(entry.path.folder(), is_ticket));
            (entry, role)
        }));
        files.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        Self { unreadable: self.unreadable.clone(), hidden: self.hidden.clone(), ..Self::of_files(files) }
    }

    /// Returns a hash of all paths and stamps.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let mut line = Vec::with_capacity(160);
        for entry in &self.entries {
            line.clear();
            put_line(entry, &mut line);
            hasher.update(&line);
        }
        *hasher.finalize().as_bytes()
    }

    /// Returns the attachments, sorted by ticket and path.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        let mut attachments: Vec<Attachment> = self
            .files()
            .filter_map(|(entry, role)| match role {
                Role::Attachment(ticket) => Some(Attachment {
                    ticket: ticket.stem().to_owned(),
                    path: entry.path.clone(),
                    size: entry.size,
                    symlink: entry.kind == FileType::Symlink,
                }),
                _ => None,
            })
            .collect();
        attachments.sort_by(|a, b| (&a.ticket, &a.path).cmp(&(&b.ticket, &b.path)));
        attachments
    }

    /// Returns the role of the file at `path`.
    pub fn role(&self, path: &RepoPath) -> Option<&Role> {
        self.entry(path).map(|(_, role)| role)
    }

    /// Returns the file at `path` and its role.
    pub fn entry(&self, path: &RepoPath) -> Option<(&FileEntry, &Role)> {
        let at = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        Some((&self.entries[at], &self.roles[at]))
    }

    /// Returns the file at `path` and its role, even if its name is written in another Unicode normal form.
    pub(crate) fn entry_alike(&self, path: &RepoPath) -> Option<(&FileEntry, &Role)> {
        if let Some(exact) = self.entry(path) {
            return Some(exact);
        }
        if path.as_str().is_ascii() {
            return None;
        }
        let by_normal_form = self.by_normal_form.get_or_init(|| {
            let names = self.entries.iter().map(|entry| entry.path.as_str()).enumerate();
            let names = names.filter(|(_, path)| !path.is_ascii());
            names.map(|(at, path)| (normal_form(path).into_owned(), at)).collect()
        });
        let at = *by_normal_form.get(&*normal_form(path.as_str()))?;
        Some((&self.entries[at], &self.roles[at]))
    }
}

/// Appends bytes that identify a file and its stamp.
fn put_line(entry: &FileEntry, line: &mut Vec<u8>) {
    line.extend_from_slice(entry.path.as_str().as_bytes());
    line.push(u8::from(entry.kind == FileType::Symlink));
    match entry.stamp {
        Stamp::Blob(id) => line.extend_from_slice(&id),
        Stamp::Stat { mtime_ns, ctime_ns, size, inode } => {
            for number in
                [mtime_ns.to_le_bytes(), ctime_ns.to_le_bytes(), size.to_le_bytes(), inode.to_le_bytes()]
            {
                line.extend_from_slice(&number);
            }
        }
        Stamp::None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::{MemorySource, Source};

    #[test]
    fn the_owner_of_a_folder_is_found_from_the_files_before_it() {
        use proptest::prelude::*;
        let name =
            prop::sample::select(vec!["a", "a-b", "a.md", "a.md.md", "a.b", "a.b.md", "a.txt", "b.md"]);
        let path = prop::collection::vec(name, 1..5).prop_map(|names| format!("tickets/{}", names.join("/")));
        proptest!(crate::trials::trials(500), |(paths in prop::collection::btree_set(path, 1..24))| {
            let mut source = MemorySource::new();
            paths.iter().for_each(|path| source.insert(path.as_str().into(), ""));
            let layout = Layout::of(source.list().unwrap());
            let ticket = |stem: &str| {
                let path = format!("{stem}.md");
                paths.contains(&path).then(|| RepoPath::new(path))
            };
            for (entry, role) in layout.files() {
                let expected = role_of(&entry.path, owner(entry.path.folder(), ticket));
                prop_assert_eq!(role, &expected, "{}", entry.path);
            }
            for group in layout.groups() {
                let own = layout.path_of(group);
                let below = |role: &Role| matches!(role, Role::Reply(ticket) if ticket == own);
                let all = layout.files().filter(|(entry, role)| entry.path == *own || below(role));
                prop_assert!(all.eq(layout.files_of(group)));
            }
        });
    }

    #[test]
    fn a_symbolic_link_differs_from_a_file_that_contains_its_target() {
        let stamp = |kind: FileType| {
            let path = RepoPath::new("tickets/a.md");
            let entries = vec![FileEntry { path, kind, size: 0, stamp: Stamp::Blob([7; 20]) }];
            Layout::of(Listing { entries, ..Listing::default() }).groups()[0].stamp
        };
        assert!(stamp(FileType::File).is_some());
        assert_ne!(stamp(FileType::File), stamp(FileType::Symlink));
    }

    #[test]
    fn a_file_in_the_folder_beside_a_ticket_belongs_to_it() {
        let mut source = MemorySource::new();
        for path in [
            "casebook.yml",
            "knowledge/k.md",
            "ticket-templates/bug.md",
            "ticket-templates/replies/r.md",
            "tickets/2026/11/a.md",
            "tickets/2026/11/a/deep/r2.md",
            "tickets/2026/11/a/r1.md",
            "tickets/2026/11/a/trace.log",
            "tickets/2026/11/notes.txt",
            "tickets/b.md",
        ] {
            source.insert(path.into(), "");
        }
        let layout = Layout::of(source.list().unwrap());
        let a = || RepoPath::new("tickets/2026/11/a.md");
        let roles: Vec<Role> = layout.files().map(|(_, role)| role.clone()).collect();
        assert_eq!(
            roles,
            [
                Role::Settings,
                Role::Article,
                Role::Template,
                Role::Canned,
                Role::Ticket,
                Role::Reply(a()),
                Role::Reply(a()),
                Role::Attachment(a()),
                Role::Stray,
                Role::Ticket
            ]
        );
    }
}

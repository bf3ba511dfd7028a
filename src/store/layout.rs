//! Which file is what, by its place alone.

use rayon::prelude::*;

use super::Attachment;
use crate::{
    repo::{Entry, EntryKind, Listing, OverlaySource, Stamp},
    settings::SETTINGS_PATH,
    template::{CANNED_FOLDER, TEMPLATE_FOLDER},
    text::RepoPath,
};

/// What a file is, by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// `casebook.yml`.
    Settings,
    /// A template.
    Template,
    /// A canned response.
    Canned,
    /// A ticket, or a reply without one: only its front matter tells.
    Ticket,
    /// A reply, with the path of its ticket.
    Reply(RepoPath),
    /// An attachment, with the path of its ticket.
    Attachment(RepoPath),
    /// An article.
    Article,
    /// Something below `tickets/` that belongs to nothing.
    Stray,
    /// A file of the site, or beside templates and articles.
    Other,
}

/// All files with their roles, by path.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Each file and what it is.
    pub files: Vec<(Entry, Role)>,
    /// Names that are not UTF-8 and folders that cannot be read, each with its problem.
    pub unreadable: Vec<(String, String)>,
}

impl Layout {
    /// Sorts the files of `listing` into roles.
    pub fn of(listing: Listing) -> Self {
        let entries = &listing.entries;
        let has = |path: &str| entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).is_ok();
        let is_ticket = |stem: &str| has(&format!("{stem}.md"));
        let roles: Vec<Role> = entries.par_iter().map(|entry| role_of(&entry.path, is_ticket)).collect();
        Self { files: listing.entries.into_iter().zip(roles).collect(), unreadable: listing.unreadable }
    }

    /// The listing that it was made of.
    pub fn listing(&self) -> Listing {
        let entries = self.files.iter().map(|(entry, _)| entry.clone()).collect();
        Listing { entries, unreadable: self.unreadable.clone() }
    }

    /// The layout of the same files with the changes of `source`.
    pub(super) fn with(&self, source: &OverlaySource) -> Self {
        // What a file is depends on its own place, unless a ticket comes or goes that has a folder beside it.
        let moves_others = |(path, is_there): (&RepoPath, bool)| {
            let folder = format!("{}/", path.without_extension());
            let after = self.files.partition_point(|(entry, _)| entry.path.as_str() < folder.as_str());
            let old = self.files.get(after).map(|(entry, _)| &entry.path);
            let mut inside = source.changed().map(|(path, _)| path).chain(old);
            path.is_markdown()
                && path.is_below("tickets")
                && is_there != self.role(path).is_some()
                && inside.any(|path| path.as_str().starts_with(&folder))
        };
        if source.changed().any(moves_others) {
            return Self::of(source.over(self.listing()));
        }
        let kept = self.files.iter().filter(|(entry, _)| !source.changes(&entry.path));
        let mut files: Vec<(Entry, Role)> = kept.cloned().collect();
        let is_ticket = |stem: &str| self.role(&RepoPath::new(format!("{stem}.md"))).is_some();
        files.extend(source.entries().map(|entry| {
            let role = role_of(&entry.path, is_ticket);
            (entry, role)
        }));
        files.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        Self { files, unreadable: self.unreadable.clone() }
    }

    /// A hash of all paths and stamps.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let mut line = Vec::with_capacity(160);
        for (entry, _) in &self.files {
            line.clear();
            line.extend_from_slice(entry.path.as_str().as_bytes());
            line.push(0);
            match entry.stamp {
                Stamp::Blob(id) => line.extend_from_slice(&id),
                Stamp::Stat { mtime_ns, ctime_ns, size, inode } => {
                    for number in [
                        mtime_ns.to_le_bytes(),
                        ctime_ns.to_le_bytes(),
                        size.to_le_bytes(),
                        inode.to_le_bytes(),
                    ] {
                        line.extend_from_slice(&number);
                    }
                }
                Stamp::None => {}
            }
            hasher.update(&line);
        }
        *hasher.finalize().as_bytes()
    }

    /// The attachments, by ticket and path.
    pub(super) fn attachments(&self) -> Vec<Attachment> {
        let mut attachments: Vec<Attachment> = self
            .files
            .iter()
            .filter_map(|(entry, role)| match role {
                Role::Attachment(ticket) => Some(Attachment {
                    ticket: ticket.stem().to_owned(),
                    path: entry.path.clone(),
                    size: entry.size,
                    symlink: entry.kind == EntryKind::Symlink,
                }),
                _ => None,
            })
            .collect();
        attachments.sort_by(|a, b| (&a.ticket, &a.path).cmp(&(&b.ticket, &b.path)));
        attachments
    }

    /// The role of the file at `path`.
    pub fn role(&self, path: &RepoPath) -> Option<&Role> {
        self.entry(path).map(|(_, role)| role)
    }

    /// The file at `path`, and its role.
    pub fn entry(&self, path: &RepoPath) -> Option<&(Entry, Role)> {
        let at = self.files.binary_search_by(|(entry, _)| entry.path.cmp(path)).ok()?;
        self.files.get(at)
    }
}

/// What the file at `path` is. `is_ticket` tells of a path without ending whether there is a Markdown file.
fn role_of(path: &RepoPath, is_ticket: impl Fn(&str) -> bool) -> Role {
    let markdown = path.is_markdown();
    if path.as_str() == SETTINGS_PATH {
        Role::Settings
    } else if path.is_below(CANNED_FOLDER) && markdown {
        Role::Canned
    } else if path.is_below(TEMPLATE_FOLDER) && markdown {
        Role::Template
    } else if path.is_below("knowledge") && markdown {
        Role::Article
    } else if path.is_below("tickets") {
        match (owner(path, is_ticket), markdown) {
            (Some(ticket), true) => Role::Reply(ticket),
            (Some(ticket), false) => Role::Attachment(ticket),
            (None, true) => Role::Ticket,
            (None, false) => Role::Stray,
        }
    } else {
        Role::Other
    }
}

/// The ticket in whose folder `path` is. Of nested ones the outermost: a Markdown file inside a ticket's folder is a reply.
fn owner(path: &RepoPath, is_ticket: impl Fn(&str) -> bool) -> Option<RepoPath> {
    let text = path.as_str();
    let slashes = text.match_indices('/').map(|(at, _)| at).skip(1);
    slashes
        .map(|at| &text[..at])
        .find(|folder| is_ticket(folder))
        .map(|folder| RepoPath::new(format!("{folder}.md")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::{MemorySource, Source};

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
        let roles: Vec<Role> = layout.files.iter().map(|(_, role)| role.clone()).collect();
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

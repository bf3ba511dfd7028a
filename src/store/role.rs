//! The role of a file, determined by its path.

use crate::{
    repo::FileEntry,
    settings::{BASELINE_PATH, IMPORTS_FOLDER, SETTINGS_PATH},
    template::{CANNED_FOLDER, TEMPLATE_FOLDER},
    text::RepoPath,
};

/// The role of a file, determined by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// `casebook.yml`.
    Settings,
    Template,
    /// A canned response.
    Canned,
    /// A ticket, or a reply without a ticket: only the front matter shows which.
    Ticket,
    /// A reply, with the path of its ticket.
    Reply(RepoPath),
    /// An attachment, with the path of its ticket.
    Attachment(RepoPath),
    Article,
    /// A file below `tickets/` that belongs to no ticket.
    Stray,
    /// A file that an import writes for itself: a lock or the baseline of secrets.
    Import,
    /// Any other file, such as a file of the site.
    Other,
}

/// Returns the role of the file at `path`. `owner` is the ticket whose folder contains the file.
pub(super) fn role_of(path: &RepoPath, owner: Option<RepoPath>) -> Role {
    let markdown = path.is_markdown();
    // A page about a folder has no replies.
    let owner = owner.filter(|ticket| !ticket.is_folder_page());
    let is_page = owner.is_none() && path.is_folder_page();
    if path.as_str() == SETTINGS_PATH {
        Role::Settings
    } else if path.is_below(CANNED_FOLDER) && markdown {
        Role::Canned
    } else if path.is_below(TEMPLATE_FOLDER) && markdown {
        Role::Template
    } else if is_page && (path.is_below("knowledge") || path.is_below("tickets")) {
        Role::Other
    } else if path.is_below("knowledge") && markdown {
        Role::Article
    } else if path.is_below("tickets") {
        match (owner, markdown) {
            (Some(ticket), true) => Role::Reply(ticket),
            (Some(ticket), false) => Role::Attachment(ticket),
            (None, true) => Role::Ticket,
            (None, false) => Role::Stray,
        }
    } else if path.folder() == IMPORTS_FOLDER && (path.as_str() == BASELINE_PATH || is_lock(path)) {
        Role::Import
    } else {
        Role::Other
    }
}

fn is_lock(path: &RepoPath) -> bool {
    path.file_name().ends_with(".lock")
}

/// Returns the ticket that owns `folder`. For nested tickets this is the outermost one: a Markdown file inside a
/// ticket's folder is a reply. `ticket` returns the Markdown file for a path without its extension.
pub(super) fn owner(folder: &str, ticket: impl Fn(&str) -> Option<RepoPath>) -> Option<RepoPath> {
    if folder != "tickets" && !folder.starts_with("tickets/") {
        return None;
    }
    let ends = folder.match_indices('/').map(|(at, _)| at).skip(1).chain([folder.len()]);
    ends.map(|end| &folder[..end]).find_map(ticket)
}

/// Finds the ticket that owns each folder, for files visited in path order.
#[derive(Default)]
pub(super) struct Owners {
    /// The folder of the previous file and all folders that contain it, the outermost first, each with its owner.
    folders: Vec<(String, Option<RepoPath>)>,
}

impl Owners {
    /// Returns the ticket that owns the folder of `entries[at]`.
    pub(super) fn of(&mut self, entries: &[FileEntry], at: usize) -> Option<RepoPath> {
        let folder = entries[at].path.folder();
        if let Some((last, owner)) = self.folders.last()
            && last == folder
        {
            return owner.clone();
        }
        if folder != "tickets" && !folder.starts_with("tickets/") {
            return None;
        }
        let is_in = |outer: &str| {
            folder.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        while self.folders.last().is_some_and(|(outer, _)| !is_in(outer)) {
            self.folders.pop();
        }
        let known = self.folders.last().map_or(0, |(outer, _)| outer.len());
        let rest = &folder[known..];
        let ends = rest.match_indices('/').map(|(end, _)| end).chain([rest.len()]);
        for end in ends.filter(|end| *end > 0) {
            let inner = &folder[..known + end];
            let outer = self.folders.last().and_then(|(_, owner)| owner.clone());
            let owner = outer.or_else(|| ticket_before(inner, &entries[..at]));
            self.folders.push((inner.to_owned(), owner));
        }
        self.folders.last().and_then(|(_, owner)| owner.clone())
    }
}

/// Returns the ticket that owns `folder`. `before` are the entries before the first file of the folder: `a.md`
/// comes before all of `a/`, usually directly before.
fn ticket_before(folder: &str, before: &[FileEntry]) -> Option<RepoPath> {
    let is_it = |entry: &&FileEntry| entry.path.as_str().strip_prefix(folder) == Some(".md");
    let at = || {
        let path = format!("{folder}.md");
        before.binary_search_by(|entry| entry.path.as_str().cmp(&path)).ok()
    };
    let found = before.last().filter(is_it).or_else(|| before.get(at()?));
    found.map(|entry| entry.path.clone())
}

//! The tickets and replies that a range of commits adds.

use std::collections::HashSet;

use crate::{
    repo::{BlobId, FileChange},
    store::{Role, Store},
    text::RepoPath,
    ticket::{Reply, Thread},
};

/// A new ticket, or a new reply to a ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewFile<'s> {
    pub thread: &'s Thread,
    /// `None` for the ticket itself.
    pub reply: Option<&'s Reply>,
}

impl<'s> NewFile<'s> {
    /// Returns the names of the file: the ticket's id, with `/` and the reply's name for a reply, and the same with each
    /// former id of the ticket. They do not change when the file is moved.
    pub(crate) fn names(&self) -> Vec<String> {
        self.ids()
            .map(|id| match self.reply {
                Some(reply) => format!("{id}/{}", reply.name),
                None => id.to_owned(),
            })
            .collect()
    }

    /// Returns the id and the former ids of the ticket.
    fn ids(&self) -> impl Iterator<Item = &'s str> {
        let thread: &'s Thread = self.thread;
        std::iter::once(thread.id()).chain(thread.state.aliases.iter().map(String::as_str))
    }
}

/// Returns the tickets and replies of `store` that `changes` adds, the oldest first. A file that was only moved or
/// renamed is not new. Imported tickets are left out with their replies: they are history.
pub(crate) fn new_files<'s>(changes: &[FileChange], store: &'s Store) -> Vec<NewFile<'s>> {
    // A moved reply has the same name in the folder of the same ticket; a renamed ticket has its former id in `aliases`. A file with
    // the contents of a removed one was moved as well.
    let removed = changes.iter().filter(|change| change.new.is_none() && change.path.is_below("tickets"));
    let removed: Vec<(&str, &str)> =
        removed.map(|change| last_two(change.path.without_extension())).collect();
    let removed_replies: HashSet<(&str, &str)> = removed.iter().copied().collect();
    let removed_stems: HashSet<&str> = removed.iter().map(|(_, stem)| *stem).collect();
    let was_there = |file: &NewFile<'_>| {
        file.ids().any(|id| match file.reply {
            Some(reply) => removed_replies.contains(&(id, reply.name.as_str())),
            None => removed_stems.contains(id),
        })
    };
    let is_removed = |change: &&FileChange| change.new.is_none();
    let moved: HashSet<&BlobId> =
        changes.iter().filter(is_removed).filter_map(|change| change.old.as_ref()).collect();
    let is_new = |change: &&FileChange| {
        change.old.is_none() && change.new.as_ref().is_some_and(|new| !moved.contains(new))
    };
    let added = || changes.iter().filter(is_new);
    let paths: HashSet<&RepoPath> = added().map(|change| &change.path).collect();
    let is_imported = |file: &NewFile<'_>| {
        let ticket = &file.thread.ticket;
        ticket.source.is_some() && ticket.path.as_ref().is_some_and(|path| paths.contains(path))
    };
    let files = added().filter_map(|change| file_at(&change.path, store));
    let mut files: Vec<NewFile<'s>> = files.filter(|file| !was_there(file) && !is_imported(file)).collect();
    files.sort_by_key(|file| {
        let time = file.reply.map_or(file.thread.ticket.created, |reply| reply.created);
        (time, file.reply.is_some(), file.names())
    });
    files
}

/// Returns the last folder and the stem of a path.
fn last_two(path: &str) -> (&str, &str) {
    let (folder, stem) = path.rsplit_once('/').unwrap_or(("", path));
    (folder.rsplit_once('/').map_or(folder, |(_, last)| last), stem)
}

/// Returns the ticket or reply at `path`. A reply without an author or a time says nothing yet.
fn file_at<'s>(path: &RepoPath, store: &'s Store) -> Option<NewFile<'s>> {
    match store.layout.role(path)? {
        Role::Ticket => Some(NewFile { thread: store.thread_at(path)?, reply: None }),
        Role::Reply(ticket) => {
            let thread = store.thread_at(ticket)?;
            let reply = thread.replies.iter().find(|reply| reply.path.as_ref() == Some(path));
            Some(NewFile { thread, reply: Some(reply.filter(|reply| reply.is_dated())?) })
        }
        _ => None,
    }
}

//! What the files of a repository say, on the way to a store.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    cache::{Noun, Parsed},
    layout::Role,
};
use crate::{
    text::RepoPath,
    ticket::{Article, Reply, Thread, Ticket, Visibility, fold},
};

/// Tickets, replies and articles, in no order.
#[derive(Default)]
pub(super) struct Nouns<'a> {
    pub tickets: Vec<Ticket>,
    /// By the path of the ticket that each is a reply to.
    pub replies: HashMap<&'a RepoPath, Vec<Reply>>,
    pub articles: Vec<Article>,
    /// Replies without a ticket.
    pub orphans: Vec<RepoPath>,
    /// Files that have something wrong with their form.
    pub broken: HashSet<RepoPath>,
}

impl<'a> Nouns<'a> {
    /// Adds what the file at `path`, which is a `role`, says.
    pub fn add(&mut self, path: &RepoPath, role: &'a Role, parsed: Parsed) {
        if parsed.problem {
            self.broken.insert(path.clone());
        }
        match (parsed.noun, role) {
            (Noun::Ticket(ticket), _) => self.tickets.push(*ticket),
            (Noun::Reply(reply), Role::Reply(ticket)) => {
                self.replies.entry(ticket).or_default().push(*reply);
            }
            (Noun::Article(article), _) => self.articles.push(*article),
            (Noun::Orphan, _) => self.orphans.push(path.clone()),
            (Noun::Reply(_) | Noun::Unreadable, _) => {}
        }
    }

    /// The tickets with their replies, folded. `default` is the visibility of a ticket that says nothing.
    pub fn take_threads(&mut self, default: Visibility) -> Vec<Arc<Thread>> {
        let tickets = std::mem::take(&mut self.tickets).into_iter();
        let threads: Vec<(Ticket, Vec<Reply>)> = tickets
            .map(|ticket| {
                let replies = ticket.path.as_ref().and_then(|path| self.replies.remove(path));
                (ticket, replies.unwrap_or_default())
            })
            .collect();
        let threads = threads.into_par_iter();
        threads.map(|(ticket, replies)| Arc::new(fold(ticket, replies, default))).collect()
    }
}

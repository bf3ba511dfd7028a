//! What the files of a repository say: tickets with their replies, articles.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    fresh::{Budget, Fresh},
    layout::{Group, Layout},
    role::Role,
};
use crate::{
    repo::{Entry, EntryKind, Source},
    text::RepoPath,
    ticket::{
        Article, Document, Reply, Thread, Ticket, Visibility, fold, parse_article, parse_reply, parse_ticket,
    },
};

/// A parsed file.
pub(super) struct Parsed {
    /// What it says.
    pub said: Said,
    /// Whether its form has findings.
    pub problem: bool,
    /// The file, where it is to be kept.
    pub fresh: Option<Fresh>,
}

/// What a file says.
pub(super) enum Said {
    Ticket(Box<Ticket>),
    Reply(Box<Reply>),
    Article(Box<Article>),
    /// A reply where a ticket should be.
    Orphan,
    /// It could not be read.
    Nothing,
}

/// What the files of a group say.
pub(super) struct ParsedGroup {
    pub noun: Noun,
    /// Those that have something wrong with their form.
    pub broken: Vec<RepoPath>,
    pub fresh: Vec<Fresh>,
}

/// What the files of a group are.
pub(super) enum Noun {
    /// A ticket with its replies.
    Ticket(Box<Ticket>, Vec<Reply>),
    Article(Box<Article>),
    /// A reply without a ticket.
    Orphan,
    /// Its own file could not be read.
    Nothing,
}

/// Reads the files of `group`.
pub(super) fn parse_group(
    source: &dyn Source,
    layout: &Layout,
    group: &Group,
    budget: &Budget,
) -> ParsedGroup {
    let (mut noun, mut replies) = (Noun::Nothing, Vec::new());
    let (mut broken, mut fresh) = (Vec::new(), Vec::new());
    for (entry, role) in layout.files_of(group) {
        let parsed = parse(source, entry, role, budget);
        if parsed.problem {
            broken.push(entry.path.clone());
        }
        fresh.extend(parsed.fresh);
        match parsed.said {
            Said::Ticket(ticket) => noun = Noun::Ticket(ticket, Vec::new()),
            Said::Article(article) => noun = Noun::Article(article),
            Said::Orphan => noun = Noun::Orphan,
            Said::Reply(reply) => replies.push(*reply),
            Said::Nothing => {}
        }
    }
    if let Noun::Ticket(_, of_ticket) = &mut noun {
        *of_ticket = replies;
    }
    ParsedGroup { noun, broken, fresh }
}

/// Whether a file in this place says a ticket, a reply or an article.
pub(super) fn has_noun(role: &Role) -> bool {
    matches!(role, Role::Ticket | Role::Reply(_) | Role::Article)
}

/// What the file of `entry` says in its place.
pub(super) fn parse(source: &dyn Source, entry: &Entry, role: &Role, budget: &Budget) -> Parsed {
    let bytes = match entry.kind {
        EntryKind::Symlink => None,
        EntryKind::File => source.read(&entry.path).ok(),
    };
    let Some(bytes) = bytes else { return Parsed { said: Said::Nothing, problem: true, fresh: None } };
    let document = Document::parse(&entry.path, &bytes);
    let mut reply = None;
    let (said, findings) = match role {
        Role::Reply(_) => {
            let (parsed, findings) = parse_reply(&document);
            reply = Some(parsed.clone());
            (Said::Reply(Box::new(parsed)), findings)
        }
        Role::Article => {
            let (article, findings) = parse_article(&document);
            (Said::Article(Box::new(article)), findings)
        }
        _ if is_orphan(&document) => {
            let (parsed, findings) = parse_reply(&document);
            reply = Some(parsed);
            (Said::Orphan, findings)
        }
        _ => {
            let (ticket, findings) = parse_ticket(&document);
            (Said::Ticket(Box::new(ticket)), findings)
        }
    };
    let problem = matches!(said, Said::Orphan) || !findings.is_empty();
    let fresh = budget.take(document.text.len()).then_some(Fresh { document, findings, reply });
    Parsed { said, problem, fresh }
}

/// A reply that stands where a ticket should: it has an author and no title.
pub(super) fn is_orphan(document: &Document) -> bool {
    document.front.as_ref().is_some_and(|front| front.get("author").is_some() && front.get("title").is_none())
}

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
    pub(super) fn add(&mut self, path: &RepoPath, role: &'a Role, said: Said, problem: bool) {
        if problem {
            self.broken.insert(path.clone());
        }
        match (said, role) {
            (Said::Ticket(ticket), _) => self.tickets.push(*ticket),
            (Said::Reply(reply), Role::Reply(ticket)) => {
                self.replies.entry(ticket).or_default().push(*reply);
            }
            (Said::Article(article), _) => self.articles.push(*article),
            (Said::Orphan, _) => self.orphans.push(path.clone()),
            (Said::Reply(_) | Said::Nothing, _) => {}
        }
    }

    /// The tickets with their replies, folded. `default` is the visibility of a ticket that says nothing.
    pub(super) fn take_threads(&mut self, default: Visibility) -> Vec<Arc<Thread>> {
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

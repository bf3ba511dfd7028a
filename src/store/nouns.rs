//! Parses the files of a repository into tickets with replies and articles.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::{
    fresh::{Budget, FreshFile},
    layout::{FolderGroup, Layout},
    role::Role,
};
use crate::{
    repo::{FileEntry, FileType, Source},
    text::RepoPath,
    ticket::{
        Article, Document, Reply, Thread, Ticket, Visibility, fold, parse_article, parse_reply, parse_ticket,
    },
};

pub(super) struct ParsedFile {
    pub content: FileContent,
    /// True if the file has format problems.
    pub problem: bool,
    /// The parsed file, if it is kept for `check`.
    pub fresh: Option<FreshFile>,
}

pub(super) enum FileContent {
    Ticket(Box<Ticket>),
    Reply(Box<Reply>),
    Article(Box<Article>),
    /// A reply that is stored where a ticket should be.
    Orphan,
    /// The file could not be read.
    Nothing,
}

/// The parsed files of a group.
pub(super) struct ParsedGroup {
    pub content: GroupContent,
    /// Files with format problems.
    pub broken: Vec<RepoPath>,
    pub fresh: Vec<FreshFile>,
}

pub(super) enum GroupContent {
    Ticket(Box<Ticket>, Vec<Reply>),
    Article(Box<Article>),
    Orphan,
    /// The main file could not be read.
    Nothing,
}

/// Reads and parses the files of `group`.
pub(super) fn parse_group(
    source: &dyn Source,
    layout: &Layout,
    group: &FolderGroup,
    zone: &TimeZone,
    budget: &Budget,
) -> ParsedGroup {
    let (mut content, mut replies) = (GroupContent::Nothing, Vec::new());
    let (mut broken, mut fresh) = (Vec::new(), Vec::new());
    for (entry, role) in layout.files_of(group) {
        let parsed = parse(source, entry, role, zone, budget);
        if parsed.problem {
            broken.push(entry.path.clone());
        }
        fresh.extend(parsed.fresh);
        match parsed.content {
            FileContent::Ticket(ticket) => content = GroupContent::Ticket(ticket, Vec::new()),
            FileContent::Article(article) => content = GroupContent::Article(article),
            FileContent::Orphan => content = GroupContent::Orphan,
            FileContent::Reply(reply) => replies.push(*reply),
            FileContent::Nothing => {}
        }
    }
    if let GroupContent::Ticket(_, of_ticket) = &mut content {
        *of_ticket = replies;
    }
    ParsedGroup { content, broken, fresh }
}

/// Returns true if a file with this role contains a ticket, a reply or an article.
pub(super) fn has_content(role: &Role) -> bool {
    matches!(role, Role::Ticket | Role::Reply(_) | Role::Article)
}

/// Parses the file of `entry` according to its role. Times without an offset are times in `zone`.
pub(super) fn parse(
    source: &dyn Source,
    entry: &FileEntry,
    role: &Role,
    zone: &TimeZone,
    budget: &Budget,
) -> ParsedFile {
    let bytes = match entry.kind {
        FileType::Symlink => None,
        FileType::File => source.read(&entry.path).ok(),
    };
    let Some(bytes) = bytes else {
        return ParsedFile { content: FileContent::Nothing, problem: true, fresh: None };
    };
    let document = Document::parse(&entry.path, &bytes);
    let mut reply = None;
    let (content, findings) = match role {
        Role::Reply(_) => {
            let (parsed, findings) = parse_reply(&document, zone);
            reply = Some(parsed.clone());
            (FileContent::Reply(Box::new(parsed)), findings)
        }
        Role::Article => {
            let (article, findings) = parse_article(&document);
            (FileContent::Article(Box::new(article)), findings)
        }
        _ if is_orphan(&document) => {
            let (parsed, findings) = parse_reply(&document, zone);
            reply = Some(parsed);
            (FileContent::Orphan, findings)
        }
        _ => {
            let (ticket, findings) = parse_ticket(&document, zone);
            (FileContent::Ticket(Box::new(ticket)), findings)
        }
    };
    let problem = matches!(content, FileContent::Orphan) || !findings.is_empty();
    let fresh = budget.take(document.text.len()).then_some(FreshFile { document, findings, reply });
    ParsedFile { content, problem, fresh }
}

/// Returns true for a reply that is stored where a ticket should be: it has an author and no title.
pub(super) fn is_orphan(document: &Document) -> bool {
    document.front.as_ref().is_some_and(|front| front.get("author").is_some() && front.get("title").is_none())
}

/// Parsed files whose replies are not yet folded into their tickets, in any order.
#[derive(Default)]
pub(super) struct UnfoldedContent<'a> {
    pub tickets: Vec<Ticket>,
    /// Replies by the path of their ticket.
    pub replies: HashMap<&'a RepoPath, Vec<Reply>>,
    pub articles: Vec<Article>,
    pub orphans: Vec<RepoPath>,
    /// Files with format problems.
    pub broken: HashSet<RepoPath>,
}

impl<'a> UnfoldedContent<'a> {
    /// Adds the content of the file at `path` with this role.
    pub(super) fn add(&mut self, path: &RepoPath, role: &'a Role, content: FileContent, problem: bool) {
        if problem {
            self.broken.insert(path.clone());
        }
        match (content, role) {
            (FileContent::Ticket(ticket), _) => self.tickets.push(*ticket),
            (FileContent::Reply(reply), Role::Reply(ticket)) => {
                self.replies.entry(ticket).or_default().push(*reply);
            }
            (FileContent::Article(article), _) => self.articles.push(*article),
            (FileContent::Orphan, _) => self.orphans.push(path.clone()),
            (FileContent::Reply(_) | FileContent::Nothing, _) => {}
        }
    }

    /// Folds the tickets with their replies. `default` is the visibility of a ticket that does not set one.
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

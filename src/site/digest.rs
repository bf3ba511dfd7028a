//! Summaries of tickets' texts, which other pages need, so that each text is read for them once.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::markdown::{self, MarkdownWords, NoLinks, Resolve, Style, Target, excerpt};
use super::model::{TextSource, TicketNo};
use super::names;
use crate::store::Role;
use crate::text::{RepoPath, resolve_link};
use crate::ticket::{Thread, answer_of};

/// The length of an excerpt, in characters.
pub(super) const EXCERPT: usize = 200;

/// A summary of a ticket's texts.
#[derive(Debug, Default)]
pub(super) struct Digest {
    /// The beginning of the answer; of the problem if there is no answer.
    pub(super) excerpt: String,
    /// Whether the excerpt is of the answer.
    pub(super) answered: bool,
    /// Shown tickets that the shown texts name.
    pub(super) mentions: Vec<TicketNo>,
    /// Attachments, of any ticket, that the shown texts link to.
    pub(super) linked: BTreeSet<RepoPath>,
}

/// Summarizes the shown texts of `thread`. `find` looks up a shown ticket by name.
pub(super) fn digest(
    source: &TextSource<'_>,
    thread: &Thread,
    find: impl Fn(&str) -> Option<TicketNo>,
) -> Digest {
    let mut digest = Digest::default();
    let mut mentions = BTreeSet::new();
    let view = source.view;
    let body = source.body(thread.ticket.path.as_ref());
    let mut texts: Vec<(Option<&RepoPath>, String)> = vec![(thread.ticket.path.as_ref(), body)];
    for reply in thread.replies.iter().filter(|reply| view.shows_reply(thread, reply)) {
        texts.push((reply.path.as_ref(), source.body(reply.path.as_ref())));
    }
    for (path, text) in &texts {
        for name in names::names(text) {
            mentions.extend(find(&text[name.name]));
        }
        if let Some(path) = path {
            digest.linked.extend(linked_in(source, path, text));
        }
    }
    let answer = answer_of(
        thread,
        |reply| view.shows_reply(thread, reply),
        |reply| texts.iter().find(|(path, _)| *path == reply.path.as_ref()).map(|(_, text)| text.clone()),
    );
    if let Some(answer) = answer {
        digest.excerpt = excerpt(&answer.text, EXCERPT);
        digest.answered = !digest.excerpt.is_empty();
    }
    if digest.excerpt.is_empty() {
        digest.excerpt = excerpt(&texts[0].1, EXCERPT);
    }
    digest.mentions = mentions.into_iter().collect();
    digest
}

/// Returns the attachments that the file at `path` links to.
pub(super) fn linked_by(source: &TextSource<'_>, path: Option<&RepoPath>) -> BTreeSet<RepoPath> {
    path.map(|path| linked_in(source, path, &source.body(Some(path)))).unwrap_or_default()
}

fn linked_in(source: &TextSource<'_>, path: &RepoPath, text: &str) -> BTreeSet<RepoPath> {
    let may_link = text.contains("](") || text.contains("]:") || text.contains("<a") || text.contains("<img");
    if source.store.attachments.is_empty() || !may_link {
        return BTreeSet::new();
    }
    let collector = LinkCollector { source, folder: path.folder(), found: RefCell::default() };
    let words = MarkdownWords::default();
    markdown::render(text, &Style { key: "", heading_shift: 0, words: &words, resolve: &collector });
    collector.found.into_inner()
}

/// Collects the attachments that a text links to. Rendering finds exactly the links that the page will have.
struct LinkCollector<'a> {
    source: &'a TextSource<'a>,
    folder: &'a str,
    found: RefCell<BTreeSet<RepoPath>>,
}

impl Resolve for LinkCollector<'_> {
    fn name(&self, name: &str, marked: bool) -> Option<Target> {
        NoLinks.name(name, marked)
    }

    fn relative(&self, destination: &str) -> Option<Target> {
        let path = RepoPath::new(resolve_link(self.folder, destination)?);
        if matches!(self.source.store.layout.role(&path), Some(Role::Attachment(_))) {
            self.found.borrow_mut().insert(path);
        }
        None
    }
}

//! Tickets and articles, which both have a document in the index.

use std::borrow::Cow;

use crate::{
    settings::Publish,
    store::{FolderGroup, Store},
    text::Time,
    ticket::{Article, Thread},
};

/// A ticket or an article, by its index in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// An index in [`Store::threads`].
    Ticket(usize),
    /// An index in [`Store::articles`].
    Article(usize),
}

impl Item {
    /// Lists all tickets and articles of `store`.
    pub fn all(store: &Store) -> impl Iterator<Item = Self> {
        let tickets = (0..store.threads.len()).map(Self::Ticket);
        tickets.chain((0..store.articles.len()).map(Self::Article))
    }

    /// Returns the index in [`Store::threads`] of a ticket.
    pub fn place(self) -> Option<usize> {
        match self {
            Self::Ticket(place) => Some(place),
            Self::Article(_) => None,
        }
    }

    /// Returns the ticket, or `None` for an article.
    pub fn ticket(self, store: &Store) -> Option<&Thread> {
        self.place().and_then(|place| store.threads.get(place)).map(|thread| &**thread)
    }

    /// Returns the article, or `None` for a ticket.
    pub fn article(self, store: &Store) -> Option<&Article> {
        match self {
            Self::Ticket(_) => None,
            Self::Article(place) => store.articles.get(place),
        }
    }

    /// Returns the unique name of the document in the index: a ticket's file, or `knowledge/<slug>`.
    pub fn key(self, store: &Store) -> Cow<'_, str> {
        match self {
            Self::Ticket(place) => store.threads.path(place).as_str().into(),
            Self::Article(place) => format!("knowledge/{}", store.articles[place].slug).into(),
        }
    }

    /// Returns the group of files that the document is made of.
    pub(crate) fn group(self, store: &Store) -> Option<&FolderGroup> {
        match self {
            Self::Ticket(place) => store.group(place),
            Self::Article(place) => store.layout.group(store.articles.get(place)?.path.as_ref()?),
        }
    }

    /// Returns the title.
    pub fn title(self, store: &Store) -> &str {
        match self {
            Self::Ticket(place) => &store.threads[place].ticket.title,
            Self::Article(place) => &store.articles[place].title,
        }
    }

    /// Returns whether this is a resolved ticket with an answer, or an article that is not superseded.
    pub(crate) fn has_answer(self, store: &Store) -> bool {
        match (self.ticket(store), self.article(store)) {
            (Some(thread), _) => {
                thread.state.resolved.is_some() && thread.has_answer(store.answer_sections(thread), |_| true)
            }
            (_, Some(article)) => {
                !store.articles.iter().any(|other| other.supersedes.contains(&article.slug))
            }
            (None, None) => false,
        }
    }

    /// Returns when a ticket was resolved, unless it was reopened, or when an article was last reviewed.
    pub fn resolved(self, store: &Store) -> Option<Time> {
        match self.ticket(store) {
            Some(thread) => thread.resolved(),
            None => Some(self.created(store)),
        }
    }

    /// Returns the time at which a ticket or article came on a site that publishes these tickets: the opening of a ticket, or
    /// its first resolution.
    pub fn published(self, store: &Store, publish: Publish) -> Time {
        let answered = self.ticket(store).filter(|_| publish == Publish::Answered);
        let resolved = answered.and_then(Thread::first_resolved);
        resolved.unwrap_or_else(|| self.created(store))
    }

    /// Returns when a ticket was opened or an article last reviewed. An article without a review counts as infinitely
    /// old.
    pub fn created(self, store: &Store) -> Time {
        match self {
            Self::Ticket(place) => {
                let unknown = || Time::from(jiff::Timestamp::UNIX_EPOCH);
                store.threads.created(place).unwrap_or_else(unknown)
            }
            Self::Article(place) => {
                let never = || Time::from(jiff::Timestamp::MIN);
                store.articles[place].confirmed.unwrap_or_else(never)
            }
        }
    }
}

//! What the index has documents of: tickets and articles, side by side.

use std::borrow::Cow;

use crate::{
    store::Store,
    text::Time,
    ticket::{Article, Thread},
};

/// A ticket or an article, by its place in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A place in [`Store::threads`].
    Ticket(usize),
    /// A place in [`Store::articles`].
    Article(usize),
}

impl Item {
    /// Everything in `store` that has a document.
    pub fn all(store: &Store) -> impl Iterator<Item = Self> {
        let tickets = (0..store.threads.len()).map(Self::Ticket);
        tickets.chain((0..store.articles.len()).map(Self::Article))
    }

    /// Its place in [`Store::threads`], if it is a ticket.
    pub fn place(self) -> Option<usize> {
        match self {
            Self::Ticket(place) => Some(place),
            Self::Article(_) => None,
        }
    }

    /// The ticket, if it is one.
    pub fn ticket(self, store: &Store) -> Option<&Thread> {
        self.place().and_then(|place| store.threads.get(place)).map(|thread| &**thread)
    }

    /// The article, if it is one.
    pub fn article(self, store: &Store) -> Option<&Article> {
        match self {
            Self::Ticket(_) => None,
            Self::Article(place) => store.articles.get(place),
        }
    }

    /// The name of its document, unique in the index: a ticket's file, `knowledge/<slug>`.
    pub fn key(self, store: &Store) -> Cow<'_, str> {
        match self {
            Self::Ticket(place) => store.threads.path(place).as_str().into(),
            Self::Article(place) => format!("knowledge/{}", store.articles[place].slug).into(),
        }
    }

    /// Its title.
    pub fn title(self, store: &Store) -> &str {
        match self {
            Self::Ticket(place) => &store.threads[place].ticket.title,
            Self::Article(place) => &store.articles[place].title,
        }
    }

    /// When it was resolved, if it is not open again; an article was when it was last found true.
    pub fn resolved(self, store: &Store) -> Option<Time> {
        match self.ticket(store) {
            Some(thread) => thread.resolved(),
            None => Some(self.created(store)),
        }
    }

    /// When it was opened, or last found true. An article that nobody confirmed is as old as can be.
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

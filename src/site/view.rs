//! Who sees what: a view is an audience and a publish setting, and everything of a site goes through one.

use crate::settings::{Publish, Settings};
use crate::ticket::{Article, Reply, Thread, Visibility};

/// For whom a site is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody: what is internal does not exist.
    Public,
    /// The team.
    Internal,
}

impl Audience {
    /// Its name on the command line and in pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
        }
    }
}

/// What a site shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// For whom.
    pub audience: Audience,
    /// Which tickets.
    pub publish: Publish,
}

impl View {
    /// Whether the ticket of `thread` has a page.
    pub fn shows(self, thread: &Thread) -> bool {
        let answered = self.publish == Publish::All || thread.state.resolved.is_some();
        answered && !self.is_secret(thread)
    }

    /// Whether the audience may not even know that the ticket of `thread` exists.
    pub fn is_secret(self, thread: &Thread) -> bool {
        self.audience == Audience::Public && thread.state.visibility == Visibility::Internal
    }

    /// Whether `reply` to a ticket that has a page is shown on it.
    pub fn shows_reply(self, thread: &Thread, reply: &Reply) -> bool {
        self.audience == Audience::Internal || thread.is_public(reply)
    }

    /// Whether `article` has a page.
    pub fn shows_article(self, settings: &Settings, article: &Article) -> bool {
        self.audience == Audience::Internal
            || article.visibility.unwrap_or(settings.visibility) == Visibility::Public
    }
}

//! The repository as the audience of a site may see it, for what is not a page: the API and its search.

use std::{borrow::Cow, sync::Arc};

use super::model::Model;
use super::names::redact;
use super::{Audience, Site};
use crate::{
    store::{Sight, Store},
    text::RepoPath,
    ticket::{Article, Reply, Thread},
};

impl Site {
    /// What the audience may see: the team everything, also what has no page; everybody what the site shows.
    pub fn seen(&self) -> Arc<Store> {
        match self.options.audience {
            Audience::Internal => Arc::clone(self.store()),
            Audience::Public => self.shown(),
        }
    }

    /// What the site shows, and nothing else: what its own search finds.
    pub fn shown(&self) -> Arc<Store> {
        let hidden = self.words().plain("visibility.hidden").to_owned();
        let sight: Arc<dyn Sight> = Arc::new(Shown { model: Arc::clone(&self.model), hidden });
        Arc::new(self.store().part(&sight))
    }
}

/// What a site shows.
struct Shown {
    model: Arc<Model>,
    /// Stands for the names that are secret.
    hidden: String,
}

impl Sight for Shown {
    fn ticket(&self, thread: &Thread) -> bool {
        self.model.find(thread.id()).is_some_and(|n| std::ptr::eq(self.model.thread(n), thread))
    }

    fn reply(&self, thread: &Thread, reply: &Reply) -> bool {
        self.model.view.shows_reply(thread, reply)
    }

    fn article(&self, article: &Article) -> bool {
        self.model.find_article(&article.slug).is_some()
    }

    fn service(&self, id: &str) -> bool {
        self.model.find_service(id).is_some()
    }

    fn attachment(&self, path: &RepoPath) -> bool {
        self.model.find_attachment(path).is_some()
    }

    fn changes_text(&self) -> bool {
        self.model.view.audience == Audience::Public
    }

    fn is_secret(&self, name: &str) -> bool {
        self.model.is_secret(name)
    }

    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        redact(text, |name| self.is_secret(name), &self.hidden)
    }
}

//! The loaded whole: settings, templates, threads with their folded states, articles, attachments; by id, cached.

mod before;
mod cache;
mod find;
mod fresh;
mod layout;
mod load;
mod nouns;
mod part;
mod role;
mod rules;
mod threads;
mod with;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

pub(crate) use find::FindError;
pub(crate) use fresh::Fresh;
pub(crate) use layout::{Group, Layout};
pub use load::load;
pub(crate) use load::{Listed, load_for_check};
pub(crate) use part::StoreParts;
pub(crate) use role::Role;
pub(crate) use threads::Threads;

use crate::{
    repo::{RepoError, Source},
    settings::{SecretBaseline, Settings},
    template::{Canned, NameLookup, Template},
    text::{RepoPath, nearest},
    ticket::{Article, Document, Thread, body_of},
};

/// A casebook repository in memory, without the texts of its tickets: those are read when they are wanted.
pub struct Store {
    /// What `casebook.yml` says.
    pub settings: Settings,
    /// Templates by name; those that ship where the repository has none, and `imported` always.
    pub templates: Vec<Template>,
    /// Canned responses by name.
    pub canned: Vec<Canned>,
    /// Secrets that imports brought in and that only warn.
    pub baseline: Arc<SecretBaseline>,
    /// Tickets with their replies, by time of opening, then id. Where one id is in two folders, both are here.
    pub threads: Threads,
    /// Articles by slug.
    pub articles: Vec<Article>,
    /// Attachments by path.
    pub attachments: Vec<Attachment>,
    /// Replies that belong to no ticket.
    pub orphans: Vec<RepoPath>,
    /// Which file is what.
    pub layout: Arc<Layout>,
    /// Tickets, replies and articles that have something wrong with their form.
    broken: HashSet<RepoPath>,
    /// How many settings, templates and canned responses have.
    rule_problems: usize,
    /// Whether settings and templates are those of another view.
    rules_are_foreign: bool,
    fingerprint: OnceLock<[u8; 32]>,
    articles_by_slug: HashMap<String, usize>,
    fresh: fresh::FreshFiles,
    source: Arc<dyn Source>,
}

/// A file in a ticket's folder that is not Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The ticket's id.
    pub ticket: String,
    /// Where it stands.
    pub path: RepoPath,
    /// Bytes; 0 where the source does not know without reading.
    pub size: u64,
    /// Whether it is a symbolic link, which is never followed.
    pub symlink: bool,
}

impl Store {
    /// How many files have something wrong with their form; `check` says what.
    pub fn problems(&self) -> usize {
        self.broken.len() + self.rule_problems + self.layout.unreadable.len()
    }

    /// Changes when any file does: a hash of all paths and stamps.
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.fingerprint.get_or_init(|| self.layout.fingerprint())
    }

    /// The thread with exactly this id or former id.
    pub fn thread(&self, id: &str) -> Option<&Thread> {
        self.threads.place(id).map(|place| &*self.threads[place])
    }

    /// The thread whose ticket's file is at exactly this path: of one id in two folders, each has its own.
    pub fn thread_at(&self, path: &RepoPath) -> Option<&Thread> {
        self.threads.place_of(path).map(|place| &*self.threads[place])
    }

    /// The files of the ticket at `place` in [`Store::threads`].
    pub fn group(&self, place: usize) -> Option<&Group> {
        match self.threads.group(place) {
            Some(group) => self.layout.groups().get(group),
            None => self.layout.group(self.threads.path(place)),
        }
    }

    /// The article with exactly this slug.
    pub fn article(&self, slug: &str) -> Option<&Article> {
        self.articles_by_slug.get(slug).map(|at| &self.articles[*at])
    }

    /// The template called `name`.
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.name == name)
    }

    /// The attachments of a ticket.
    pub fn attachments_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Attachment> {
        let first = self.attachments.partition_point(|attachment| attachment.ticket.as_str() < id);
        self.attachments[first..].iter().take_while(move |attachment| attachment.ticket == id)
    }

    /// The file at `path`, read now.
    pub fn document(&self, path: &RepoPath) -> Result<Document, RepoError> {
        Ok(Document::parse(path, &self.source.read(path)?))
    }

    /// The body of the Markdown file at `path`; empty where it cannot be read, which `check` reports.
    pub fn body(&self, path: Option<&RepoPath>) -> String {
        let bytes = path.and_then(|path| self.source.read(path).ok());
        let body = bytes.map(|bytes| body_of(&bytes)).unwrap_or_default();
        body.trim_start_matches(['\r', '\n']).to_owned()
    }

    /// The file at `path` as it was parsed while loading; only after [`load_for_check`], and only if no cache had it.
    pub fn fresh(&self, path: &RepoPath) -> Option<&Fresh> {
        self.fresh.get(path)
    }

    /// The source that it was loaded from.
    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }
}

impl NameLookup for Store {
    fn people(&self) -> Vec<&str> {
        self.settings.people.iter().map(|person| person.id.as_str()).collect()
    }

    fn services(&self) -> Vec<&str> {
        self.settings.services.iter().map(|service| service.id.as_str()).collect()
    }

    fn has_ticket(&self, id: &str) -> bool {
        self.threads.place(id).is_some() || self.articles_by_slug.contains_key(id)
    }

    fn nearest_ticket(&self, id: &str) -> Option<String> {
        let ids = self.threads.ids().chain(self.articles.iter().map(|article| article.slug.as_str()));
        nearest(id, ids).map(str::to_owned)
    }
}

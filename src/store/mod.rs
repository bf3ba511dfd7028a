//! A loaded repository: settings, templates, tickets with their states, articles and attachments.

mod before;
mod cache;
mod cache_update;
mod find;
mod fresh;
mod in_review;
mod layout;
mod load;
mod nouns;
mod original;
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
pub(crate) use fresh::FreshFile;
pub(crate) use layout::{FolderGroup, Layout};
pub use load::load;
pub(crate) use load::{StoreListing, load_for_check};
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

/// A casebook repository in memory. The texts of tickets are not in memory; they are read on demand.
pub struct Store {
    /// The settings of `casebook.yml`.
    pub settings: Settings,
    /// Templates by name: those of the repository, or the built-in ones if it has none; `imported` is always
    /// included.
    pub templates: Vec<Template>,
    /// Canned responses by name.
    pub canned: Vec<Canned>,
    /// Secrets from imports, for which the rule `secret` only warns.
    pub baseline: Arc<SecretBaseline>,
    /// Tickets with their replies, ordered by time of opening, then id. If two folders have the same id, both are
    /// included.
    pub threads: Threads,
    /// Articles by slug.
    pub articles: Vec<Article>,
    /// Attachments by path.
    pub attachments: Vec<Attachment>,
    /// Replies without a ticket.
    pub orphans: Vec<RepoPath>,
    /// All files with their roles.
    pub layout: Arc<Layout>,
    /// Tickets, replies and articles with format problems.
    broken: HashSet<RepoPath>,
    /// Number of files with settings, templates and canned responses that have format problems.
    rule_problems: usize,
    /// True if settings and templates come from another view of the repository.
    rules_are_foreign: bool,
    fingerprint: OnceLock<[u8; 32]>,
    articles_by_slug: HashMap<String, usize>,
    fresh: fresh::ParsedFiles,
    /// New tickets on the branches of pull requests. Only internal lists and pages show them.
    in_review: Option<in_review::TicketsInReview>,
    source: Arc<dyn Source>,
}

/// A file in a ticket's folder that is not Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The id of the ticket.
    pub ticket: String,
    pub path: RepoPath,
    /// The size in bytes; 0 if the source does not know it without reading the file.
    pub size: u64,
    /// True for a symbolic link; links are never followed.
    pub symlink: bool,
}

impl Store {
    /// Returns the number of files with format problems. `check` lists the problems.
    pub fn problems(&self) -> usize {
        self.broken.len() + self.rule_problems + self.layout.unreadable.len()
    }

    /// Returns a hash of all paths and stamps. It changes when any file changes.
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.fingerprint.get_or_init(|| self.layout.fingerprint())
    }

    /// Returns the thread with this id or former id.
    pub fn thread(&self, id: &str) -> Option<&Thread> {
        self.threads.place(id).map(|place| &*self.threads[place])
    }

    /// Returns the thread of the ticket file at `path`. This differs from [`Store::thread`] if two folders have the
    /// same id.
    pub fn thread_at(&self, path: &RepoPath) -> Option<&Thread> {
        self.threads.place_of(path).map(|place| &*self.threads[place])
    }

    /// Returns the files of the ticket at index `place` of [`Store::threads`].
    pub fn group(&self, place: usize) -> Option<&FolderGroup> {
        match self.threads.group(place) {
            Some(group) => self.layout.groups().get(group),
            None => self.layout.group(self.threads.path(place)),
        }
    }

    /// Returns the article with this slug.
    pub fn article(&self, slug: &str) -> Option<&Article> {
        self.articles_by_slug.get(slug).map(|at| &self.articles[*at])
    }

    /// Returns the template with this name.
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.name == name)
    }

    /// Returns the headings of sections that contain the answer of `thread`, which its template names.
    pub(crate) fn answer_sections(&self, thread: &Thread) -> &[String] {
        self.template(&thread.ticket.template).map_or(&[], |template| &template.answer_sections)
    }

    /// Returns the attachments of the ticket with this id.
    pub fn attachments_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Attachment> {
        let first = self.attachments.partition_point(|attachment| attachment.ticket.as_str() < id);
        self.attachments[first..].iter().take_while(move |attachment| attachment.ticket == id)
    }

    /// Reads and parses the file at `path`.
    pub fn document(&self, path: &RepoPath) -> Result<Document, RepoError> {
        Ok(Document::parse(path, &self.source.read(path)?))
    }

    /// Reads the body of the Markdown file at `path`. Returns an empty text if it cannot be read; `check` reports
    /// that.
    pub fn body(&self, path: Option<&RepoPath>) -> String {
        let bytes = path.and_then(|path| self.source.read(path).ok());
        let body = bytes.map(|bytes| body_of(&bytes)).unwrap_or_default();
        body.trim_start_matches(['\r', '\n']).to_owned()
    }

    /// Returns the file at `path` as it was parsed while loading: only after [`load_for_check`], and only if the
    /// cache did not have it.
    pub fn fresh(&self, path: &RepoPath) -> Option<&FreshFile> {
        self.fresh.get(path)
    }

    /// Returns the source from which the store was loaded.
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

//! Access to the model. Each method notes what it returns as an input of the page that is being rendered, unless it depends
//! only on the settings.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    ArticleNo, ArticlePage, ListPart, Model, NamedPage, PersonPage, ServicePage, TagPage, TicketNo,
    TicketPage, tag_key,
};
use crate::knowledge::articles::ArticleHealth;
use crate::knowledge::proposed_reply::ProposalUse;
use crate::repo::FileEntry;
use crate::report::Report;
use crate::settings::Settings;
use crate::site::inputs::{Input, ListKey, note, note_article, note_ticket};
use crate::store::{Attachment, Role, Store};
use crate::text::{RepoPath, Time};
use crate::ticket::{Answer, Article, Thread, Visibility};
use crate::view::{Audience, View};

impl Model {
    pub(in crate::site) fn settings(&self) -> &Settings {
        &self.store.settings
    }

    pub(in crate::site) fn view(&self) -> View {
        self.view
    }

    pub(in crate::site) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the store, which notes nothing. Pages read templates and texts from it; of other content, they use the methods
    /// of this file.
    pub(in crate::site) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Returns the number of tickets.
    pub(in crate::site) fn ticket_count(&self) -> usize {
        note(|| Input::Everything);
        self.tickets.len()
    }

    pub(in crate::site) fn thread(&self, n: TicketNo) -> &Thread {
        note_ticket(n);
        &self.store.threads[n]
    }

    /// Returns the data of the page of ticket `n`.
    pub(in crate::site) fn ticket(&self, n: TicketNo) -> &TicketPage {
        note_ticket(n);
        &self.tickets[n]
    }

    pub(in crate::site) fn is_internal(&self, n: TicketNo) -> bool {
        self.thread(n).state.visibility == Visibility::Internal
    }

    /// Returns the name of a visibility that is not the one of the settings. On a public site, all is public.
    pub(in crate::site) fn unusual(&self, visibility: Visibility) -> Option<&'static str> {
        let is_unusual = self.view.audience == Audience::Internal && visibility != self.settings().visibility;
        is_unusual.then(|| visibility.name())
    }

    pub(in crate::site) fn is_internal_article(&self, n: ArticleNo) -> bool {
        let visibility = self.article(n).visibility.unwrap_or(self.settings().visibility);
        visibility == Visibility::Internal
    }

    /// Returns the ticket of which `thread` is a duplicate, with its answer, if it has one.
    pub(in crate::site) fn original_answer<'s>(&'s self, thread: &'s Thread) -> Option<(&'s Thread, Answer)> {
        // The original can be a duplicate itself.
        let mut next = thread.state.duplicate_of.as_deref();
        let mut seen = BTreeSet::new();
        while let Some(n) = next.and_then(|id| self.find(id)).filter(|n| seen.insert(*n)) {
            next = self.thread(n).state.duplicate_of.as_deref();
        }
        self.store.original_answer(thread)
    }

    /// Returns the answered tickets of the same service that were opened shortly before and after ticket `n`, the nearest first;
    /// of a ticket without a service, those of all tickets.
    pub(in crate::site) fn near(&self, n: TicketNo) -> Vec<TicketNo> {
        note(|| Input::Near(self.store.threads[n].id().to_owned()));
        self.neighbours(n)
    }

    pub(in crate::site) fn attachments_of(&self, n: TicketNo) -> impl Iterator<Item = &Attachment> {
        self.store.attachments_of(self.thread(n).id())
    }

    /// Returns the number of articles.
    pub(in crate::site) fn article_count(&self) -> usize {
        note(|| Input::Everything);
        self.articles.len()
    }

    pub(in crate::site) fn article(&self, n: ArticleNo) -> &Article {
        note_article(n);
        &self.store.articles[n]
    }

    /// Returns the data of the page of article `n`.
    pub(in crate::site) fn article_page(&self, n: ArticleNo) -> &ArticlePage {
        note_article(n);
        &self.articles[n]
    }

    /// Returns the health of article `n`.
    pub(in crate::site) fn article_health(&self, n: ArticleNo) -> &ArticleHealth {
        note(|| Input::Health(self.store.articles[n].slug.clone()));
        &self.health[n]
    }

    /// Returns the article that replaces article `n` now, if one does. Articles that replace each other are not replaced.
    pub(in crate::site) fn replacement(&self, n: ArticleNo) -> Option<ArticleNo> {
        let mut seen = BTreeSet::from([n]);
        let mut current = n;
        while let Some(next) = self.article_page(current).superseded_by {
            if !seen.insert(next) {
                return None;
            }
            current = next;
        }
        (current != n).then_some(current)
    }

    /// Returns the articles that are not superseded, ordered by slug.
    pub(in crate::site) fn current_articles(&self) -> impl Iterator<Item = ArticleNo> {
        note(|| Input::Everything);
        (0..self.articles.len()).filter(|n| self.articles[*n].superseded_by.is_none())
    }

    /// Finds a ticket by its id, a former id, or its id in the tracker that it was imported from.
    pub(in crate::site) fn find(&self, name: &str) -> Option<TicketNo> {
        note(|| Input::Name(name.to_owned()));
        self.by_name.get(name).copied()
    }

    pub(in crate::site) fn find_article(&self, slug: &str) -> Option<ArticleNo> {
        note(|| Input::Name(slug.to_owned()));
        self.by_slug.get(slug).copied()
    }

    /// Finds the page that a link from another folder names, if only one page has the name. Case is ignored.
    pub(in crate::site) fn find_named(&self, name: &str) -> Option<NamedPage> {
        note(|| Input::Document(name.to_owned()));
        self.by_document.named(name)
    }

    /// Finds the page of the document that was imported from `path`.
    pub(in crate::site) fn find_source(&self, path: &str) -> Option<NamedPage> {
        note(|| Input::Source(path.to_owned()));
        self.by_document.imported_from(path)
    }

    /// Returns the file at `path` and its role, even if its name is written in another Unicode normal form.
    pub(in crate::site) fn file(&self, path: &RepoPath) -> Option<(&FileEntry, &Role)> {
        note(|| Input::File(path.as_str().to_owned()));
        self.store.layout.entry_alike(path)
    }

    /// Returns the paths that the document with the file at `path` had in the folder that it was imported from.
    pub(in crate::site) fn origins(&self, path: &RepoPath) -> Vec<&str> {
        let ticket = match self.file(path).map(|(_, role)| role) {
            Some(Role::Reply(ticket)) => Some(ticket.stem()),
            Some(Role::Ticket) => Some(path.stem()),
            _ => None,
        };
        let (source, aliases) = match ticket.and_then(|id| self.find(id)) {
            Some(n) => (&self.thread(n).ticket.source, &self.thread(n).state.aliases),
            None => {
                let Some(n) = self.find_article(path.stem()) else { return Vec::new() };
                (&self.article(n).source, &self.article(n).aliases)
            }
        };
        let names = source.iter().chain(aliases).map(String::as_str);
        names.filter(|name| name.contains('/') && !name.contains("://")).collect()
    }

    /// Returns the number of services; each service of the catalogue has a page.
    pub(in crate::site) fn service_count(&self) -> usize {
        self.services.len()
    }

    /// Returns the id of a service.
    pub(in crate::site) fn service_id(&self, at: usize) -> &str {
        &self.services[at].id
    }

    /// Returns the modules of a service.
    pub(in crate::site) fn modules_of(&self, at: usize) -> &[usize] {
        &self.services[at].modules
    }

    pub(in crate::site) fn has_service(&self, id: &str) -> bool {
        self.service_at.contains_key(id)
    }

    pub(in crate::site) fn service(&self, at: usize) -> &ServicePage {
        note(|| self.service_input(at));
        &self.services[at]
    }

    /// Returns the input that changes when a ticket or article of a service changes.
    pub(in crate::site) fn service_input(&self, at: usize) -> Input {
        Input::Service(self.services[at].id.clone())
    }

    /// Returns all tags.
    pub(in crate::site) fn tags(&self) -> &[TagPage] {
        note(|| Input::Everything);
        &self.tags
    }

    /// Returns the name of a tag, which is the spelling that occurred first.
    pub(in crate::site) fn tag_name(&self, at: usize) -> &str {
        note(|| Input::TagName(tag_key(&self.tags[at].name)));
        &self.tags[at].name
    }

    pub(in crate::site) fn tag(&self, at: usize) -> &TagPage {
        note(|| Input::Tag(tag_key(&self.tags[at].name)));
        &self.tags[at]
    }

    pub(in crate::site) fn find_tag(&self, tag: &str) -> Option<&TagPage> {
        note(|| Input::Tag(tag_key(tag)));
        self.tag_index(tag).map(|at| &self.tags[at])
    }

    /// Returns the index of the page of `tag`.
    pub(in crate::site) fn tag_index(&self, tag: &str) -> Option<usize> {
        note(|| Input::Tag(tag_key(tag)));
        self.tag_at.get(&tag_key(tag)).copied()
    }

    /// Returns the pages of `tags` in the same order, each page once.
    pub(in crate::site) fn tags_of<'m>(&'m self, tags: &'m [String]) -> impl Iterator<Item = &'m TagPage> {
        let mut seen = BTreeSet::new();
        tags.iter().filter_map(|tag| self.find_tag(tag)).filter(move |tag| seen.insert(&tag.name))
    }

    /// Returns the tickets that were ever resolved, ordered by the time of resolution, newest first.
    pub(in crate::site) fn resolved(&self) -> &[TicketNo] {
        note(|| Input::Everything);
        &self.resolved
    }

    /// Returns the tickets that are not resolved, newest first.
    pub(in crate::site) fn open(&self) -> &[TicketNo] {
        note(|| Input::Everything);
        &self.open
    }

    /// Returns the part `part` of the list `key`.
    pub(in crate::site) fn part(&self, key: &ListKey, part: usize) -> ListPart {
        note(|| Input::Part(key.clone(), part));
        self.part_of(key, part)
    }

    /// Returns the ids of the people who have a page.
    pub(in crate::site) fn people(&self) -> impl Iterator<Item = &str> {
        note(|| Input::Everything);
        self.people.keys().map(String::as_str)
    }

    /// Returns the tickets of the person `id`.
    pub(in crate::site) fn person(&self, id: &str) -> Option<&PersonPage> {
        note(|| Input::Person(id.to_owned()));
        self.people.get(id)
    }

    /// Returns the id of the person at `at`, in the order of [`Model::people`].
    pub(in crate::site) fn person_id(&self, at: usize) -> Option<&str> {
        self.people.get_index(at).map(|(id, _)| id.as_str())
    }

    /// Returns the newest `created` on the site, which is used as the current time so that builds are reproducible.
    pub(in crate::site) fn as_of(&self) -> Option<Time> {
        note(|| Input::Everything);
        self.as_of
    }

    /// Returns the published attachments with their tickets, ordered by path.
    pub(in crate::site) fn attachments(&self) -> &[(RepoPath, TicketNo)] {
        note(|| Input::Everything);
        &self.attachments
    }

    /// Returns the ticket of the attachment at `path`, if that attachment is published.
    pub(in crate::site) fn find_attachment(&self, path: &RepoPath) -> Option<TicketNo> {
        note(|| Input::File(path.as_str().to_owned()));
        let at = self.attachments.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        Some(self.attachments[at].1)
    }

    /// Returns whether the site has a report: only that of the team.
    pub(in crate::site) fn has_report(&self) -> bool {
        self.all.is_some()
    }

    /// Returns the report of all tickets, also those without a page, and what became of proposed replies; `None` for the public.
    pub(in crate::site) fn report(&self) -> Option<&(Report, ProposalUse)> {
        note(|| Input::Report);
        self.measured()
    }

    /// Returns the tickets in review.
    pub(in crate::site) fn in_review(&self) -> Option<&Arc<Store>> {
        note(|| Input::InReview);
        self.store.in_review()
    }
}

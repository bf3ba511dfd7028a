//! The values of inputs: hashes that change whenever an input changes.

use std::hash::{BuildHasher as _, Hash};
use std::sync::OnceLock;

use foldhash::quality::FixedState;
use rayon::prelude::*;

use super::{Model, NamedPage, TicketNo, tag_key};
use crate::repo::Stamp;
use crate::site::inputs::{Input, PageInput};
use crate::store::Role;
use crate::text::{RepoPath, Time};

/// The value of an input. `None` is a value that never equals a former one: a file has no stamp or can still change without
/// getting another stamp, or the page has to be rendered anyway.
pub(in crate::site) type InputValue = Option<u64>;

/// The values of the inputs of one model.
pub(in crate::site) struct InputValues<'a> {
    model: &'a Model,
    /// The time in nanoseconds since 1970 from which a change of a file is too recent for a stamp to be certain.
    settled_ns: i64,
    tickets: Vec<InputValue>,
    articles: Vec<InputValue>,
    everything: OnceLock<InputValue>,
}

impl<'a> InputValues<'a> {
    pub(in crate::site) fn new(model: &'a Model, settled_ns: i64) -> Self {
        let mut values = Self {
            model,
            settled_ns,
            tickets: Vec::new(),
            articles: Vec::new(),
            everything: OnceLock::new(),
        };
        values.tickets = (0..model.tickets.len()).into_par_iter().map(|n| values.ticket(n)).collect();
        values.articles = (0..model.articles.len()).map(|n| values.article(n)).collect();
        values
    }

    /// Returns an input of a page with its value, except that of [`Input::Similar`].
    pub(in crate::site) fn named(&self, input: PageInput) -> (Input, InputValue) {
        let store = &self.model.store;
        match input {
            PageInput::Ticket(n) => (Input::Ticket(store.threads[n].id().to_owned()), self.tickets[n]),
            PageInput::Article(n) => (Input::Article(store.articles[n].slug.clone()), self.articles[n]),
            PageInput::Other(input) => {
                let value = self.of(&input);
                (input, value)
            }
        }
    }

    /// Returns the value of `input`, except of [`Input::Similar`].
    pub(in crate::site) fn of(&self, input: &Input) -> InputValue {
        let model = self.model;
        match input {
            Input::Ticket(id) => match model.by_name.get(id) {
                Some(n) => self.tickets[*n],
                None => Some(0),
            },
            Input::Article(slug) => match model.by_slug.get(slug) {
                Some(n) => self.articles[*n],
                None => Some(0),
            },
            Input::Health(slug) => match model.by_slug.get(slug) {
                Some(n) => Some(self.health(*n)),
                None => Some(0),
            },
            Input::Near(id) => match model.by_name.get(id) {
                Some(n) => Some(self.ids(&model.neighbours(*n))),
                None => Some(0),
            },
            Input::Service(id) => match model.service_at.get(id).map(|at| &model.services[*at]) {
                Some(service) => self.list(&service.tickets, &service.articles),
                None => Some(0),
            },
            Input::Tag(key) => match model.tag_at.get(key).map(|at| &model.tags[*at]) {
                Some(tag) => {
                    Some(hash(&(&tag.name, tag_key(&tag.name), self.list(&tag.tickets, &tag.articles)?)))
                }
                None => Some(0),
            },
            Input::TagName(key) => Some(model.tag_at.get(key).map_or(0, |at| hash(&model.tags[*at].name))),
            Input::Part(list, part) => {
                let part = model.part_of(list, *part);
                Some(hash(&(self.ids(&part.tickets), part.newer, part.older)))
            }
            Input::Person(id) => match model.people.get(id) {
                Some(person) => self.list(&person.tickets().collect::<Vec<_>>(), &[]),
                None => Some(0),
            },
            Input::Name(name) => {
                let page = model.by_name.get(name).map(|n| NamedPage::Ticket(*n));
                Some(self.page(page.or_else(|| model.by_slug.get(name).map(|n| NamedPage::Article(*n)))))
            }
            Input::Document(name) => Some(self.page(model.by_document.named(name))),
            Input::Source(path) => Some(self.page(model.by_document.imported_from(path))),
            Input::Copy(path) => {
                let (entry, _) = model.store.layout.entry(&RepoPath::new(path.as_str()))?;
                self.stamp(entry.stamp)
            }
            Input::File(path) => Some(self.file(&RepoPath::new(path.as_str()))),
            Input::Everything => *self.everything.get_or_init(|| {
                let tickets: Option<Vec<u64>> = self.tickets.iter().copied().collect();
                let articles: Option<Vec<u64>> = self.articles.iter().copied().collect();
                let attachments = &model.attachments;
                Some(hash(&(tickets?, articles?, attachments)))
            }),
            Input::Report => match &model.all {
                // The report has nothing but texts and numbers, so it can always be written as JSON.
                Some(_) => {
                    let (report, proposals) = model.measured()?;
                    let report = serde_json::to_string(report).ok()?;
                    Some(hash(&(report, proposals.replies, proposals.kept)))
                }
                None => Some(0),
            },
            Input::InReview => model.store.in_review().is_none().then_some(0),
            Input::Similar(_) | Input::ThemeProblem => None,
        }
    }

    /// Returns the value of everything that all pages depend on: settings, templates and `others`.
    pub(in crate::site) fn rules(&self, others: &impl Hash) -> u64 {
        let model = self.model;
        let parts = (model.tags.is_empty(), model.services.is_empty(), model.articles.is_empty());
        let settings = format!("{:?} {:?}", model.store.settings, model.store.templates);
        hash(&(settings, parts, others))
    }

    fn ticket(&self, n: TicketNo) -> InputValue {
        let (store, page) = (&self.model.store, &self.model.tickets[n]);
        let thread = &store.threads[n];
        let group = store.layout.group(thread.ticket.path.as_ref()?)?;
        let stamp = group.stamp.filter(|_| group.changed_ns < self.settled_ns)?;
        let ids = |tickets: &[TicketNo]| -> Vec<&str> {
            tickets.iter().map(|other| store.threads[*other].id()).collect()
        };
        let related: Vec<TicketNo> = page.related.iter().copied().collect();
        let lists = [&page.duplicates, &page.answers, &related, &page.mentions].map(|list| ids(list));
        let articles: Vec<&str> = page.articles.iter().map(|n| store.articles[*n].slug.as_str()).collect();
        let attachments: Vec<_> =
            store.attachments_of(thread.id()).map(|file| (&file.path, file.size)).collect();
        let due = page.due.map(|due| (due.seconds(), due.timestamp().subsec_nanosecond()));
        // A duplicate has the excerpt of its original.
        let digest = (&page.digest.excerpt, page.digest.answered, page.digest.excerpt_of);
        Some(hash(&(thread.id(), stamp, due, page.asked, lists, articles, attachments, digest)))
    }

    fn article(&self, n: usize) -> InputValue {
        let (store, page) = (&self.model.store, &self.model.articles[n]);
        let article = &store.articles[n];
        let group = store.layout.group(article.path.as_ref()?)?;
        let stamp = group.stamp.filter(|_| group.changed_ns < self.settled_ns)?;
        let [tickets, answers] = [&page.tickets, &page.answers]
            .map(|list| list.iter().map(|n| store.threads[*n].id()).collect::<Vec<_>>());
        let superseded_by = page.superseded_by.map(|n| store.articles[n].slug.as_str());
        Some(hash(&(&article.slug, stamp, tickets, answers, superseded_by)))
    }

    fn health(&self, n: usize) -> u64 {
        let health = &self.model.health[n];
        let doubt = health.doubt.map(|doubt| {
            (doubt.when.seconds(), self.model.store.threads[doubt.ticket].id(), doubt.is_resolution)
        });
        hash(&(health.answered.len(), doubt, health.review.map(Time::seconds), health.is_due))
    }

    fn ids(&self, tickets: &[TicketNo]) -> u64 {
        let ids: Vec<&str> = tickets.iter().map(|n| self.model.store.threads[*n].id()).collect();
        hash(&ids)
    }

    fn list(&self, tickets: &[TicketNo], articles: &[usize]) -> InputValue {
        let tickets: Option<Vec<u64>> = tickets.iter().map(|n| self.tickets[*n]).collect();
        let articles: Option<Vec<u64>> = articles.iter().map(|n| self.articles[*n]).collect();
        Some(hash(&(tickets?, articles?)))
    }

    fn page(&self, page: Option<NamedPage>) -> u64 {
        let store = &self.model.store;
        match page {
            Some(NamedPage::Ticket(n)) => hash(&("ticket", store.threads[n].id())),
            Some(NamedPage::Article(n)) => hash(&("article", &store.articles[n].slug)),
            None => 0,
        }
    }

    /// Returns a hash of what the file at `path` is. Its contents are not an input: pages only link to it.
    fn file(&self, path: &RepoPath) -> u64 {
        let Some((entry, role)) = self.model.store.layout.entry_alike(path) else { return 0 };
        let role = match role {
            Role::Reply(ticket) => ("reply", ticket.as_str()),
            Role::Attachment(ticket) => ("attachment", ticket.as_str()),
            Role::Ticket => ("ticket", ""),
            Role::Article => ("article", ""),
            _ => ("other", ""),
        };
        let is_published = self.model.attachments.binary_search_by(|(known, _)| known.cmp(path)).is_ok();
        hash(&(&entry.path, role, is_published))
    }

    fn stamp(&self, stamp: Stamp) -> InputValue {
        match stamp {
            Stamp::Blob(id) => Some(hash(&id)),
            Stamp::Stat { mtime_ns, ctime_ns, size, inode } => {
                (mtime_ns.max(ctime_ns) < self.settled_ns).then(|| hash(&(mtime_ns, ctime_ns, size, inode)))
            }
            Stamp::None => None,
        }
    }
}

/// Returns a hash that is the same in each process.
pub(in crate::site) fn hash(value: &impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}

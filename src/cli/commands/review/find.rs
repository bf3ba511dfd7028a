//! The tickets of a change, and similar tickets that are already resolved.

use std::sync::Arc;

use crate::{
    api::ReviewedTicket,
    check::ChangeSet,
    cli::{
        CliError,
        check_target::CheckTarget,
        commands::build::For,
        queries,
        similar_hits::{self, ShownSimilarItem},
    },
    repo::{DiffSide, Source},
    search::{Engine, Item, Question},
    settings::Settings,
    store::{self, Role, Store, StoreListing},
    ticket::Thread,
    view::{Audience, View},
};

/// The most findings that are listed for programs; all are counted.
pub(super) const MOST_FINDINGS: usize = 200;
/// The most tickets of a change for which others are looked for: an import is no question.
const MOST_TICKETS: usize = 20;
/// The most similar tickets of each.
const MOST_SIMILAR: usize = 3;
/// The most lines of an answer.
pub(super) const MOST_LINES: usize = 3;

/// What was there before the change, as far as the readers may know it.
pub(super) struct Candidates {
    /// The commit, whole.
    pub base: String,
    engine: std::cell::RefCell<Engine>,
    store: Arc<Store>,
}

/// A ticket that is new or changed.
pub(super) struct Changed<'a> {
    pub thread: &'a Thread,
    pub is_new: bool,
    pub similar: Vec<ShownSimilarItem<'a>>,
}

impl Candidates {
    /// Reads the commit `since`; with `audience` only what that site shows.
    pub(super) fn at(
        since: &str,
        audience: Option<For>,
        checked: &CheckTarget<'_>,
    ) -> Result<Self, CliError> {
        let repo = checked.repo;
        let commit = repo.commit(since)?;
        let base = repo.resolve(since)?.to_string();
        let source: Arc<dyn Source> = Arc::new(commit);
        // What was looked at is there already, if it is a commit; its neighbours need not take its place.
        let name = "parsed-head";
        let is_commit = matches!(checked.side, DiffSide::Commit(_));
        let cache = if is_commit { repo.read_only_cache_slot(name) } else { repo.cache_slot(name) };
        let listed = StoreListing::of(source, &cache)?;
        let store = Arc::new(store::load_for_check(listed, checked.rules(), &cache)?);
        let store = match audience {
            Some(audience) => {
                let view = View::of_site(audience.into(), &store.settings);
                Arc::clone(store.seen_by(view).store())
            }
            None => store,
        };
        let readers = audience.map_or("all", |audience| Audience::from(audience).name());
        let slot = repo.cache_slot(&format!("index-review-{readers}"));
        let engine = Engine::open(Arc::clone(&store), &slot);
        Ok(Self { base, engine: std::cell::RefCell::new(engine), store })
    }

    /// The settings that count.
    pub(super) fn settings(&self) -> &Settings {
        &self.store.settings
    }

    /// The first tickets that `change` brings or changes in `after`, with what is like them; and how many more there are.
    pub(super) fn for_tickets_of<'a>(
        &'a self,
        change: &ChangeSet<'_>,
        after: &'a Store,
    ) -> Result<(Vec<Changed<'a>>, usize), CliError> {
        let is_ticket = |path: &&_| after.layout.entry(path).is_some_and(|(_, role)| *role == Role::Ticket);
        let written: Vec<_> = change.written().filter(is_ticket).collect();
        let mut tickets: Vec<&Thread> = after
            .threads
            .iter()
            .map(|thread| &**thread)
            .filter(|thread| {
                thread.ticket.path.as_ref().is_some_and(|path| written.binary_search(&path).is_ok())
            })
            .collect();
        tickets.sort_by(|a, b| a.ticket.path.cmp(&b.ticket.path));
        let more = tickets.len().saturating_sub(MOST_TICKETS);
        tickets.truncate(MOST_TICKETS);
        let found = tickets.into_iter().map(|thread| {
            let is_new = thread.ticket.path.as_ref().is_some_and(|path| change.is_new(path));
            let body = after.body(thread.ticket.path.as_ref());
            Ok(Changed { thread, is_new, similar: self.similar_to(thread, body)? })
        });
        Ok((found.collect::<Result<_, CliError>>()?, more))
    }

    /// What its author named already is not shown again.
    fn similar_to(&self, thread: &Thread, body: String) -> Result<Vec<ShownSimilarItem<'_>>, CliError> {
        let question = Question::of_ticket(&thread.ticket, body);
        let allowed = |item: Item| similar_hits::may_help(thread, item, &self.store);
        let mut engine = self.engine.borrow_mut();
        let found =
            similar_hits::strong(&mut engine, &self.store, &question, allowed, MOST_SIMILAR, MOST_LINES);
        found.map_err(queries::unreadable)
    }
}

impl Changed<'_> {
    /// Describes the ticket for programs.
    pub(crate) fn reviewed(&self) -> ReviewedTicket {
        ReviewedTicket {
            id: self.thread.id().to_owned(),
            file: self.thread.ticket.path.clone(),
            title: similar_hits::cut(&self.thread.ticket.title),
            new: self.is_new,
            similar: self.similar.iter().map(ShownSimilarItem::suggestion).collect(),
        }
    }
}

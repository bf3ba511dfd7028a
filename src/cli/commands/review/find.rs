//! The tickets of a change, and similar tickets that are already resolved.

use std::sync::Arc;

use crate::{
    api::ReviewedTicket,
    check::ChangeSet,
    cli::{
        CliError, Context,
        check_target::CheckTarget,
        commands::build::AudienceOption,
        queries,
        similar_hits::{self, ShownSimilarItem},
    },
    diagnostic::Finding,
    repo::DiffSide,
    search::{Engine, Item, Question},
    settings::Settings,
    store::{self, Role, Store, StoreListing},
    ticket::Thread,
    view::{Audience, View, ViewStore},
};

/// The maximum number of findings in JSON. All findings are counted.
pub(super) const MAX_FINDINGS: usize = 200;
/// The maximum number of tickets of a change for which similar tickets are searched. A change with more is probably an
/// import.
const MAX_TICKETS: usize = 20;
/// The maximum number of similar tickets per ticket.
const MAX_SIMILAR: usize = 3;
/// The maximum number of lines of an answer.
pub(super) const MAX_LINES: usize = 3;

/// The tickets and articles that the audience may see, as they were before the change.
pub(super) struct Candidates {
    /// The full id of the commit before the change.
    pub base: String,
    engine: std::cell::RefCell<Engine>,
    store: Arc<Store>,
    /// The store before the change, and the part of it that the audience sees.
    seen: Option<(Arc<Store>, ViewStore)>,
}

/// A ticket that is new or changed.
pub(super) struct ChangedTicket<'a> {
    pub thread: &'a Thread,
    pub is_new: bool,
    pub similar: Vec<ShownSimilarItem<'a>>,
}

impl Candidates {
    /// Loads the commit `since`. With `audience`, loads only what the site of that audience shows.
    pub(super) fn at(
        since: &str,
        audience: Option<AudienceOption>,
        checked: &CheckTarget<'_>,
        context: &Context,
    ) -> Result<Self, CliError> {
        let repo = checked.repo;
        let commit = repo.commit(since)?;
        let base = repo.resolve(since)?.to_string();
        let (source, reading) = context.ui.watch_reading(Arc::new(commit));
        // If the target is a commit, its files are already in this cache and must not be replaced.
        let name = "parsed-head";
        let is_commit = matches!(checked.side, DiffSide::Commit(_));
        let cache = if is_commit { repo.read_only_cache_slot(name) } else { repo.cache_slot(name) };
        let listed = StoreListing::of(source, &cache)?;
        let store = Arc::new(store::load_for_check(listed, checked.rules(), &cache)?);
        drop(reading);
        let seen = audience.map(|audience| {
            let view = store.seen_by(View::of_site(audience.into(), &store.settings));
            (Arc::clone(&store), view)
        });
        let store = seen.as_ref().map_or(store, |(_, view)| Arc::clone(view.store()));
        let readers = audience.map_or("all", |audience| Audience::from(audience).name());
        let slot = repo.cache_slot(&format!("index-review-{readers}"));
        let engine = queries::open_engine(&store, &slot, context);
        Ok(Self { base, engine: std::cell::RefCell::new(engine), store, seen })
    }

    /// Removes from `findings` what the audience may not know.
    pub(super) fn visible(&self, findings: Vec<Finding>) -> Vec<Finding> {
        match &self.seen {
            Some((store, view)) => view.findings(store, findings),
            None => findings,
        }
    }

    /// Returns the settings before the change.
    pub(super) fn settings(&self) -> &Settings {
        &self.store.settings
    }

    /// Returns the new and changed tickets of `after`, at most [`MAX_TICKETS`], each with its similar tickets. Also
    /// returns the number of tickets beyond this limit.
    pub(super) fn for_tickets_of<'a>(
        &'a self,
        change: &ChangeSet<'_>,
        after: &'a Store,
    ) -> Result<(Vec<ChangedTicket<'a>>, usize), CliError> {
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
        let more = tickets.len().saturating_sub(MAX_TICKETS);
        tickets.truncate(MAX_TICKETS);
        let found = tickets.into_iter().map(|thread| {
            let is_new = thread.ticket.path.as_ref().is_some_and(|path| change.is_new(path));
            let body = after.body(thread.ticket.path.as_ref());
            Ok(ChangedTicket { thread, is_new, similar: self.similar_to(thread, body)? })
        });
        Ok((found.collect::<Result<_, CliError>>()?, more))
    }

    /// Returns the similar tickets that `thread` does not link to yet.
    fn similar_to(&self, thread: &Thread, body: String) -> Result<Vec<ShownSimilarItem<'_>>, CliError> {
        let question = Question::of_ticket(&thread.ticket, body);
        let allowed = |item: Item| similar_hits::may_help(thread, item, &self.store);
        let mut engine = self.engine.borrow_mut();
        let found =
            similar_hits::strong(&mut engine, &self.store, &question, allowed, MAX_SIMILAR, MAX_LINES);
        found.map_err(queries::unreadable)
    }
}

impl ChangedTicket<'_> {
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

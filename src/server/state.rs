//! What all handlers share: the site as it is now, and who is told when it changes.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde_json::{Map, Value as Json};
use tokio::sync::broadcast;

use super::Problem;
use crate::{
    repo::{CacheSlot, RepoError},
    search::{Engine, Results, Shown, query::Query},
    site::{Audience, BuildOptions, Site, SiteError},
    store::Store,
    text::Time,
    ticket::{Reply, Thread, Visibility},
};

/// Loads the repository anew.
pub type Loader = dyn Fn() -> Result<Store, RepoError> + Send + Sync;

/// Tells the time.
pub type Clock = dyn Fn() -> Time + Send + Sync;

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

struct Shared {
    site: RwLock<Arc<Site>>,
    /// Made when the first search comes; of the site that is shown now.
    engine: Mutex<Option<Engine>>,
    index: CacheSlot,
    clock: Box<Clock>,
    options: BuildOptions,
    load: Box<Loader>,
    changes: RwLock<Option<broadcast::Sender<()>>>,
}

/// Why the site could not be made anew; the one before is served on.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The repository cannot be read.
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// The theme does not work.
    #[error(transparent)]
    Site(#[from] SiteError),
}

impl State {
    /// Loads the repository and makes the first site. `index` keeps the search index of this view.
    pub fn new(
        load: Box<Loader>,
        clock: Box<Clock>,
        index: CacheSlot,
        options: BuildOptions,
    ) -> Result<Self, ReloadError> {
        let site = Site::new(Arc::new(load()?), options.clone())?;
        let (sender, _) = broadcast::channel(4);
        Ok(Self(Arc::new(Shared {
            site: RwLock::new(Arc::new(site)),
            engine: Mutex::new(None),
            index,
            clock,
            options,
            load,
            changes: RwLock::new(Some(sender)),
        })))
    }

    /// The site as it is now.
    pub fn site(&self) -> Arc<Site> {
        Arc::clone(&self.0.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The repository as it is now.
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(self.site().store())
    }

    /// What a query finds among what is shown now, with the store that the places are of.
    pub(super) fn search(&self, query: &str) -> Result<(Arc<Store>, Query, Results), Problem> {
        let site = self.site();
        let store = site.store();
        let query = Query::parse(query, &store.known_in_queries(None))
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        let shown = Shown {
            ticket: &|thread| self.shows(&site, thread),
            reply: &|thread, reply| self.shows_reply(thread, reply),
        };
        let mut kept = self.0.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let mut engine = match kept.take() {
            Some(engine) if Arc::ptr_eq(engine.store(), store) => engine,
            _ => Engine::open(Arc::clone(store), shown, &self.0.index),
        };
        let found = engine.search_mending(&query, None, (self.0.clock)(), shown, &self.0.index);
        *kept = Some(engine);
        let results = found.map_err(|error| Problem::internal(error.to_string()))?;
        Ok((Arc::clone(store), query, results))
    }

    /// Whether everything may be seen.
    pub(super) fn is_internal(&self) -> bool {
        self.0.options.audience == Audience::Internal
    }

    /// Takes out of a ticket's JSON what only follows from replies that are not shown.
    pub(super) fn hide(&self, thread: &Thread, json: &mut Map<String, Json>) {
        if self.is_internal() {
            return;
        }
        let shown = || thread.replies.iter().filter(|reply| self.shows_reply(thread, reply));
        let updated = shown().filter_map(|reply| reply.created).chain(thread.ticket.created).max();
        json.insert("updated".into(), serde_json::json!(updated));
        json.insert("reply_count".into(), shown().count().into());
    }

    /// Reads what changed, and tells whoever listens. Returns whether anything had.
    pub fn reload(&self) -> Result<bool, ReloadError> {
        let store = (self.0.load)()?;
        if store.fingerprint == self.store().fingerprint {
            return Ok(false);
        }
        let site = Site::new(Arc::new(store), self.0.options.clone())?;
        *self.0.site.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(site);
        if let Some(changes) = &*self.0.changes.read().unwrap_or_else(PoisonError::into_inner) {
            // Nobody may be listening.
            let _ = changes.send(());
        }
        Ok(true)
    }

    /// Tells of each change from now on; `None` when the server is closing.
    pub(super) fn listen(&self) -> Option<broadcast::Receiver<()>> {
        self.0
            .changes
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(broadcast::Sender::subscribe)
    }

    /// Ends what would keep connections open.
    pub(super) fn close(&self) {
        self.0.changes.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Whether this view shows `thread` at all.
    pub(super) fn shows(&self, site: &Site, thread: &Thread) -> bool {
        site.ticket_page(thread.id()).is_some()
    }

    /// Whether this view shows `reply` of a thread that it shows.
    pub(super) fn shows_reply(&self, thread: &Thread, reply: &Reply) -> bool {
        self.is_internal() || (thread.state.visibility == Visibility::Public && thread.is_public(reply))
    }
}

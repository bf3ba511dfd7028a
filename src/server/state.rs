//! What all handlers share: the site as it is now, and who is told when it changes.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;

use super::Problem;
use crate::{
    repo::{CacheSlot, RepoError},
    search::{Engine, Results, index::IndexError, query::Query},
    site::{BuildOptions, Site, SiteError},
    store::Store,
    text::Time,
};

/// Loads the repository anew.
pub type Loader = dyn Fn() -> Result<Store, RepoError> + Send + Sync;

/// Tells the time.
pub type Clock = dyn Fn() -> Time + Send + Sync;

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

struct Shared {
    now: RwLock<Arc<Snapshot>>,
    index: CacheSlot,
    clock: Box<Clock>,
    options: BuildOptions,
    load: Box<Loader>,
    /// The version that pages should have; empty when the server is closing.
    versions: watch::Sender<String>,
}

/// The repository at one moment. Whoever answers a request takes one, and is not disturbed by changes.
pub(super) struct Snapshot {
    /// The pages.
    pub(super) site: Arc<Site>,
    /// What this view's audience may see.
    pub(super) seen: Arc<Store>,
    /// The index of `seen`: opened when the first search comes.
    engine: Mutex<Option<Arc<Engine>>>,
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
        let first = Snapshot::of(load()?, &options)?;
        let (versions, _) = watch::channel(first.site.version());
        let now = RwLock::new(Arc::new(first));
        Ok(Self(Arc::new(Shared { now, index, clock, options, load, versions })))
    }

    /// The repository as it is now.
    pub(super) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a query finds among what is seen now, with the store that the places are of.
    pub(super) fn search(&self, query: &str) -> Result<(Arc<Store>, Query, Results), Problem> {
        let now = self.now();
        let store = &now.seen;
        let query = Query::parse(query, &store.known_in_queries(None))
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        let time = (self.0.clock)();
        let found = match now.engine(&self.0.index).search(&query, None, time) {
            Err(IndexError::Damaged(_) | IndexError::Version { .. }) => {
                now.engine_anew(&self.0.index).search(&query, None, time)
            }
            other => other,
        };
        let results = found.map_err(|error| Problem::internal(error.to_string()))?;
        Ok((Arc::clone(store), query, results))
    }

    /// Reads what changed, and tells whoever listens. Returns whether anything had.
    pub fn reload(&self) -> Result<bool, ReloadError> {
        let store = (self.0.load)()?;
        if store.fingerprint() == self.now().site.store().fingerprint() {
            return Ok(false);
        }
        let next = Snapshot::of(store, &self.0.options)?;
        let version = next.site.version();
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        self.0.versions.send_if_modified(|known| {
            let open = !known.is_empty();
            if open {
                *known = version;
            }
            open
        });
        Ok(true)
    }

    /// The version that pages should have, from now on.
    pub(super) fn versions(&self) -> watch::Receiver<String> {
        self.0.versions.subscribe()
    }

    /// Whether pages listen for changes.
    pub(super) fn tells_changes(&self) -> bool {
        self.0.options.events.is_some()
    }

    /// Ends what would keep connections open.
    pub(super) fn close(&self) {
        self.0.versions.send_replace(String::new());
    }
}

impl Snapshot {
    fn of(store: Store, options: &BuildOptions) -> Result<Self, ReloadError> {
        let site = Arc::new(Site::new(Arc::new(store), options.clone())?);
        let seen = site.seen();
        Ok(Self { site, seen, engine: Mutex::new(None) })
    }

    /// The index. The lock is held while it is opened, which all wait for, and not while it is searched.
    fn engine(&self, slot: &CacheSlot) -> Arc<Engine> {
        let mut kept = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(Engine::open(Arc::clone(&self.seen), slot));
        Arc::clone(kept.get_or_insert_with(open))
    }

    /// The index made anew, because the one that is kept is damaged.
    fn engine_anew(&self, slot: &CacheSlot) -> Arc<Engine> {
        let mut kept = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let anew = Arc::new(Engine::open_anew(Arc::clone(&self.seen), slot));
        Arc::clone(kept.insert(anew))
    }
}

//! What all handlers share: the site as it is now, and who is told when it changes.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;

use super::{Problem, turns::Turns};
use crate::{
    index::IndexError,
    query::Query,
    repo::{CacheSlot, RepoError},
    search::{Engine, Found, Item, Question, Results, Wanted},
    settings::Publish,
    site::{BuildOptions, Site, SiteError},
    store::Store,
    text::Time,
    view::{Audience, View},
};

/// Loads the repository anew.
pub(crate) type Loader = dyn Fn() -> Result<Store, RepoError> + Send + Sync;

/// Tells the time.
pub(super) type Clock = dyn Fn() -> Time + Send + Sync;

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub(crate) struct State(Arc<Shared>);

struct Shared {
    now: RwLock<Arc<Snapshot>>,
    slots: Slots,
    clock: Box<Clock>,
    audience: Audience,
    options: BuildOptions,
    load: Box<Loader>,
    /// The version that pages should have; empty when the server is closing.
    versions: watch::Sender<String>,
    searches: Turns,
}

/// Where the search indexes of this view are kept.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    /// That of what the site shows.
    pub shown: CacheSlot,
    /// That of what the audience may see, also without a page.
    pub seen: CacheSlot,
}

/// The repository at one moment. Whoever answers a request takes one, and is not disturbed by changes.
pub(super) struct Snapshot {
    /// Changes when any file of the repository does.
    fingerprint: [u8; 32],
    /// The pages.
    pub(super) site: Arc<Site>,
    /// What this view's audience may see.
    pub(super) seen: Arc<Store>,
    /// The index of what the site shows.
    shown_index: Kept,
    /// The index of `seen`, where that is more.
    seen_index: Kept,
}

/// An index: opened when the first search comes.
#[derive(Default)]
struct Kept(Mutex<Option<Arc<Engine>>>);

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// What the site shows.
    Shown,
    /// What the audience may see, also without a page: the queue.
    Seen,
}

/// Why the site could not be made anew; the one before is served on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReloadError {
    /// The repository cannot be read.
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// The theme does not work.
    #[error(transparent)]
    Site(#[from] SiteError),
}

impl State {
    /// Loads the repository and makes the first site. `slots` keep the search indexes of this view.
    pub(crate) fn new(
        load: Box<Loader>,
        clock: Box<Clock>,
        slots: Slots,
        audience: Audience,
        options: BuildOptions,
    ) -> Result<Self, ReloadError> {
        let first = Snapshot::of(load()?, audience, &options)?;
        let (versions, _) = watch::channel(first.site.version());
        let now = RwLock::new(Arc::new(first));
        Ok(Self(Arc::new(Shared {
            now,
            slots,
            clock,
            audience,
            options,
            load,
            versions,
            searches: Turns::on_half(),
        })))
    }

    /// The repository as it is now.
    pub(super) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a query finds now, with the store that the places are of and the moment of the search.
    pub(super) fn search(
        &self,
        query: &str,
        among: Among,
    ) -> Result<(Arc<Store>, Query, Results, Time), Problem> {
        let now = self.now();
        let query = Query::parse(query, &now.seen.known_in_queries(None))
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        let time = self.time();
        let ask = |engine: &Engine| engine.search(&query, None, time);
        let (store, results) = self.ask(&now, among, ask)?;
        Ok((store, query, results, time))
    }

    /// What `work` gives, which searches, when it has its turn.
    pub(super) async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.searches.take(work).await
    }

    /// The time.
    pub(super) fn time(&self) -> Time {
        (self.0.clock)()
    }

    /// What answers and is like `question`: tickets that were resolved and articles, as the site shows them; with the store
    /// that the places are of.
    pub(super) fn similar(
        &self,
        question: &Question,
        wanted: Wanted,
    ) -> Result<(Arc<Store>, Found), Problem> {
        self.ask(&self.now(), Among::Shown, |engine| {
            let store = engine.store();
            let answers = |item: Item| match item.ticket(store) {
                Some(thread) => thread.state.resolved.is_some() && thread.has_answer(|_| true),
                None => true,
            };
            engine.similar(question, answers, wanted)
        })
    }

    /// What `ask` gets of an index, with its store. An index that turns out to be damaged is made anew.
    fn ask<T>(
        &self,
        now: &Snapshot,
        among: Among,
        ask: impl Fn(&Engine) -> Result<T, IndexError>,
    ) -> Result<(Arc<Store>, T), Problem> {
        let mut engine = now.engine(among, &self.0.slots, false);
        let found = match ask(&engine) {
            Err(IndexError::Damaged(_) | IndexError::Version { .. }) => {
                engine = now.engine(among, &self.0.slots, true);
                ask(&engine)
            }
            other => other,
        };
        let found = found.map_err(|error| Problem::internal(error.to_string()))?;
        Ok((Arc::clone(engine.store()), found))
    }

    /// Reads what changed, and tells whoever listens. Returns whether anything had.
    pub(crate) fn reload(&self) -> Result<bool, ReloadError> {
        let store = (self.0.load)()?;
        if store.fingerprint() == self.now().fingerprint {
            return Ok(false);
        }
        let next = Snapshot::of(store, self.0.audience, &self.0.options)?;
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
    fn of(store: Store, audience: Audience, options: &BuildOptions) -> Result<Self, ReloadError> {
        let store = Arc::new(store);
        let fingerprint = store.fingerprint();
        let site = store.seen_by(View::of_site(audience, &store.settings));
        let seen = match audience {
            Audience::Public => Arc::clone(site.store()),
            Audience::Internal => Arc::clone(store.seen_by(View { audience, publish: Publish::All }).store()),
        };
        let site = Arc::new(Site::new(site, options.clone())?);
        Ok(Self { fingerprint, site, seen, shown_index: Kept::default(), seen_index: Kept::default() })
    }

    /// The index of what is searched; made `anew` where the one that is kept is damaged.
    fn engine(&self, among: Among, slots: &Slots, anew: bool) -> Arc<Engine> {
        match among {
            Among::Seen if !Arc::ptr_eq(&self.seen, self.site.store()) => {
                self.seen_index.get(&slots.seen, anew, || Arc::clone(&self.seen))
            }
            _ => self.shown_index.get(&slots.shown, anew, || Arc::clone(self.site.store())),
        }
    }
}

impl Kept {
    /// The lock is held while the index is opened, which all wait for, and not while it is searched.
    fn get(&self, slot: &CacheSlot, anew: bool, store: impl Fn() -> Arc<Store>) -> Arc<Engine> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if anew {
            let store = kept.as_ref().map_or_else(store, |engine| Arc::clone(engine.store()));
            return Arc::clone(kept.insert(Arc::new(Engine::open_anew(store, slot))));
        }
        Arc::clone(kept.get_or_insert_with(|| Arc::new(Engine::open(store(), slot))))
    }
}

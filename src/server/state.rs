//! The state that all handlers share: the current site, and the pages that listen for changes.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;

use super::{
    Problem, attachment_tags::AttachmentTags, page_cache::PageCache, shares::Shares, turns::WorkLimiter,
};
use crate::{
    api::ReportAnswer,
    index::IndexError,
    knowledge::{ReportOptions, clusters::Clusters, measure, proposals},
    query::{Query, QueryClock, QueryError},
    repo::{CacheSlot, RepoError},
    report::{GroupBy, newest_time},
    search::{Engine, Item, Question, Results, SimilarItems, SimilarLimits},
    settings::Publish,
    site::{BuildOptions, Site, SiteMemory},
    store::Store,
    text::Time,
    ticket::Thread,
    view::{Audience, View},
};

/// A function that loads the repository. It also returns the time before it began, in nanoseconds since 1970 by the clock of
/// the repository's file system.
pub(crate) type Loader = dyn Fn() -> Result<(Store, i64), RepoError> + Send + Sync;

/// A function that returns the current time.
pub(super) type Clock = dyn Fn() -> Time + Send + Sync;

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub(crate) struct ServerState(Arc<Shared>);

struct Shared {
    now: RwLock<Arc<Snapshot>>,
    slots: IndexSlots,
    clock: Box<Clock>,
    audience: Audience,
    options: BuildOptions,
    load: Box<Loader>,
    /// The current version of the site; empty when the server is closing.
    versions: watch::Sender<String>,
    searches: WorkLimiter,
    renderings: WorkLimiter,
    shares: Shares,
}

/// The caches for the search indexes of a view.
#[derive(Clone, Debug)]
pub(crate) struct IndexSlots {
    /// The cache for the index of everything that the site shows.
    pub shown: CacheSlot,
    /// The cache for the index of everything that the audience may see, including tickets without a page.
    pub seen: CacheSlot,
}

/// The repository at one moment. A request uses one snapshot, so that a change during the request does not affect it.
pub(super) struct Snapshot {
    /// A hash that changes when any file of the repository changes.
    fingerprint: [u8; 32],
    pub(super) site: Arc<Site>,
    /// The pages of `site` that were requested.
    pub(super) pages: PageCache,
    pub(super) attachment_tags: AttachmentTags,
    /// The store of everything that the audience may see.
    pub(super) seen: Arc<Store>,
    /// The index of everything that the site shows.
    shown_index: OnDemandIndex,
    /// The index of `seen`, if `seen` has more than the site shows.
    seen_index: OnDemandIndex,
}

/// An index that is opened on the first search.
#[derive(Default)]
struct OnDemandIndex(Mutex<Option<Arc<Engine>>>);

/// The set of tickets and articles to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SearchScope {
    /// Everything that the site shows.
    Site,
    /// Everything that the audience may see, including open tickets without a page.
    Audience,
}

fn bad_query(error: QueryError) -> Problem {
    Problem::bad_request(error.to_string())
}

impl ServerState {
    /// Loads the repository and builds the first site. `slots` are the caches for the search indexes of this view.
    pub(crate) fn new(
        load: Box<Loader>,
        clock: Box<Clock>,
        slots: IndexSlots,
        audience: Audience,
        options: BuildOptions,
    ) -> Result<Self, RepoError> {
        let (store, started_ns) = load()?;
        let first = Snapshot::of(
            store,
            audience,
            &options,
            SiteMemory::begin(started_ns, slots.shown.beside("neighbours")),
        );
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
            searches: WorkLimiter::on_half(),
            renderings: WorkLimiter::on_all(),
            shares: Shares::new(),
        })))
    }

    /// Returns the current snapshot.
    pub(super) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Finds the tickets that match every word and condition of a query, in the current snapshot. Returns them with the
    /// store that their indices refer to and the time of the search.
    pub(super) fn list(&self, query: &str) -> Result<(Arc<Store>, Query, Results, Time), Problem> {
        let now = self.now();
        let query = Query::parse(query, &now.seen.known_in_queries(None)).map_err(bad_query)?;
        let time = self.time();
        let ask = |engine: &Engine| engine.filter(&query, None, time);
        let (store, results) = self.ask(&now, SearchScope::Audience, ask)?;
        Ok((store, query, results, time))
    }

    /// Finds the tickets and articles of the site that have enough of a question, or, with `all_words`, all of it.
    /// `version` is the version of the results that are continued. Returns the result, the store that its indices
    /// refer to, the time of the search and the current version.
    pub(super) fn search(
        &self,
        query: &str,
        all_words: bool,
        version: Option<&str>,
    ) -> Result<(Arc<Store>, Results, Time, String), Problem> {
        let now = self.now();
        let current = now.site.version();
        if version.is_some_and(|version| version != current) {
            return Err(Problem::conflict(
                "the tickets changed since the first page of these results; search again without `version`",
            ));
        }
        let vocabulary = now.seen.known_in_queries(None);
        let time = self.time();
        let (store, results) = if all_words {
            let query = Query::parse(query, &vocabulary).map_err(bad_query)?;
            self.ask(&now, SearchScope::Site, |engine| engine.filter(&query, None, time))?
        } else {
            let query = Query::parse_question(query, &vocabulary).map_err(bad_query)?;
            self.ask(&now, SearchScope::Site, |engine| engine.search(&query, None, time))?
        };
        Ok((store, results, time, current))
    }

    /// Reports on the tickets that match a query, in the current snapshot.
    pub(super) fn report(&self, query: &str, by: Vec<GroupBy>) -> Result<ReportAnswer, Problem> {
        let now = self.now();
        let time = self.time();
        let query = Query::parse(query, &now.seen.known_in_queries(None)).map_err(bad_query)?;
        let notices = query.readings().iter().map(ToString::to_string).collect();
        let clock = newest_time(now.seen.threads.all().into_iter().map(|thread| &**thread), Some(time));
        let zone = now.seen.settings.zone();
        let (query, period) = query.split_period(&QueryClock { now: clock.unwrap_or(time), zone });
        let (store, results) =
            self.ask(&now, SearchScope::Audience, |engine| engine.filter(&query, None, time))?;
        let threads: Vec<&Thread> = results.hits.iter().filter_map(|hit| hit.item.ticket(&store)).collect();
        let known = now.site.clusters_for_team().filter(|(all, _)| Arc::ptr_eq(all, &store));
        let clusters = match known {
            Some((_, clusters)) => Cow::Borrowed(clusters),
            None => Cow::Owned(Clusters::of(&store, &CacheSlot::nowhere())),
        };
        let options = ReportOptions { now: Some(time), period, by };
        let report = measure(&store, &clusters, threads.clone(), options);
        let proposals = proposals(&store, &threads, &report);
        Ok(ReportAnswer {
            query: query.to_string(),
            report,
            proposals: proposals.into(),
            deflection: None,
            warnings: results.warnings(),
            notices,
        })
    }

    /// Returns whether the server is for the team.
    pub(super) fn is_internal(&self) -> bool {
        self.0.audience == Audience::Internal
    }

    /// Runs the search `work` when it gets a turn.
    pub(super) async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let failed = || Problem::internal("the search failed; see the output of the server");
        self.0.searches.take(work).await.unwrap_or_else(|| Err(failed()))
    }

    /// Renders a page, or reads a file, when it gets a turn. Returns `None` if `work` panics.
    pub(super) async fn render<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.0.renderings.take(work).await
    }

    /// Returns the shares of requests that keep a connection for long.
    pub(super) fn shares(&self) -> &Shares {
        &self.0.shares
    }

    pub(super) fn time(&self) -> Time {
        (self.0.clock)()
    }

    /// Finds resolved tickets and articles on the site that are similar to `question`. Returns them with the store that
    /// their indices refer to.
    pub(super) fn similar(
        &self,
        question: &Question,
        limits: SimilarLimits,
    ) -> Result<(Arc<Store>, SimilarItems), Problem> {
        self.ask(&self.now(), SearchScope::Site, |engine| {
            let store = engine.store();
            let answers = |item: Item| match item.ticket(store) {
                Some(thread) => {
                    thread.state.resolved.is_some()
                        && thread.has_answer(store.answer_sections(thread), |_| true)
                }
                None => true,
            };
            engine.similar(question, answers, limits)
        })
    }

    /// Runs `ask` on an index and returns the result with the index's store. Rebuilds a damaged index.
    fn ask<T>(
        &self,
        now: &Snapshot,
        scope: SearchScope,
        ask: impl Fn(&Engine) -> Result<T, IndexError>,
    ) -> Result<(Arc<Store>, T), Problem> {
        let mut engine = now.engine(scope, &self.0.slots, false);
        let found = match ask(&engine) {
            Err(IndexError::Damaged(_) | IndexError::Version { .. }) => {
                engine = now.engine(scope, &self.0.slots, true);
                ask(&engine)
            }
            other => other,
        };
        let found = found.map_err(|error| Problem::internal(error.to_string()))?;
        Ok((Arc::clone(engine.store()), found))
    }

    /// Loads the changed files and notifies the pages that listen. Returns true if there were any changes.
    pub(crate) fn reload(&self) -> Result<bool, RepoError> {
        let (store, started_ns) = (self.0.load)()?;
        let now = self.now();
        if store.state_hash() == now.fingerprint {
            return Ok(false);
        }
        let next = Snapshot::of(store, self.0.audience, &self.0.options, now.site.memory(started_ns));
        let version = next.site.version();
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        self.0.versions.send_if_modified(|current| {
            let open = !current.is_empty();
            if open {
                *current = version;
            }
            open
        });
        Ok(true)
    }

    /// Subscribes to the versions of the site.
    pub(super) fn versions(&self) -> watch::Receiver<String> {
        self.0.versions.subscribe()
    }

    /// Returns whether the server sends events to pages.
    pub(super) fn sends_events(&self) -> bool {
        self.0.options.events.is_some()
    }

    /// Ends the event streams, which would otherwise keep connections open.
    pub(super) fn close(&self) {
        self.0.versions.send_replace(String::new());
    }
}

impl Snapshot {
    fn of(store: Store, audience: Audience, options: &BuildOptions, memory: SiteMemory) -> Self {
        let store = Arc::new(store);
        let fingerprint = store.state_hash();
        let site = store.seen_by(View::of_site(audience, &store.settings));
        let seen = match audience {
            Audience::Public => Arc::clone(site.store()),
            Audience::Internal => Arc::clone(store.seen_by(View { audience, publish: Publish::All }).store()),
        };
        let site = Arc::new(Site::after(site, options.clone(), memory));
        Self {
            fingerprint,
            site,
            pages: PageCache::new(),
            attachment_tags: AttachmentTags::default(),
            seen,
            shown_index: OnDemandIndex::default(),
            seen_index: OnDemandIndex::default(),
        }
    }

    /// Returns the index for `scope`. With `rebuild`, the index is rebuilt because its cache is damaged.
    fn engine(&self, scope: SearchScope, slots: &IndexSlots, rebuild: bool) -> Arc<Engine> {
        match scope {
            SearchScope::Audience if !Arc::ptr_eq(&self.seen, self.site.store()) => {
                self.seen_index.get(&slots.seen, rebuild, || Arc::clone(&self.seen))
            }
            _ => self.shown_index.get(&slots.shown, rebuild, || Arc::clone(self.site.store())),
        }
    }
}

impl OnDemandIndex {
    /// Returns the index, and opens it first if necessary. The lock is held while the index is opened but not while it
    /// is searched.
    fn get(&self, slot: &CacheSlot, rebuild: bool, store: impl Fn() -> Arc<Store>) -> Arc<Engine> {
        let mut engine = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rebuild {
            let store = engine.as_ref().map_or_else(store, |engine| Arc::clone(engine.store()));
            return Arc::clone(engine.insert(Arc::new(Engine::rebuild(store, slot))));
        }
        Arc::clone(engine.get_or_insert_with(|| Arc::new(Engine::open(store(), slot))))
    }
}

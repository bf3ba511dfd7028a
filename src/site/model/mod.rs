//! The data of a site and its connections, computed once before any page is rendered.

mod access;
mod digest;
mod document_names;
mod groups;
mod lists;
mod near;
mod persons;
mod relations;
mod summaries;
mod values;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use self::digest::{TextSummary, digest};
use self::document_names::DocumentNames;
use self::near::NearTickets;
use self::summaries::StampedSummary;
use super::inputs::ListKey;
use crate::knowledge::articles::ArticleHealth;
use crate::knowledge::clusters::Clusters;
use crate::knowledge::proposed_reply::ProposalUse;
use crate::knowledge::{ReportOptions, measure, proposals};
use crate::repo::CacheSlot;
use crate::report::{Due, GroupBy, Report, ServiceLevels};
use crate::search::join::RelatedTicket;
use crate::store::Store;
use crate::text::{RepoPath, Time, normal_form};
use crate::ticket::Thread;
use crate::view::{Audience, View, ViewStore};

pub(super) use self::lists::{ListPart, closed_parts};
pub(super) use self::persons::PersonPage;
pub(super) use self::summaries::KnownSummaries;
pub(super) use self::values::{InputValue, InputValues, hash};

/// The groups on the page of the report.
const GROUPS: [GroupBy; 4] = [GroupBy::Service, GroupBy::Template, GroupBy::Tag, GroupBy::Person];

/// The index of a ticket in the store and in [`Model::tickets`].
pub(super) type TicketNo = usize;
/// The index of an article in the store and in [`Model::articles`].
pub(super) type ArticleNo = usize;

/// A page that a link can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedPage {
    Ticket(TicketNo),
    Article(ArticleNo),
}

/// The data that a site shows.
///
/// The methods of [`access`] return it and note it as an input of the page that is being rendered, so no field is public.
pub(super) struct Model {
    store: Arc<Store>,
    /// All tickets, also those without a page; `None` for the public.
    all: Option<Arc<Store>>,
    report: OnceLock<(Report, ProposalUse)>,
    near: NearTickets,
    view: View,
    summaries: Vec<StampedSummary>,
    tickets: Vec<TicketPage>,
    articles: Vec<ArticlePage>,
    /// The health of each article.
    health: Vec<ArticleHealth>,
    services: Vec<ServicePage>,
    tags: Vec<TagPage>,
    resolved: Vec<TicketNo>,
    /// The answered tickets of each service, and of all services, ordered by opening time.
    answered: HashMap<Option<String>, Vec<TicketNo>>,
    open: Vec<TicketNo>,
    /// The people who asked or replied, by id and sorted; empty on a public site.
    people: IndexMap<String, PersonPage>,
    /// The published attachments with their tickets, ordered by path.
    attachments: Vec<(RepoPath, TicketNo)>,
    as_of: Option<Time>,
    zone: TimeZone,
    by_name: HashMap<String, TicketNo>,
    by_slug: HashMap<String, ArticleNo>,
    by_document: DocumentNames,
    service_at: HashMap<String, usize>,
    tag_at: HashMap<String, usize>,
    /// The lists that are divided into parts, once a part is asked for.
    lists: OnceLock<HashMap<ListKey, Vec<TicketNo>>>,
}

/// The data of a ticket's page, in addition to the ticket.
pub(super) struct TicketPage {
    pub(super) digest: TextSummary,
    /// When the ticket is due.
    pub(super) due: Option<Time>,
    /// After this time, it is at risk.
    pub(super) at_risk_after: Option<Time>,
    /// The number of reports: the ticket itself, its duplicates, and the tickets that it answered.
    pub(super) asked: usize,
    pub(super) duplicates: Vec<TicketNo>,
    /// The tickets that were resolved with this ticket's answer.
    pub(super) answers: Vec<TicketNo>,
    /// The tickets that this ticket lists as related, or that list this ticket.
    pub(super) related: BTreeSet<TicketNo>,
    /// The tickets whose text mentions this ticket.
    pub(super) mentions: Vec<TicketNo>,
    /// The articles that are based on this ticket.
    pub(super) articles: Vec<ArticleNo>,
}

/// The data of an article's page, in addition to the article.
pub(super) struct ArticlePage {
    /// The beginning of the fix, or else of the text.
    pub(super) excerpt: String,
    /// What the excerpt is from: `fix` or `problem`.
    pub(super) excerpt_of: &'static str,
    /// The tickets on the site that the article is based on.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) superseded_by: Option<ArticleNo>,
    /// The tickets that were resolved with this article.
    pub(super) answers: Vec<TicketNo>,
}

/// A service that has a page.
pub(super) struct ServicePage {
    pub(super) id: String,
    /// The tickets of the service and of its modules, ordered by opening time.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) articles: Vec<ArticleNo>,
    /// The modules of the service that have a page.
    pub(super) modules: Vec<usize>,
}

/// A tag that has a page.
pub(super) struct TagPage {
    /// The spelling that occurred first.
    pub(super) name: String,
    /// The tickets with the tag, ordered by opening time.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) articles: Vec<ArticleNo>,
}

/// Returns the key of a tag. Spellings in other letter case, such as `Export` and `export`, or in another Unicode form are
/// one tag.
pub(super) fn tag_key(tag: &str) -> String {
    normal_form(tag.trim()).to_lowercase()
}

impl Model {
    /// Computes the data of everything in `seen`. Reads only texts whose summaries are not `known`. `neighbours` is the
    /// cache of the lists of near tickets of this view.
    pub(super) fn new(seen: ViewStore, known: &KnownSummaries, neighbours: &CacheSlot) -> Self {
        let (store, view) = (Arc::clone(seen.store()), seen.view());
        let all = seen.all().map(Arc::clone);
        let zone = store.settings.zone();
        let by_name = relations::names(&store);
        let places = 0..store.threads.all().len();
        let are_known = known.are_of(&store);
        let summary = |place| known.summary(&store, place, are_known);
        let texts = || -> (Vec<StampedSummary>, Vec<TextSummary>) {
            let summaries: Vec<StampedSummary> = places.clone().into_par_iter().map(summary).collect();
            let digests = places.into_par_iter().map(|n| digest(&store, n, &summaries, &by_name)).collect();
            (summaries, digests)
        };
        let (by_document, (summaries, digests)) = rayon::join(|| DocumentNames::of(&store), texts);
        let levels = ServiceLevels::of(&store.settings);
        let page = |digest: TextSummary, due: Option<Due>| TicketPage {
            digest,
            due: due.map(|due| due.at),
            at_risk_after: due.map(Due::last_without_risk),
            asked: 1,
            duplicates: Vec::new(),
            answers: Vec::new(),
            related: BTreeSet::new(),
            mentions: Vec::new(),
            articles: Vec::new(),
        };
        let tickets = digests.into_iter().zip(store.threads.all());
        let tickets = tickets.map(|(digest, thread)| page(digest, levels.due(thread))).collect();
        let mut model = Self {
            all,
            report: OnceLock::new(),
            near: NearTickets::new(&store, seen.all().unwrap_or(&store).clone(), neighbours.clone()),
            view,
            summaries,
            tickets,
            articles: Vec::new(),
            health: Vec::new(),
            services: Vec::new(),
            tags: Vec::new(),
            resolved: Vec::new(),
            answered: HashMap::new(),
            open: Vec::new(),
            people: IndexMap::new(),
            attachments: Vec::new(),
            as_of: None,
            zone,
            by_name,
            by_slug: HashMap::new(),
            by_document,
            service_at: HashMap::new(),
            tag_at: HashMap::new(),
            lists: OnceLock::new(),
            store: Arc::clone(&store),
        };
        model.add_articles();
        model.add_health();
        model.connect_tickets();
        model.group_by_status();
        model.group_answered();
        model.add_tags();
        model.add_services();
        model.find_attachments();
        if model.view.audience == Audience::Internal {
            model.group_by_person();
        }
        model
    }

    /// Returns the report of all tickets, and what became of proposed replies in its period. It is made on demand, because few
    /// pages need it. Without a clock, the files alone decide, so that the same files give the same page.
    fn measured(&self) -> Option<&(Report, ProposalUse)> {
        let all = self.all.as_ref()?;
        Some(self.report.get_or_init(|| {
            let threads: Vec<&Thread> = all.threads.all().into_iter().map(|thread| &**thread).collect();
            let options = ReportOptions { by: GROUPS.to_vec(), ..ReportOptions::default() };
            let report = measure(all, self.near.clusters(), threads.clone(), options);
            let proposals = proposals(all, &threads, &report);
            (report, proposals)
        }))
    }

    /// Compares the tickets, which pages that are rendered in parallel need.
    pub(super) fn prepare_lists(&self) {
        self.near.lists();
    }

    /// Compares the tickets and makes the report.
    pub(super) fn prepare_report(&self) {
        self.near.lists();
        self.measured();
    }

    /// Returns the clusters of all tickets, also of those without a page, with their store; `None` for the public.
    pub(super) fn clusters_for_team(&self) -> Option<(&Arc<Store>, &Clusters)> {
        self.all.as_ref().map(|all| (all, self.near.clusters()))
    }

    /// Returns the tickets with a page that are similar to ticket `n`, the most similar first.
    pub(super) fn similar_to(&self, n: TicketNo) -> Vec<(TicketNo, &RelatedTicket)> {
        self.near.similar_to(n)
    }

    /// Returns the summaries of all tickets' texts, for the next build.
    pub(super) fn summaries(&self) -> &[StampedSummary] {
        &self.summaries
    }
}

//! The similar tickets on each page. They are computed only from tickets on the site, so that they do not reveal
//! anything about hidden tickets.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::Site;
use super::context::{MatchReason, TicketRow};
use super::inputs::{Input, note};
use super::model::{InputValue, TicketNo, hash};
use crate::search::{
    join::{FormerDocument, JoinedDocuments, RelatedTicket, TicketReach, join, stale},
    similar::Reason,
    site_texts::SiteTexts,
};

/// The maximum number of similar tickets on a page.
const MAX_SIMILAR: usize = 5;

/// The number of tickets that are searched for. A page already links some of them elsewhere.
const MOST_FOUND: usize = 2 * MAX_SIMILAR;

/// A page shows at least this many tickets to go on with, if the site has them.
const FEWEST: usize = 3;

/// The maximum number of reasons for a ticket of the same service.
const MOST_REASONS: usize = 3;

/// Where to go on from a page.
pub(super) struct FurtherTickets {
    pub(super) similar: Vec<TicketRow>,
    /// Tickets of the same service that were opened about the same time.
    pub(super) near: Vec<TicketRow>,
}

/// A ticket that is similar to another one.
#[derive(Clone)]
pub(super) struct Similar {
    pub(super) ticket: TicketNo,
    /// The similarity in millionths.
    pub(super) score: u32,
    /// The properties that both tickets share.
    why: Vec<Reason>,
}

impl From<RelatedTicket> for Similar {
    fn from(related: RelatedTicket) -> Self {
        Self { ticket: related.ticket, score: related.score, why: related.why }
    }
}

/// The similar tickets of some or all tickets.
pub(super) struct SimilarLists {
    /// The list of each ticket, if it was made.
    lists: Vec<Option<Vec<Similar>>>,
    /// What each of these lists depends on, by the place of the ticket among the documents.
    reaches: HashMap<usize, TicketReach>,
}

impl SimilarLists {
    /// Makes the lists that can differ from those of the last build, and those of `wanted`. If no last build is known, makes
    /// all.
    pub(super) fn since(site: &Site, texts: &SiteTexts, wanted: impl Iterator<Item = TicketNo>) -> Self {
        let documents = texts.joined(site.store());
        let stale = texts.change().and_then(|change| stale(documents, &change));
        let is_ticket = |place: &usize| documents.items[*place].place().is_some();
        let Some(stale) = stale else {
            let all: Vec<usize> = (0..documents.items.len()).filter(is_ticket).collect();
            return Self::of(site, documents, &all);
        };
        let wanted: HashSet<TicketNo> = wanted.collect();
        let is_wanted = |place: &usize| documents.items[*place].place().is_some_and(|n| wanted.contains(&n));
        let wanted = (0..documents.items.len()).filter(is_wanted);
        let places: BTreeSet<usize> = stale.into_iter().chain(wanted).collect();
        Self::of(site, documents, &places.into_iter().collect::<Vec<_>>())
    }

    fn of(site: &Site, documents: JoinedDocuments<'_>, places: &[usize]) -> Self {
        let mut lists: Vec<Option<Vec<Similar>>> = Vec::new();
        lists.resize_with(site.model.ticket_count(), || None);
        let mut reaches = HashMap::with_capacity(places.len());
        for (place, found) in places.iter().zip(join(documents, places, MOST_FOUND)) {
            if let Some(n) = documents.items[*place].place() {
                lists[n] = Some(found.tickets.into_iter().map(Similar::from).collect());
                reaches.insert(*place, found.reach);
            }
        }
        Self { lists, reaches }
    }

    /// Returns the similar tickets of ticket `n`; `None` if the list is as in the last build.
    pub(super) fn list(&self, n: TicketNo) -> Option<&[Similar]> {
        self.lists.get(n)?.as_deref()
    }

    /// Returns what is stored of the document at `place` for the next build.
    pub(super) fn stored(&self, site: &Site, texts: &SiteTexts, place: usize) -> FormerDocument {
        let item = texts.documents().items[place];
        let reach = self.reaches.get(&place).or_else(|| texts.former_reach(place)).cloned();
        FormerDocument::of(site.store(), item, reach)
    }
}

impl Site {
    /// Returns the value of [`Input::Similar`] for the ticket `id`.
    pub(super) fn similar_value(&self, id: &str) -> InputValue {
        let Some(n) = self.model.find(id) else { return Some(0) };
        let name = |similar: &Similar| self.model.thread(similar.ticket).id().to_owned();
        // Only the proposed reply depends on the scores.
        let proposes = self.proposes_reply(n);
        let all: Vec<(String, Vec<String>, Option<u32>)> = self
            .similar_to(n)
            .iter()
            .map(|similar| {
                let why = similar.why.iter().map(ToString::to_string).collect();
                (name(similar), why, proposes.then_some(similar.score))
            })
            .collect();
        Some(hash(&all))
    }

    /// Returns whether the list of tickets similar to `id` can differ from that of the last build.
    pub(super) fn may_have_other_similar(&self, id: &str) -> bool {
        let is_made = |n| self.similar.get().is_some_and(|lists| lists.list(n).is_some());
        self.model.find(id).is_none_or(is_made)
    }

    /// Returns the tickets that are similar to ticket `n`.
    pub(super) fn similar_to(&self, n: TicketNo) -> Cow<'_, [Similar]> {
        if let Some(list) = self.similar.get().and_then(|lists| lists.list(n)) {
            return Cow::Borrowed(list);
        }
        let texts = self.texts();
        let documents = texts.joined(self.store());
        let terms = self.ticket_terms.get_or_init(|| documents.ticket_terms());
        let place = documents.items.iter().position(|item| item.place() == Some(n));
        let found = place.map(|place| documents.similar_to(place, terms, MOST_FOUND)).unwrap_or_default();
        Cow::Owned(found.into_iter().map(Similar::from).collect())
    }

    /// Returns where to go on from the page of `n`: the similar tickets, and if they are few, tickets of the same service.
    /// Leaves out tickets that the page already links for another reason.
    pub(super) fn further(&self, n: TicketNo) -> FurtherTickets {
        let shown = self.model.ticket(n);
        let state = &self.model.thread(n).state;
        let referenced =
            state.answered_by.iter().chain(&state.duplicate_of).filter_map(|id| self.model.find(id));
        let mut linked: HashSet<TicketNo> = referenced.collect();
        linked.extend(shown.related.iter().chain(&shown.duplicates).chain(&shown.answers));
        note(|| Input::Similar(self.model.thread(n).id().to_owned()));
        let all = self.similar_to(n);
        let new = all.iter().filter(|similar| !linked.contains(&similar.ticket));
        let shown: Vec<&Similar> = new.take(MAX_SIMILAR).collect();
        let mut linked: HashSet<TicketNo> = linked.iter().copied().collect();
        linked.extend(shown.iter().map(|similar| similar.ticket));
        let near = self.model.near(n).into_iter().filter(|other| !linked.contains(other));
        let near = near.take(FEWEST.saturating_sub(shown.len()));
        FurtherTickets {
            near: near.map(|other| TicketRow { why: self.shared(n, other), ..self.row(other) }).collect(),
            similar: shown
                .into_iter()
                .map(|similar| TicketRow {
                    why: similar.why.iter().map(|why| self.match_reason(why)).collect(),
                    ..self.row(similar.ticket)
                })
                .collect(),
        }
    }

    /// Returns the fields that two tickets of one service share. The heading of their list names the service.
    fn shared(&self, one: TicketNo, other: TicketNo) -> Vec<MatchReason> {
        let (one, other) = (&self.model.thread(one).state, &self.model.thread(other).state);
        let fields = one.fields.iter().filter(|field| other.fields.contains(field)).take(MOST_REASONS);
        let same = |(name, _): &(String, _)| self.field_label(name).to_lowercase();
        fields.map(same).map(|what| MatchReason { what, same: true }).collect()
    }
}

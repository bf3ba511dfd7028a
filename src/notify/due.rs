//! The digest of what is due.

use jiff::tz::TimeZone;

use super::{Link, Message, Part};
use crate::{
    report::{Attention, AttentionReason},
    settings::Settings,
    text::{Plural, Time, age},
    ticket::Thread,
};

/// An article whose answer may no longer be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DoubtfulArticle {
    pub slug: String,
    pub title: String,
    /// Why it is in doubt, such as `not reviewed for 180 days`.
    pub reason: String,
}

/// What needs somebody.
pub(crate) struct DueList<'a> {
    pub tickets: Vec<Attention<'a>>,
    pub articles: Vec<DoubtfulArticle>,
    /// The span of the risk in seconds.
    pub within: i64,
}

impl<'a> DueList<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.articles.is_empty()
    }

    /// Returns the tickets by reason, most urgent first, without empty groups, each with its heading.
    pub(crate) fn groups(&self) -> Vec<(String, Vec<&Attention<'a>>)> {
        let group = |reason: AttentionReason| {
            let tickets: Vec<&Attention<'a>> =
                self.tickets.iter().filter(|ticket| ticket.reason == reason).collect();
            let heading = match reason {
                AttentionReason::Overdue => "overdue".to_owned(),
                AttentionReason::AtRisk => format!("due within {}", age::span(self.within)),
                AttentionReason::Silent => "waiting for the requester".to_owned(),
            };
            (heading, tickets)
        };
        AttentionReason::ALL.into_iter().map(group).filter(|(_, tickets)| !tickets.is_empty()).collect()
    }
}

/// Returns how late a ticket is, as `3 hours late`, `due in 3 hours` or `silent for 8 days`.
pub(crate) fn lateness(ticket: &Attention<'_>, now: Time) -> String {
    let span = age::span((now.seconds() - ticket.at.seconds()).abs());
    match ticket.reason {
        AttentionReason::Overdue => format!("{span} late"),
        AttentionReason::AtRisk => format!("due in {span}"),
        AttentionReason::Silent => format!("silent for {span}"),
    }
}

/// Composes the digest.
pub(crate) fn due_message(list: &DueList<'_>, settings: &Settings, now: Time) -> Message {
    let zone = settings.zone();
    let mut parts = Vec::new();
    for (heading, tickets) in list.groups() {
        parts.push(Part::Heading(format!("{} ({})", capitalised(&heading), tickets.len())));
        parts.extend(tickets.iter().map(|ticket| Part::Item {
            title: title_of(ticket.thread).to_owned(),
            facts: facts(ticket, settings, now, &zone),
            link: Link::ticket(ticket.thread.id(), settings),
        }));
    }
    if !list.articles.is_empty() {
        parts.push(Part::Heading(format!("Articles in doubt ({})", list.articles.len())));
        parts.extend(list.articles.iter().map(|article| Part::Item {
            title: article.title.clone(),
            facts: article.reason.clone(),
            link: Link::article(&article.slug, settings),
        }));
    }
    if parts.is_empty() {
        parts.push(Part::Sentence("Nothing is due.".to_owned()));
    }
    Message { subject: format!("{}: {}", settings.title, summary(list)), parts }
}

/// Returns the numbers of the list, as `2 tickets overdue, 1 at risk`.
pub(crate) fn summary(list: &DueList<'_>) -> String {
    let count = |reason| list.tickets.iter().filter(|ticket| ticket.reason == reason).count();
    let parts = [
        (count(AttentionReason::Overdue), "ticket", " overdue"),
        (count(AttentionReason::AtRisk), "ticket", " at risk"),
        (count(AttentionReason::Silent), "silent requester", ""),
        (list.articles.len(), "article", " in doubt"),
    ];
    let parts = parts.into_iter().filter(|(count, _, _)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, noun, end)| format!("{}{end}", Plural(count, noun))).collect();
    if parts.is_empty() { "nothing is due".to_owned() } else { parts.join(", ") }
}

/// Returns the facts of a ticket on one line.
fn facts(ticket: &Attention<'_>, settings: &Settings, now: Time, zone: &TimeZone) -> String {
    let thread = ticket.thread;
    let when = ticket.at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let since = if ticket.reason == AttentionReason::Silent { "since " } else { "" };
    let mut facts = vec![format!("{} ({since}{when})", lateness(ticket, now))];
    facts.extend(ticket.level.map(|level| level.name().to_owned()));
    facts.push(format!("priority {}", thread.priority()));
    facts.extend(thread.state.service.clone());
    facts.push(match &thread.state.assignee {
        Some(assignee) => format!("assigned to {}", settings.person_name(assignee)),
        None => "not assigned".to_owned(),
    });
    if ticket.reason == AttentionReason::Silent && !thread.state.asks.is_empty() {
        facts.push(format!("asked for {}", thread.state.asks.join(" and ")));
    }
    facts.join(", ")
}

/// The maximum length of a title in a message, in characters. Chats refuse long messages.
const LONGEST_TITLE: usize = 200;

/// Returns the beginning of the title of a ticket, or its id if it has no title.
pub(super) fn title_of(thread: &Thread) -> &str {
    let title = thread.ticket.title.trim();
    let end = title.char_indices().nth(LONGEST_TITLE).map_or(title.len(), |(end, _)| end);
    if title.is_empty() { thread.id() } else { &title[..end] }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

//! The JSON of `casebook due`.

use serde::Serialize;
use utoipa::ToSchema;

use super::TicketSummary;
use crate::{
    report::{Attention, ServiceLevel, ServiceLevels},
    text::Time,
};

/// What needs somebody
#[derive(Serialize, ToSchema)]
pub(crate) struct DueAnswer {
    /// The tickets, most urgent first
    pub tickets: Vec<DueTicket>,
    /// The number of tickets
    pub total: usize,
    /// Articles whose answer may no longer be true
    pub articles: Vec<DueArticle>,
    /// The time for which this holds
    pub now: Time,
    /// The number of seconds before its due time from which a ticket is at risk
    pub within: i64,
    /// The number of seconds after which a requester who was asked is silent
    pub silent: i64,
}

/// A ticket that needs somebody
#[derive(Serialize, ToSchema)]
pub(crate) struct DueTicket {
    #[serde(flatten)]
    pub summary: TicketSummary,
    /// `overdue`, `at-risk` (due soon) or `silent` (the requester was asked and does not answer)
    pub reason: &'static str,
    /// The service level that ended or ends soon: `first-response` or `resolution`; null for a silent requester
    #[schema(required)]
    pub service_level: Option<&'static str>,
    /// The time of the newest message, for a silent requester; null otherwise
    #[schema(required)]
    pub silent_since: Option<Time>,
}

impl DueTicket {
    /// Describes a ticket that needs somebody at the time `now`.
    pub(crate) fn of(ticket: &Attention<'_>, levels: &ServiceLevels<'_>, now: Time) -> Self {
        Self {
            summary: TicketSummary::of(ticket.thread, levels, now),
            reason: ticket.reason.key(),
            service_level: ticket.level.map(ServiceLevel::key),
            silent_since: ticket.level.is_none().then_some(ticket.at),
        }
    }
}

/// An article whose answer may no longer be true
#[derive(Serialize, ToSchema)]
pub(crate) struct DueArticle {
    pub slug: String,
    pub title: String,
    /// Why the article is in doubt
    pub reason: String,
}

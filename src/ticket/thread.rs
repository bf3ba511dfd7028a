//! A ticket with its replies and current state.

use serde::{Deserialize, Serialize};

use super::{
    reply::Reply,
    status::{Priority, Resolution, Status, Visibility},
    ticket::Ticket,
    value::YamlValue,
};
use crate::text::Time;

/// A ticket, its replies and its current state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// The ticket as the requester wrote it.
    pub ticket: Ticket,
    /// Replies sorted by time; replies without author or time come last.
    pub replies: Vec<Reply>,
    /// The state after all replies.
    pub state: TicketState,
    /// The branch of the pull request that adds the ticket; `None` if the ticket is merged.
    pub in_review: Option<String>,
}

/// The current state of a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketState {
    pub status: Status,
    /// How the ticket was resolved; `None` unless its status is resolved.
    pub resolution: Option<Resolution>,
    /// The id of the ticket that it duplicates; `None` unless its status is resolved.
    pub duplicate_of: Option<String>,
    /// Ids of the tickets or slugs of the articles that contain the answer; empty unless its status is resolved.
    pub answered_by: Vec<String>,
    pub assignee: Option<String>,
    /// Requested fields and sections that are still missing.
    pub asks: Vec<String>,
    /// The service after triage.
    pub service: Option<String>,
    /// The priority after triage.
    pub priority: Option<Priority>,
    /// The tags after triage.
    pub tags: Vec<String>,
    /// Places that the requester visited before, oldest first.
    pub came_from: Vec<String>,
    /// The effective visibility, including the default of the settings.
    pub visibility: Visibility,
    /// Ids of related tickets.
    pub related: Vec<String>,
    /// Former ids.
    pub aliases: Vec<String>,
    /// Template fields after triage.
    pub fields: Vec<(String, YamlValue)>,
    /// Each change of the status with its time, oldest first. A ticket starts open.
    pub status_changes: Vec<(Time, Status)>,
    /// When the ticket was last resolved, even if it was reopened later.
    pub resolved: Option<Time>,
    /// The index in [`Thread::replies`] of the reply that last resolved the ticket.
    pub resolved_by: Option<u32>,
    /// The time of the newest reply; without replies, the time of opening.
    pub updated: Option<Time>,
    /// The number of times that the ticket was reopened.
    pub reopened: u32,
}

impl Thread {
    pub fn id(&self) -> &str {
        &self.ticket.id
    }

    /// Returns the priority; the default is `normal`.
    pub fn priority(&self) -> Priority {
        self.state.priority.unwrap_or(Priority::Normal)
    }

    /// Returns the reply that last resolved the ticket.
    pub fn resolving_reply(&self) -> Option<&Reply> {
        self.replies.get(usize::try_from(self.state.resolved_by?).ok()?)
    }

    /// Returns true if `reply` is an internal note: an internal reply on a public ticket.
    pub fn is_note(&self, reply: &Reply) -> bool {
        reply.is_note_on(self.state.visibility)
    }

    /// Returns true if readers of the public site may see `reply`.
    pub fn is_public(&self, reply: &Reply) -> bool {
        self.state.visibility == Visibility::Public && reply.visibility != Some(Visibility::Internal)
    }

    /// Returns when the ticket was resolved; `None` if it was reopened later.
    pub fn resolved(&self) -> Option<Time> {
        self.state.resolved.filter(|_| self.state.status == Status::Resolved)
    }

    /// Returns when the ticket was resolved for the first time, even if it was reopened later.
    pub fn first_resolved(&self) -> Option<Time> {
        let mut changes = self.state.status_changes.iter();
        changes.find(|(_, status)| *status == Status::Resolved).map(|(time, _)| *time)
    }

    /// Returns the value of a template field after triage.
    pub fn field(&self, name: &str) -> Option<&YamlValue> {
        self.state.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

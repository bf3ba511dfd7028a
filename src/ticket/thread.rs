//! A ticket with its replies and the state that follows from both.

use serde::{Deserialize, Serialize};

use super::{
    reply::Reply,
    status::{Priority, Resolution, Status, Visibility},
    ticket::Ticket,
    value::Value,
};
use crate::text::Time;

/// A ticket with all that happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// As its requester wrote it.
    pub ticket: Ticket,
    /// Its replies in the order of the fold; those without author or time last.
    pub replies: Vec<Reply>,
    /// What follows from both.
    pub state: State,
}

/// What a ticket is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Where it stands.
    pub status: Status,
    /// How it was resolved; only while it is.
    pub resolution: Option<Resolution>,
    /// The ticket that it is the same as; only while it is resolved.
    pub duplicate_of: Option<String>,
    /// Tickets or articles that held the answer; only while it is resolved.
    pub answered_by: Vec<String>,
    /// Who takes care of it.
    pub assignee: Option<String>,
    /// Fields and sections that were asked for and are still missing.
    pub asks: Vec<String>,
    /// The service, after triage.
    pub service: Option<String>,
    /// The priority, after triage.
    pub priority: Option<Priority>,
    /// The tags, after triage.
    pub tags: Vec<String>,
    /// Where the requester came from.
    pub came_from: Vec<String>,
    /// Who may see it, settings included.
    pub visibility: Visibility,
    /// Ids of tickets that have to do with it.
    pub related: Vec<String>,
    /// Ids that it had before.
    pub aliases: Vec<String>,
    /// Template fields, after triage.
    pub fields: Vec<(String, Value)>,
    /// When somebody other than the requester first answered for the requester to see.
    pub first_response: Option<Time>,
    /// When it was last resolved, whether or not it was reopened since.
    pub resolved: Option<Time>,
    /// The place in [`Thread::replies`] of the reply that last resolved it.
    pub resolved_by: Option<u32>,
    /// When it was last heard of: its newest reply, or its opening.
    pub updated: Option<Time>,
    /// How often it left resolved.
    pub reopened: u32,
}

impl Thread {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.ticket.id
    }

    /// The priority, `normal` where nobody said.
    pub fn priority(&self) -> Priority {
        self.state.priority.unwrap_or(Priority::Normal)
    }

    /// The reply that last resolved it.
    pub fn resolving_reply(&self) -> Option<&Reply> {
        self.replies.get(usize::try_from(self.state.resolved_by?).ok()?)
    }

    /// Whether `reply` is an internal note: internal on a ticket that is not.
    pub fn is_note(&self, reply: &Reply) -> bool {
        reply.is_note_on(self.state.visibility)
    }

    /// Whether a person outside may see `reply`.
    pub fn is_public(&self, reply: &Reply) -> bool {
        self.state.visibility == Visibility::Public && reply.visibility != Some(Visibility::Internal)
    }

    /// When it was resolved, if it was not opened again since.
    pub fn resolved(&self) -> Option<Time> {
        self.state.resolved.filter(|_| self.state.status == Status::Resolved)
    }

    /// The value of a template field, after triage.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.state.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

//! The JSON of tickets.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::{ReplyDetail, Suggestion};
use crate::{
    store::Store,
    text::{RepoPath, Time},
    ticket::{Priority, Resolution, Status, Thread, TicketState, Visibility},
};

/// A ticket with its state, without its text and its replies
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketSummary {
    /// The file's stem, unique in the repository
    pub id: String,
    /// The id or address in the tracker that the ticket was imported from
    #[schema(required)]
    pub source: Option<String>,
    pub title: String,
    pub status: Status,
    /// How the ticket was resolved; null while it is not
    #[schema(required)]
    pub resolution: Option<Resolution>,
    pub template: String,
    #[schema(required)]
    pub service: Option<String>,
    pub priority: Priority,
    #[schema(required)]
    pub requester: Option<String>,
    #[schema(required)]
    pub assignee: Option<String>,
    #[schema(required)]
    pub created: Option<Time>,
    /// When the ticket was opened or last replied to
    #[schema(required)]
    pub updated: Option<Time>,
    /// When somebody other than the requester first replied
    #[schema(required)]
    pub first_response: Option<Time>,
    /// When the ticket was last resolved, also if it was reopened since
    #[schema(required)]
    pub resolved: Option<Time>,
    pub tags: Vec<String>,
    /// Where the requester came from, oldest first
    pub path: Vec<String>,
    pub visibility: Visibility,
    /// The ticket that this one is a duplicate of
    #[schema(required)]
    pub duplicate_of: Option<String>,
    /// Tickets and articles that contain the answer
    pub answered_by: Vec<String>,
    /// Fields and sections that were asked for and are still missing
    pub asks: Vec<String>,
    /// Ids of related tickets
    pub related: Vec<String>,
    /// Ids that the ticket had before
    pub aliases: Vec<String>,
    /// The fields of the ticket's template, in the order of the ticket
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Map<String, Json>,
    pub reply_count: usize,
}

impl TicketSummary {
    /// Describes `thread` as it is now.
    pub(crate) fn of(thread: &Thread) -> Self {
        let Thread { ticket, state, replies } = thread;
        let state = state.clone();
        Self {
            id: ticket.id.clone(),
            source: ticket.source.clone(),
            title: ticket.title.clone(),
            status: state.status,
            resolution: state.resolution,
            template: ticket.template.clone(),
            fields: fields(&state),
            service: state.service,
            priority: thread.priority(),
            requester: ticket.requester.clone(),
            assignee: state.assignee,
            created: ticket.created,
            updated: state.updated,
            first_response: state.first_response,
            resolved: state.resolved,
            tags: state.tags,
            path: state.came_from,
            visibility: state.visibility,
            duplicate_of: state.duplicate_of,
            answered_by: state.answered_by,
            asks: state.asks,
            related: state.related,
            aliases: state.aliases,
            reply_count: replies.len(),
        }
    }
}

fn fields(state: &TicketState) -> Map<String, Json> {
    state.fields.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
}

/// A ticket with its state, its text and its replies
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketDetail {
    #[serde(flatten)]
    pub summary: TicketSummary,
    /// The text, as Markdown
    pub body: String,
    /// The replies, oldest first
    pub replies: Vec<ReplyDetail>,
}

impl TicketDetail {
    /// Describes `thread`, whose texts are read from `store`.
    pub(crate) fn of(store: &Store, thread: &Thread) -> Self {
        let replies = thread.replies.iter();
        let replies = replies.map(|reply| ReplyDetail::of(reply, store.body(reply.path.as_ref())));
        Self {
            summary: TicketSummary::of(thread),
            body: store.body(thread.ticket.path.as_ref()),
            replies: replies.collect(),
        }
    }
}

/// Some tickets of a list
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketList {
    pub tickets: Vec<TicketSummary>,
    /// The number of tickets in the whole list, regardless of the limit
    pub total: usize,
    /// Former names of keys that the query uses, each with its name of today; missing if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A ticket that was opened
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedTicket {
    pub id: String,
    pub path: RepoPath,
    /// The branch of the commit; null on a detached HEAD
    #[schema(required)]
    pub branch: Option<String>,
    pub commit: String,
    /// Tickets and articles that were shown before the ticket was opened
    pub similar: Vec<Suggestion>,
}

/// The answer if no ticket was opened because another ticket or an article solves the problem
#[derive(Serialize, ToSchema)]
pub(crate) struct NeedlessTicket {
    /// Always null: no ticket was opened
    #[schema(required)]
    pub id: Option<String>,
    /// The ticket or article that has the answer
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub solved_by: Option<String>,
    /// The open ticket with the same problem
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub same_as: Option<String>,
}

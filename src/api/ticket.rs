//! The JSON of tickets.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::{ReplyDetail, Suggestion};
use crate::{
    report::{AT_RISK, ServiceLevels, first_response},
    store::Store,
    text::{RepoPath, Time},
    ticket::{Priority, Resolution, Status, Thread, TicketState, Visibility},
};

/// A ticket with its current state, without its text and replies
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketSummary {
    /// The unique id of the ticket, which is the name of its file without `.md`
    pub id: String,
    /// The id or URL of the ticket in the tracker that it was imported from
    #[schema(required)]
    pub source: Option<String>,
    pub title: String,
    pub status: Status,
    /// How the ticket was resolved; null if it is not resolved
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
    /// The time of the last reply, or of the ticket if it has no replies
    #[schema(required)]
    pub updated: Option<Time>,
    /// The time of the first reply with text by somebody other than the requester; null if there is none
    #[schema(required)]
    pub first_response: Option<Time>,
    /// When the service level ends that the ticket must meet next; null if it is resolved, if its priority has no service
    /// level, and while the requester is awaited
    #[schema(required)]
    pub due: Option<Time>,
    /// True if the ticket is unresolved and its service level has ended
    pub overdue: bool,
    /// True if the ticket is unresolved and its service level ends within four hours or has ended
    pub at_risk: bool,
    /// When the ticket was last resolved, even if it was reopened afterwards; null if it never was
    #[schema(required)]
    pub resolved: Option<Time>,
    pub tags: Vec<String>,
    /// The pages or folders that the requester visited before, oldest first
    pub path: Vec<String>,
    pub visibility: Visibility,
    /// The id of the ticket that this one is a duplicate of; null if it is not a duplicate
    #[schema(required)]
    pub duplicate_of: Option<String>,
    /// Tickets and articles that contain the answer
    pub answered_by: Vec<String>,
    /// Fields and sections that the requester was asked for and that are still missing
    pub asks: Vec<String>,
    /// The ids of related tickets
    pub related: Vec<String>,
    /// Former ids of the ticket
    pub aliases: Vec<String>,
    /// The branch of the pull request that adds the ticket; null if the ticket is merged
    #[schema(required)]
    pub in_review: Option<String>,
    /// The values of the template's fields, in the order of the ticket's file
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Map<String, Json>,
    pub reply_count: usize,
}

impl TicketSummary {
    /// Describes the state of `thread` at the time `now`.
    pub(crate) fn of(thread: &Thread, levels: &ServiceLevels<'_>, now: Time) -> Self {
        let Thread { ticket, state, replies, in_review } = thread;
        let state = state.clone();
        let due = levels.due(thread);
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
            first_response: first_response(thread),
            due: due.map(|due| due.at),
            overdue: due.is_some_and(|due| due.is_past(now)),
            at_risk: due.is_some_and(|due| due.is_within(AT_RISK, now)),
            resolved: state.resolved,
            tags: state.tags,
            path: state.came_from,
            visibility: state.visibility,
            duplicate_of: state.duplicate_of,
            answered_by: state.answered_by,
            asks: state.asks,
            related: state.related,
            aliases: state.aliases,
            in_review: in_review.clone(),
            reply_count: replies.len(),
        }
    }
}

fn fields(state: &TicketState) -> Map<String, Json> {
    state.fields.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
}

/// A ticket with its current state, its text and its replies
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketDetail {
    #[serde(flatten)]
    pub summary: TicketSummary,
    /// The text, as Markdown
    pub body: String,
    /// The answer of the original, if the ticket is a duplicate of an answered ticket; null otherwise
    #[schema(required)]
    pub original_answer: Option<OriginalAnswer>,
    /// The replies, oldest first
    pub replies: Vec<ReplyDetail>,
}

impl TicketDetail {
    /// Describes `thread` at the time `now`. Its texts are read from `store`.
    pub(crate) fn of(store: &Store, thread: &Thread, now: Time) -> Self {
        let replies = thread.replies.iter();
        let replies = replies.map(|reply| ReplyDetail::of(reply, store.body(reply.path.as_ref())));
        Self {
            summary: TicketSummary::of(thread, &ServiceLevels::of(&store.settings), now),
            body: store.body(thread.ticket.path.as_ref()),
            original_answer: store.original_answer(thread).map(|(original, answer)| OriginalAnswer {
                id: original.id().to_owned(),
                title: original.ticket.title.clone(),
                text: answer.text,
            }),
            replies: replies.collect(),
        }
    }
}

/// The answer of the ticket that a ticket is a duplicate of
#[derive(Serialize, ToSchema)]
pub(crate) struct OriginalAnswer {
    /// The id of the original
    pub id: String,
    pub title: String,
    /// The answer, as Markdown
    pub text: String,
}

/// A page of a list of tickets
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketList {
    pub tickets: Vec<TicketSummary>,
    /// The number of all tickets in the list, regardless of the limit
    pub total: usize,
    /// Warnings about outdated keys in the query, each with the current name of the key; absent if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How ambiguous conditions of the query were read; absent if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// A ticket that was opened
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedTicket {
    pub id: String,
    pub path: RepoPath,
    /// The branch that the ticket was committed to; null on a detached HEAD
    #[schema(required)]
    pub branch: Option<String>,
    /// The id of the commit that adds the ticket
    pub commit: String,
    /// Tickets and articles that were shown before the ticket was opened
    pub similar: Vec<Suggestion>,
}

/// The output if no ticket was opened, because an existing ticket or article covers the problem
#[derive(Serialize, ToSchema)]
pub(crate) struct UnopenedTicket {
    /// Always null: no ticket was opened
    #[schema(required)]
    pub id: Option<String>,
    /// The ticket or article that solves the problem
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub solved_by: Option<String>,
    /// The open ticket with the same problem
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub same_as: Option<String>,
}

//! The JSON of replies.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::{
    text::{RepoPath, Time},
    ticket::{FieldChange, Reply, Resolution, Status, Visibility},
};

/// A reply to a ticket, with its text
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplyDetail {
    /// The name of the reply's file, without `.md`
    pub name: String,
    #[schema(required)]
    pub author: Option<String>,
    /// When the reply was written
    #[schema(required)]
    pub created: Option<Time>,
    /// The new status of the ticket; absent if the reply does not change it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// How the reply resolves the ticket; absent if it does not
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub resolution: Option<Resolution>,
    /// The id of the ticket that this one is a duplicate of
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub duplicate_of: Option<String>,
    /// The ticket or article that the text was drafted from
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub draft_from: Option<String>,
    /// Who may see the reply; absent if the reply does not set it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub visibility: Option<Visibility>,
    /// Tickets and articles that contain the answer
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answered_by: Vec<String>,
    /// Missing fields and sections that the reply asks for
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
    /// The new assignee; null removes the assignee, and absent means no change
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub assignee: Option<Option<String>>,
    /// New values of the ticket's fields; null clears a field
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub set: Map<String, Json>,
    /// The text, as Markdown
    pub body: String,
}

impl ReplyDetail {
    /// Describes `reply`, whose text is `body`.
    pub(crate) fn of(reply: &Reply, body: String) -> Self {
        Self {
            name: reply.name.clone(),
            author: reply.author.clone(),
            created: reply.created,
            status: reply.status,
            resolution: reply.resolution,
            duplicate_of: reply.duplicate_of.clone(),
            draft_from: reply.draft_from.clone(),
            visibility: reply.visibility,
            answered_by: reply.answered_by.clone(),
            asks: reply.asks.clone(),
            assignee: reply.assignee.clone(),
            set: reply.set.iter().map(|(field, set)| (field.clone(), set_json(set))).collect(),
            body,
        }
    }
}

fn set_json(set: &FieldChange) -> Json {
    match set {
        FieldChange::Clear => Json::Null,
        FieldChange::Value(value) => value.to_json(),
        FieldChange::Tags(changes) => changes.iter().map(ToString::to_string).collect(),
    }
}

/// A reply that was saved
#[derive(Serialize, ToSchema)]
pub(crate) struct WrittenReply {
    /// The id of the ticket
    pub id: String,
    pub path: RepoPath,
    /// The id of the commit that adds the reply
    pub commit: String,
}

/// The replies that a command saved
#[derive(Serialize, ToSchema)]
pub(crate) struct WrittenReplies {
    pub replies: Vec<WrittenReply>,
}

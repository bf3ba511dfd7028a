//! The JSON of suggestions: similar tickets and articles that a command shows unprompted.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    text::{RepoPath, Time},
    ticket::{Resolution, Status},
};

/// A summary of a similar ticket or article, which a command shows unprompted
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    /// The id of the ticket, or `knowledge/<slug>` for an article
    pub id: String,
    #[schema(required)]
    pub file: Option<RepoPath>,
    pub title: String,
    /// The status of the ticket; null for an article
    #[schema(required)]
    pub status: Option<Status>,
    #[schema(required)]
    pub resolution: Option<Resolution>,
    #[schema(required)]
    pub service: Option<String>,
    #[schema(required)]
    pub created: Option<Time>,
    #[schema(required)]
    pub resolved: Option<Time>,
    /// The degree of similarity; compare scores only within one response
    pub score: u32,
    /// The words and properties that the match shares with the draft or ticket
    pub why: Vec<String>,
    /// The first lines of the answer
    pub answer: String,
}

//! The JSON of suggestions: similar tickets and articles that nobody asked for.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    text::{RepoPath, Time},
    ticket::{Resolution, Status},
};

/// A similar ticket or article in short, as commands show it unprompted
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    /// The id of a ticket, or `knowledge/<slug>` of an article
    pub id: String,
    #[schema(required)]
    pub file: Option<RepoPath>,
    pub title: String,
    /// The status of a ticket; null for an article
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
    pub score: u32,
    /// The shared properties
    pub why: Vec<String>,
    /// The first lines of the answer
    pub answer: String,
}

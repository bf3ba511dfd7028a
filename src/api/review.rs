//! The JSON of reviews.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CheckReport, Suggestion};
use crate::text::RepoPath;

/// The review of a change: its findings, and tickets similar to those that the change adds or edits
#[derive(Serialize, ToSchema)]
pub(crate) struct Review {
    #[serde(flatten)]
    pub check: CheckReport,
    /// The id of the commit that the change is compared with
    pub base: String,
    /// The id of the last commit of the change; null for a review of the worktree
    #[schema(required)]
    pub head: Option<String>,
    /// The audience of the site, if similar tickets are limited to what that site shows; null if they are not limited
    #[schema(required)]
    pub audience: Option<String>,
    /// The tickets that the change adds or edits; only the first ones if there are many
    pub tickets: Vec<ReviewedTicket>,
    /// The number of further tickets that the change adds or edits
    pub more_tickets: usize,
}

/// A ticket that a change adds or edits
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewedTicket {
    pub id: String,
    #[schema(required)]
    pub file: Option<RepoPath>,
    pub title: String,
    /// Whether the change adds the ticket
    pub new: bool,
    /// Resolved tickets and articles that are similar to this ticket
    pub similar: Vec<Suggestion>,
}

//! The JSON of reviews.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CheckReport, Suggestion};
use crate::text::RepoPath;

/// The review of a change: its findings, and similar tickets for each ticket that it adds or changes
#[derive(Serialize, ToSchema)]
pub(crate) struct Review {
    #[serde(flatten)]
    pub check: CheckReport,
    /// The commit that the change is compared with
    pub base: String,
    /// The last commit of the change; null if the worktree is reviewed
    #[schema(required)]
    pub head: Option<String>,
    /// The readers of the site that similar tickets were looked up for; null means everybody on the team
    #[schema(required)]
    pub audience: Option<String>,
    /// The first tickets that the change adds or changes
    pub tickets: Vec<ReviewedTicket>,
    /// The number of tickets that the change adds or changes beyond those listed
    pub more_tickets: usize,
}

/// A ticket that a change adds or changes
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewedTicket {
    pub id: String,
    #[schema(required)]
    pub file: Option<RepoPath>,
    pub title: String,
    /// Whether the change adds the ticket
    pub new: bool,
    pub similar: Vec<Suggestion>,
}

//! The JSON of `casebook report`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{knowledge::proposed_reply::ProposalUse, report::Report};

/// A report, with the query that selected its tickets
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportAnswer {
    /// The query without its period; empty for all tickets
    pub query: String,
    #[serde(flatten)]
    pub report: Report,
    pub proposals: ProposalUseDetail,
    /// The attempts to open a ticket with `casebook new` in this clone; absent on a server
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deflection: Option<DeflectionDetail>,
    /// Warnings about outdated keys in the query; absent if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How the query was read, if this is not obvious; absent if there is nothing to tell
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// What became of proposed replies in the period
#[derive(Serialize, ToSchema)]
pub(crate) struct ProposalUseDetail {
    /// The number of replies that began with a proposed text (`draft_from`)
    pub replies: usize,
    /// The median part of the proposed sentences that these replies kept, in percent; null if there are none
    #[schema(required)]
    pub kept: Option<u32>,
}

impl From<ProposalUse> for ProposalUseDetail {
    fn from(use_of: ProposalUse) -> Self {
        Self { replies: use_of.replies, kept: use_of.kept }
    }
}

/// The attempts to open a ticket in one clone, since its first one
#[derive(Serialize, ToSchema)]
pub(crate) struct DeflectionDetail {
    pub attempts: usize,
    /// Attempts in which a similar ticket or an article was shown
    pub shown: usize,
    /// Attempts that ended with a new ticket
    pub opened: usize,
    /// Attempts that were solved by what was shown, and whose person opened no ticket about it within seven days
    pub solved: usize,
    /// Solved attempts of the last seven days
    pub on_trial: usize,
    /// Attempts that were solved at first, but whose person came back with a ticket
    pub returned: usize,
    /// Attempts that ended at an open ticket about the same problem
    pub same_as: usize,
}

//! The JSON of what `build` and `import` did.

use serde::Serialize;
use utoipa::ToSchema;

use crate::text::RepoPath;

/// The outcome of a build
#[derive(Serialize, ToSchema)]
pub(crate) struct BuildAnswer {
    /// The folder of the site
    pub out: String,
    /// The files that were written
    pub written: Vec<String>,
    /// The files that were removed
    pub removed: Vec<String>,
    /// The number of files that did not change
    pub unchanged: usize,
    /// The files that could not be written or removed; the rest of the site is complete
    pub problems: Vec<BuildProblem>,
}

/// A file of the site that could not be written or removed
#[derive(Serialize, ToSchema)]
pub(crate) struct BuildProblem {
    /// The path of the file in the site
    pub path: String,
    /// The file of the repository that it is a copy of
    #[schema(required)]
    pub file: Option<RepoPath>,
    /// The reason
    pub reason: String,
    /// How to solve the problem
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The outcome of an import
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportAnswer {
    /// The number of tickets that were read
    pub tickets: usize,
    /// The number of replies that were read
    pub replies: usize,
    /// The number of files that were written
    pub written: usize,
    /// The number of files that did not change
    pub unchanged: usize,
    /// The files that were removed, because the source no longer has them
    pub removed: Vec<RepoPath>,
    /// The files that were not changed, although the source differs
    pub left_alone: Vec<LeftAloneFile>,
    /// The services that were added to the catalogue
    pub services: Vec<String>,
    /// The services that were not added, because they were removed after the last import
    pub removed_services: Vec<String>,
    pub secrets: Vec<SecretAnswer>,
    /// Notes about data that could not be imported unchanged
    pub notes: Vec<String>,
}

/// A file that an import did not change
#[derive(Serialize, ToSchema)]
pub(crate) struct LeftAloneFile {
    pub path: RepoPath,
    pub reason: LeftAloneReason,
}

/// How a file differs from the last import: its text was `changed`, or it is `missing` because it was deleted or moved
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LeftAloneReason {
    Changed,
    Missing,
}

/// A secret that an import found
#[derive(Serialize, ToSchema)]
pub(crate) struct SecretAnswer {
    pub path: RepoPath,
    /// The line in the file as the source has it, counted from 1
    pub line: usize,
    /// The type of secret, such as `GitHub token`
    pub what: String,
    /// Whether the secret was replaced by `[secret]`
    pub redacted: bool,
}

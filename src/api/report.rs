//! The JSON output of `casebook build` and `casebook import`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::text::RepoPath;

/// The result of a build
#[derive(Serialize, ToSchema)]
pub(crate) struct BuildAnswer {
    /// The folder that the site was written to
    pub out: String,
    /// The files that were written
    pub written: Vec<String>,
    /// The files that were removed
    pub removed: Vec<String>,
    /// The number of files that did not change
    pub unchanged: usize,
    /// The files that could not be written or removed; all other files are complete
    pub problems: Vec<BuildProblem>,
}

/// A file of the site that could not be written or removed
#[derive(Serialize, ToSchema)]
pub(crate) struct BuildProblem {
    /// The path of the file in the site
    pub path: String,
    /// The file in the repository that this file is a copy of; null for a generated file
    #[schema(required)]
    pub file: Option<RepoPath>,
    /// The reason
    pub reason: String,
    /// How to solve the problem
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The result of an import
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
    /// The files that were skipped, although the source has another version
    pub left_alone: Vec<LeftAloneFile>,
    /// The services that were added to the catalogue
    pub services: Vec<String>,
    /// The services that were not added, because they were removed after the last import
    pub removed_services: Vec<String>,
    /// The secrets that were found in the imported texts
    pub secrets: Vec<SecretAnswer>,
    /// Notes about data that could not be imported unchanged
    pub notes: Vec<String>,
}

/// A file that an import skipped
#[derive(Serialize, ToSchema)]
pub(crate) struct LeftAloneFile {
    pub path: RepoPath,
    pub reason: LeftAloneReason,
}

/// Why a file was skipped: its text was `changed` after the last import, or it is `missing` because it was deleted or
/// moved
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LeftAloneReason {
    Changed,
    Missing,
}

/// A secret that an import found
#[derive(Serialize, ToSchema)]
pub(crate) struct SecretAnswer {
    /// The file of the ticket or reply
    pub path: RepoPath,
    /// The line of the secret in the original text, from 1
    pub line: usize,
    /// The type of secret, such as `GitHub token`
    pub what: String,
    /// Whether the secret was replaced by `[secret]`
    pub redacted: bool,
}

/// What `import markdown --dry-run` would import
#[derive(Serialize, ToSchema)]
pub(crate) struct PlannedImportAnswer {
    /// The mapping, as the text of a file for `--map`
    pub map: String,
    pub files: Vec<PlannedFileAnswer>,
    /// README and index files, which are not imported
    pub skipped: Vec<String>,
    /// Notes about files that cannot be imported, and data that cannot be imported unchanged
    pub notes: Vec<String>,
}

/// A file that would be imported
#[derive(Serialize, ToSchema)]
pub(crate) struct PlannedFileAnswer {
    /// The file in the imported folder
    pub file: String,
    /// The file of the ticket or article; `null` if the file cannot be imported
    pub path: Option<RepoPath>,
}

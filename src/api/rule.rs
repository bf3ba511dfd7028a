//! The JSON of rules.

use serde::Serialize;
use utoipa::ToSchema;

use crate::diagnostic::Level;

/// A rule of `casebook check`
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleSummary {
    pub code: &'static str,
    /// The default level; settings can change it
    pub level: Level,
    /// The requirement, in one sentence
    pub wants: &'static str,
}

/// All rules
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleList {
    pub rules: Vec<RuleSummary>,
}

/// A rule with its reason and examples
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleDetail {
    #[serde(flatten)]
    pub summary: RuleSummary,
    /// The consequences if the rule is ignored
    pub why: &'static str,
    /// Whether the rule causes at most a warning for imported tickets
    pub warns_on_imported: bool,
    pub cases: Vec<CaseDetail>,
}

/// An example: files that violate or satisfy a rule
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseDetail {
    /// Whether the files violate the rule
    pub fails: bool,
    pub files: Vec<CaseFile>,
}

/// A file of an example
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseFile {
    pub path: &'static str,
    pub text: &'static str,
}

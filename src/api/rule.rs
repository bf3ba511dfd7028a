//! The JSON of rules.

use serde::Serialize;
use utoipa::ToSchema;

use crate::diagnostic::Level;

/// A rule in short
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleSummary {
    pub code: &'static str,
    /// The level, unless the settings change it
    pub level: Level,
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
    pub why: &'static str,
    /// Whether the rule is at most a warning on imported tickets
    pub warns_on_imported: bool,
    pub cases: Vec<CaseDetail>,
}

/// Files that fail or pass a rule
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseDetail {
    pub fails: bool,
    pub files: Vec<CaseFile>,
}

/// A file of an example
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseFile {
    pub path: &'static str,
    pub text: &'static str,
}

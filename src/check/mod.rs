//! Checks tickets for missing information, for invalid values and for secrets. Each rule has its own file.

mod authors;
mod canned;
mod case;
mod change;
mod commits;
mod context;
mod cut_values;
mod demands;
mod fault;
mod file;
mod fix;
mod hidden;
mod levels;
mod loosened;
mod masking;
mod renames;
mod requirement;
mod rule;
mod rules;
mod run;
mod signing;
mod source_text;
mod values;

pub(crate) use authors::GitAuthors;
pub(crate) use case::message_of;
#[cfg(test)]
pub(crate) use case::source_of;
pub(crate) use change::{ChangeSet, check_change};
pub(crate) use commits::{ReceivedCommits, check_commits};
pub(crate) use context::{Authors, CheckContext, CommitAuthor};
pub(crate) use file::{CheckedContent, File};
pub(crate) use fix::{FixSummary, apply_fixes, plan_fixes};
pub(crate) use loosened::loosened;
pub(crate) use rule::Case;
pub use rule::Rule;
pub use rules::RULES;
pub(crate) use rules::{renamed_rule, rule};
pub(crate) use run::{check_all, check_paths, check_some};
pub(crate) use source_text::text_of;

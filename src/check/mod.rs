//! Checking: what a ticket must say, and what it must not. Rules, one file each.

mod authors;
mod change;
mod context;
mod demands;
mod fault;
mod file;
mod fix;
mod rule;
mod rules;
mod run;
mod signing;
mod source_text;
mod values;
mod wants;

pub use authors::GitAuthors;
pub use change::{Change, check_change};
pub use context::{Author, Authors, CheckContext, Nobody};
pub use file::{File, Noun};
pub use fix::{FixPlan, FixSummary, apply_fixes, plan_fixes};
pub use rule::{Case, Rule};
pub use rules::{RULES, renamed_rule, rule};
pub use run::{check_all, check_paths, check_some};
pub use source_text::text_of;

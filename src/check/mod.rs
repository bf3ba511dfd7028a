//! Checking: what a ticket must say, and what it must not. Rules, one file each, and the detectors they use.

mod authors;
mod change;
mod demands;
mod file;
mod fix;
pub mod personal;
mod reserved;
mod rule;
mod rules;
mod run;
pub mod secrets;
pub mod substance;
mod values;
mod world;

pub use authors::GitAuthors;
pub use change::{Change, check_change};
pub use file::{File, Noun};
pub use fix::{Fixed, apply_fixes};
pub use rule::{Case, Rule};
pub use rules::{RULES, rule};
pub use run::{check_all, check_paths, check_some, text_of};
pub use world::{Author, Authors, Nobody, World};

//! Checking: what a ticket must say, and what it must not. Rules, one file each, and the detectors they use.

pub mod personal;
mod reserved;
mod rule;
mod rules;
mod run;
pub mod secrets;
pub mod substance;

pub use rule::{Author, Case, File, Noun, Rule, World};
pub use rules::RULES;
pub use run::{check_all, check_paths, check_some};

//! The rules, one file each. To add one: a file with its `RULE`, and a line in [`RULES`].

use super::rule::Rule;

/// All rules, by code.
pub const RULES: &[&Rule] = &[];

//! Casebook: a git-backed ticket tracker for teams with an oncall.

pub mod text;

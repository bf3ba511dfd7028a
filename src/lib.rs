//! Casebook: a git-backed ticket tracker for teams with an oncall.

pub mod check;
pub mod diagnostic;
pub mod repo;
pub mod settings;
pub mod store;
pub mod template;
pub mod text;
pub mod ticket;

/// Runs the command line.
pub fn run(_: std::env::ArgsOs) -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}

//! Casebook: a git-backed ticket tracker for teams with an oncall.

pub mod check;
pub mod cli;
pub mod demo;
pub mod detectors;
pub mod diagnostic;
pub mod export;
#[doc(hidden)]
pub mod fuzzing;
pub mod import;
pub mod index;
pub mod intake;
pub mod query;
pub mod repo;
pub mod search;
pub mod server;
pub mod settings;
pub mod site;
pub mod store;
pub mod template;
pub mod text;
pub mod ticket;
pub mod view;

/// Runs the command line of this process.
pub fn run(arguments: std::env::ArgsOs) -> std::process::ExitCode {
    cli::run(arguments, cli::ProcessEnvironment::of_process())
}

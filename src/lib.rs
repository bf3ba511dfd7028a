//! Casebook: a git-backed ticket tracker for teams with an oncall.

mod api;
mod check;
mod cli;
mod demo;
mod detectors;
mod diagnostic;
mod export;
#[doc(hidden)]
pub mod fuzzing;
mod import;
mod index;
mod intake;
mod knowledge;
mod notify;
mod query;
mod repo;
mod report;
mod search;
mod server;
mod settings;
mod site;
mod store;
mod template;
mod text;
mod ticket;
#[cfg(test)]
#[path = "../tests/trials.rs"]
mod trials;
mod view;
#[cfg(test)]
#[path = "../tests/waiting.rs"]
mod waiting;

/// Runs the command line of this process.
pub fn run(arguments: std::env::ArgsOs) -> std::process::ExitCode {
    cli::run(arguments, cli::ProcessEnvironment::of_process())
}

/// The items that this repository's tests and benchmarks use, in addition to the command line. Other programs must use
/// the command line, since this module changes without notice. All other items are private to the crate, so that the
/// compiler reports unused ones.
#[doc(hidden)]
pub mod internals {
    pub mod check {
        pub use crate::check::{RULES, Rule};
    }
    pub mod cli {
        pub use crate::cli::command;
    }
    pub mod index {
        pub use crate::index::{IndexField, TextPattern};
        pub mod tokens {
            pub use crate::index::tokens::{TokenKind, scan, stem};
        }
    }
    pub mod knowledge {
        pub use crate::knowledge::clusters::{Cluster, Clusters};
    }
    pub mod query {
        pub use crate::query::{
            Comparison, Expr, FieldKey, KEYS, Key, Moment, Query, QueryValue, ValueKind, ValueTest,
            Vocabulary,
        };
    }
    pub mod repo {
        pub use crate::repo::{CacheSlot, Environment, MemorySource, install_pre_receive};
    }
    pub mod search {
        pub use crate::search::{Engine, Item, Question, SimilarLimits, Texts};
        pub mod published {
            pub use crate::search::published::{PublishedDocuments, publish};
        }
    }
    pub mod server {
        pub use crate::server::openapi_document;
    }
    pub mod settings {
        pub use crate::settings::{Publish, Settings};
    }
    pub mod site {
        pub use crate::site::{BuildOptions, Site};
    }
    pub mod store {
        pub use crate::store::{Store, load};
    }
    pub mod template {
        pub use crate::template::FIELD_TYPES;
    }
    pub mod text {
        pub use crate::text::{RepoPath, Time, quoted};
    }
    pub mod ticket {
        pub use crate::ticket::{ARTICLE_KEYS, CORE_KEYS, REPLY_KEYS, TicketRecord};
    }
    pub mod view {
        pub use crate::view::{Audience, View};
    }
}

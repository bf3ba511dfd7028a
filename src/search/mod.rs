//! Search: tokens, the query language, the index, ranking, and tickets that are alike.

pub mod excerpt;
pub mod find;
pub mod index;
pub mod join;
pub mod query;
pub mod similar;
pub mod tokens;

mod documents;
mod engine;
mod filter;
mod texts;
mod why;

pub use engine::{Engine, Resembling, Results};
pub use filter::Filter;
pub use texts::{Question, Texts};
pub use why::{best_excerpt, prose, why};

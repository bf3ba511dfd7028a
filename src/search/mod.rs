//! Search: tokens, the query language, the index, ranking, and tickets that are alike.

pub mod excerpt;
pub mod find;
pub mod index;
pub mod query;
pub mod similar;
pub mod tokens;

mod engine;
mod filter;

pub use engine::{Engine, Results, Shown};
pub use filter::Filter;

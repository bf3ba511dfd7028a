//! Search: the engine, ranking, filters, and similar tickets.

pub mod eval;
pub mod excerpt;
pub mod find;
pub mod join;
pub mod marks;
pub mod published;
pub mod similar;

mod documents;
mod engine;
mod facets;
mod filter;
mod item;
#[cfg(test)]
mod keys_tests;
mod order;
mod past;
mod resembling;
mod texts;
mod why;

pub use engine::{Engine, Results};
pub use facets::{Counts, Facets};
pub use filter::Filter;
pub use find::Corrected;
pub use item::Item;
pub use resembling::{Found, Resembling, Wanted, resembling_before};
pub use texts::{Question, Texts};
pub use why::{Reasons, best_excerpt};

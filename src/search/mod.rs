//! Search: tokens, the query language, the index, ranking, and tickets that are alike.

pub mod eval;
pub mod excerpt;
pub mod find;
pub mod index;
pub mod join;
pub mod marks;
pub mod published;
pub mod query;
pub mod similar;
pub mod tokens;

mod documents;
mod engine;
mod facets;
mod filter;
mod item;
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
pub use why::{Reasons, best_excerpt, prose};

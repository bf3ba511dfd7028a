//! Search: the engine, ranking, filters, and similar tickets.

pub(crate) mod eval;
pub(crate) mod excerpt;
pub(crate) mod find;
pub(crate) mod in_review;
pub(crate) mod join;
pub(crate) mod marks;
pub(crate) mod neighbours;
pub(crate) mod published;
pub(crate) mod similar;
pub(crate) mod site_texts;

mod documents;
mod engine;
mod facets;
mod filter;
mod item;
#[cfg(test)]
mod keys_tests;
mod order;
mod past;
mod relevance;
mod similar_items;
mod texts;
mod typed;
mod why;

pub use engine::Engine;
pub(crate) use engine::{ResultHit, Results};
pub(crate) use facets::Facets;
pub(crate) use filter::Filter;
pub(crate) use find::Corrections;
pub use item::Item;
pub use similar_items::SimilarLimits;
pub(crate) use similar_items::{SimilarItem, SimilarItems, similar_items_before};
pub(crate) use texts::answer_for_reader;
pub use texts::{Question, Texts};
pub(crate) use why::{Reasons, best_excerpt};

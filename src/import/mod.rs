//! Bringing tickets in from elsewhere, one foreign format per file.

mod ids;
mod jsonl;
mod plan;

pub use ids::IdMaker;
pub use jsonl::{ImportError, read_jsonl};
pub use plan::{ImportPlan, plan};

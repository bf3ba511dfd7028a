//! Handing tickets on, one foreign format per file.

mod jsonl;

pub use jsonl::record_of;

//! The published site: model, pages, bytes.

pub mod markdown;

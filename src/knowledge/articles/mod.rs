//! Articles: drafts of them from the tickets of a cluster, and what is known about them since they were reviewed.

mod distilled;
mod health;

pub(crate) use distilled::distilled;
pub(crate) use health::{ArticleDoubt, ArticleHealth, ArticleHealths};

#[cfg(test)]
mod tests;

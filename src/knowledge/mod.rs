//! What tickets teach together: clusters of tickets about one problem, and the articles about them.

pub(crate) mod articles;
pub(crate) mod clusters;

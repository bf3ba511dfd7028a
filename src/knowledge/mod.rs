//! What tickets teach: clusters of tickets about one problem, the articles about them, and replies proposed from earlier
//! answers.

pub(crate) mod articles;
pub(crate) mod clusters;
pub(crate) mod proposed_reply;

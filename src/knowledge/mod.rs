//! What resolved tickets teach: replies proposed from their answers.

pub(crate) mod proposed_reply;

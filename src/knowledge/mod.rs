//! What tickets teach: clusters of tickets about one problem, the articles and the report about them, and replies proposed from
//! earlier answers.

pub(crate) mod articles;
pub(crate) mod clusters;
mod faults;
mod measuring;
mod problems;
pub(crate) mod proposed_reply;
mod template_patch;

pub(crate) use measuring::{ReportOptions, measure, proposals};
pub(crate) use template_patch::{PatchError, template_patch};

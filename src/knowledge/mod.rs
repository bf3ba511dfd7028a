//! What the team knows: problems that come back, and the report about them.

mod measuring;
mod problems;
mod template_patch;

pub(crate) use measuring::{ReportOptions, measure};
pub(crate) use problems::problems;
pub(crate) use template_patch::{PatchError, template_patch};

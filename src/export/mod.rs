//! Export formats, one file each. To add a format, add a file with its [`Exporter`] and a line in [`exporters!`]; the
//! command, its help, its completion and its documentation come from that line.

use std::ops::ControlFlow;

use thiserror::Error;

use crate::{repo::RepoError, store::Store};

/// A format for exported tickets.
pub(crate) trait Exporter: Sync {
    /// Returns the name of the format, as in `casebook export NAME`.
    fn name(&self) -> &'static str;

    /// Returns the description for the help: one line without a full stop.
    fn about(&self) -> &'static str;

    /// Passes the text of all tickets of `store` to `write`, in parts, until `write` returns
    /// [`ControlFlow::Break`](std::ops::ControlFlow).
    ///
    /// # Errors
    /// A file cannot be read, or the format cannot represent a ticket.
    fn export(
        &self,
        store: &Store,
        write: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), ExportError>;
}

/// The reason why tickets could not be exported.
#[derive(Debug, Error)]
pub(crate) enum ExportError {
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// The format cannot represent a ticket.
    #[error("a ticket cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Declares a module for each format and lists the formats.
macro_rules! exporters {
    ($($module:ident: $exporter:ident),+ $(,)?) => {
        $(mod $module;)+

        /// All formats, in the order of the help.
        pub(crate) const EXPORTERS: &[&dyn Exporter] = &[$(&$module::$exporter),+];
    };
}

exporters! {
    jsonl: Jsonl,
}

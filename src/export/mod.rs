//! Formats that tickets are written to, one file each. To add one: a file with its [`Exporter`], and a line in [`exporters!`]; the
//! command, its help, its completion and its documentation come from that line.

use std::ops::ControlFlow;

use thiserror::Error;

use crate::{repo::RepoError, store::Store};

/// A format that tickets are written to.
pub(crate) trait Exporter: Sync {
    /// The name of the format: `casebook export NAME`.
    fn name(&self) -> &'static str;

    /// What the format is, for the help: one line without a full stop.
    fn about(&self) -> &'static str;

    /// Gives all tickets of `store` to `write`, in pieces of its text, until `write` breaks.
    ///
    /// # Errors
    /// When a file cannot be read, or has something that the format cannot say.
    fn export(
        &self,
        store: &Store,
        write: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), ExportError>;
}

/// Why tickets could not be exported.
#[derive(Debug, Error)]
pub(crate) enum ExportError {
    /// A file cannot be read.
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// The format cannot say what a ticket has.
    #[error("a ticket cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Declares a module for each format, and lists them.
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

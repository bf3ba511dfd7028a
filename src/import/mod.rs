//! Import formats, one file each. To add a format, add a file with its [`Importer`] and a line in [`importers!`]; the
//! command, its help, its completion and its documentation come from that line. [`markdown`] reads a folder instead of
//! a file, so it has a separate command.

pub(crate) mod markdown;

use crate::intake::Importer;

/// Declares a module for each format and lists the formats.
macro_rules! importers {
    ($($module:ident: $importer:ident),+ $(,)?) => {
        $(mod $module;)+

        /// All formats, in the order of the help.
        pub(crate) const IMPORTERS: &[&dyn Importer] = &[$(&$module::$importer),+];
    };
}

importers! {
    jsonl: Jsonl,
}

//! The published site: model, pages, bytes.

mod html;
pub mod markdown;
mod theme;
mod words;

pub use html::Html;
pub use theme::{FOLDER, Overrides, Theme};
pub use words::{Part, Words, number};

/// Why a site could not be made. Problems of tickets never are among them: those are findings.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A template of the theme does not work.
    #[error("site/{name}{}: {why}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
    Template {
        /// The template's path below `site/`.
        name: String,
        /// The line of the mistake, from 1.
        line: Option<usize>,
        /// What is wrong with it.
        why: String,
    },
    /// A file of words cannot be read.
    #[error("{file}: {why}")]
    Words {
        /// The file's path.
        file: String,
        /// What is wrong with it.
        why: String,
    },
}

//! What can keep a site from being made.

use crate::repo::RepoError;

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
    /// A file of the repository cannot be read.
    #[error(transparent)]
    Read {
        /// Why not.
        source: RepoError,
    },
    /// The site has no such file.
    #[error("the site has no `{path}`")]
    NoPage {
        /// The file, relative to the root of the site.
        path: String,
    },
    /// The folder for the site holds a file that no build made.
    #[error(
        "{path} is in the way: no earlier build made it; move it, or build into another folder with `--out`"
    )]
    Foreign {
        /// The file, relative to the root of the site.
        path: String,
    },
    /// The site cannot be written.
    #[error("{path}: {source}")]
    Write {
        /// The file, relative to the root of the site.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
}

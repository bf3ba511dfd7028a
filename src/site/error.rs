//! What can keep a site from being made.

use std::io::{self, ErrorKind};

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
    /// The folder for the site holds files, and no site.
    #[error(
        "the folder for the site holds files that no build made, such as `{name}`; choose an empty folder with `--out`"
    )]
    NoSite {
        /// One of its files or folders.
        name: String,
    },
    /// A file that no build made is where the site has one.
    #[error("no earlier build made this file; move it away, or build into another folder with `--out`")]
    Foreign,
    /// A file cannot be written because of its name.
    #[error("{reason}")]
    Name {
        /// Why not, with the way out.
        reason: String,
    },
    /// A file cannot be written.
    #[error("the file cannot be written: {}", reason(.source))]
    Write {
        /// Why not.
        source: io::Error,
    },
    /// A file of an earlier build cannot be removed.
    #[error("the file is no longer part of the site, and cannot be removed: {}", reason(.source))]
    Stale {
        /// Why not.
        source: io::Error,
    },
    /// The output folder itself cannot be read or written.
    #[error("cannot write `{path}` in the folder for the site: {}", reason(.source))]
    Output {
        /// The file, relative to the root of the site.
        path: &'static str,
        /// Why not.
        source: io::Error,
    },
}

impl SiteError {
    /// Whether the error is about one file of the site only, so that the rest can be built.
    pub(super) fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            Self::Read { .. } | Self::Foreign | Self::Name { .. } | Self::Write { .. } | Self::Stale { .. }
        )
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::InvalidFilename => {
            "the name is too long for the file system (most allow 255 bytes); shorten it".to_owned()
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("the disk is full ({error}); make room and build again")
        }
        ErrorKind::PermissionDenied => format!("{error}; make the folder writable for yourself"),
        _ => error.to_string(),
    }
}

//! Errors in the build of a site.

use std::io::{self, ErrorKind};

use super::theme_problem::ThemeProblem;
use crate::{
    diagnostic::Hinted,
    repo::{ForeignSiteFile, RepoError},
};

/// An error that stops the build of a site or affects one of its files. Problems in tickets are findings, not errors.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A built-in template cannot render a page, for example because the page is too long.
    #[error("{0}")]
    Template(ThemeProblem),
    /// A file of the repository cannot be read.
    #[error(transparent)]
    Read { source: RepoError },
    /// The site does not have this file.
    #[error("the site has no file `{path}`")]
    NoPage {
        /// The file, relative to the root of the site.
        path: String,
    },
    /// The output folder contains files but no site.
    #[error("the output folder contains files that no build made, such as `{name}`")]
    NoSite {
        /// A file or folder in the output folder.
        name: String,
    },
    /// A file that no build made is at a path where the site has a file.
    #[error("no earlier build made this file")]
    Foreign,
    /// A file cannot be written because of its name.
    #[error("{reason}")]
    Name {
        /// A description of the problem.
        reason: String,
        /// The next step.
        hint: &'static str,
    },
    /// A file cannot be written.
    #[error("cannot write the file: {}", reason(.source))]
    Write { source: io::Error },
    /// A file of an earlier build cannot be removed.
    #[error("cannot remove the file, which is no longer part of the site: {}", reason(.source))]
    Stale { source: io::Error },
    /// The output folder itself cannot be read or written.
    #[error("cannot write `{path}` in the output folder: {}", reason(.source))]
    Output {
        /// The file, relative to the root of the site.
        path: String,
        source: io::Error,
    },
}

impl SiteError {
    /// Returns whether the error affects only one file, so that the rest of the site can be built.
    pub(super) fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            Self::Template(_)
                | Self::Read { .. }
                | Self::Foreign
                | Self::Name { .. }
                | Self::Write { .. }
                | Self::Stale { .. }
        )
    }
}

impl Hinted for SiteError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read { source } => return source.hint(),
            Self::NoSite { .. } => "choose an empty folder with `--out`".to_owned(),
            Self::Foreign => "move it away, or build into another folder with `--out`".to_owned(),
            Self::Name { hint, .. } => (*hint).to_owned(),
            Self::Write { source } | Self::Stale { source } | Self::Output { source, .. } => {
                return hint(source).map(str::to_owned);
            }
            Self::Template(_) | Self::NoPage { .. } => return None,
        })
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::InvalidFilename => {
            "the name is too long for the file system (most allow 255 bytes)".to_owned()
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => format!("the disk is full ({error})"),
        _ => error.to_string(),
    }
}

fn hint(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::InvalidFilename => Some("shorten the name"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some("free some space and build again"),
        ErrorKind::PermissionDenied => Some("make the folder writable"),
        _ if error.get_ref().is_some_and(|error| error.is::<ForeignSiteFile>()) => {
            Some("move it away and build again")
        }
        _ => None,
    }
}

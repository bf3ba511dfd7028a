//! Ids of git objects.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The id of a file's contents in git.
pub(crate) type BlobId = [u8; 20];

/// The id of a commit, displayed as 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct CommitId(pub [u8; 20]);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl CommitId {
    /// Returns the first eight digits.
    pub(crate) fn short(self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CommitId {
    type Err = git2::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        git2::Oid::from_str(text).map(Self::from)
    }
}

impl From<git2::Oid> for CommitId {
    fn from(oid: git2::Oid) -> Self {
        Self(bytes_of(oid))
    }
}

pub(in crate::repo) fn bytes_of(oid: git2::Oid) -> [u8; 20] {
    oid.as_bytes().try_into().unwrap_or_default()
}

pub(in crate::repo) fn oid_of(bytes: [u8; 20]) -> git2::Oid {
    git2::Oid::from_bytes(&bytes).unwrap_or(git2::Oid::ZERO_SHA1)
}

/// Returns the blob id of `contents`.
pub(in crate::repo) fn hash_blob(contents: &[u8]) -> BlobId {
    git2::Oid::hash_object(git2::ObjectType::Blob, contents).map(bytes_of).unwrap_or_default()
}

//! The texts of files, as findings count their bytes.

use std::borrow::Cow;

use crate::{repo::Source, settings::SETTINGS_PATH, text::RepoPath, ticket::text_of_bytes};

/// The text of a file as findings count its bytes; `None` for files that are missing, not text, or too large.
pub(crate) fn text_of(source: &dyn Source, path: &RepoPath) -> Option<String> {
    let bytes = source.read(path).ok()?;
    if path.is_markdown() || path.as_str() == SETTINGS_PATH {
        return Some(text_of_bytes(&bytes).into_owned());
    }
    loose_text(bytes)
}

/// The text of a log or the like; `None` for pictures, archives and dumps.
pub(super) fn loose_text(bytes: Vec<u8>) -> Option<String> {
    if bytes.iter().take(8 * 1024).any(|byte| *byte == 0) {
        return None;
    }
    Some(match String::from_utf8_lossy(&bytes) {
        Cow::Owned(text) => text,
        Cow::Borrowed(text) => text.to_owned(),
    })
}

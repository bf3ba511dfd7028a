//! Reads the texts to which the byte ranges of findings refer.

use std::borrow::Cow;

use crate::{repo::Source, settings::SETTINGS_PATH, text::RepoPath, ticket::text_of_bytes};

/// Returns the text to which the byte ranges of a file's findings refer; `None` if the file cannot be read or is
/// not text.
pub(crate) fn text_of(source: &dyn Source, path: &RepoPath) -> Option<String> {
    let bytes = source.read(path).ok()?;
    if path.is_markdown() || path.as_str() == SETTINGS_PATH {
        return Some(text_of_bytes(&bytes).into_owned());
    }
    plain_text(bytes)
}

/// Returns the text of a file that is not Markdown, such as a log; `None` for binary files.
pub(super) fn plain_text(bytes: Vec<u8>) -> Option<String> {
    if bytes.iter().take(8 * 1024).any(|byte| *byte == 0) {
        return None;
    }
    Some(match String::from_utf8_lossy(&bytes) {
        Cow::Owned(text) => text,
        Cow::Borrowed(text) => text.to_owned(),
    })
}

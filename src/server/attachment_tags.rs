//! The tags of attachments.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::http::HeaderValue;

use crate::repo::Stamp;

/// The tags of attachments, so that each attachment is read once for its tag and not once for each request.
#[derive(Default)]
pub(super) struct AttachmentTags(Mutex<HashMap<String, (Stamp, HeaderValue)>>);

impl AttachmentTags {
    /// Returns the tag of `file` if the file has not changed since the tag was inserted.
    pub(super) fn get(&self, file: &str, stamp: Stamp) -> Option<HeaderValue> {
        let tags = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tags.get(file).filter(|(of, _)| *of == stamp).map(|(_, tag)| tag.clone())
    }

    pub(super) fn insert(&self, file: &str, stamp: Stamp, tag: HeaderValue) {
        if stamp != Stamp::None {
            let mut tags = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            tags.insert(file.to_owned(), (stamp, tag));
        }
    }
}

//! Texts as an audience may read them.

use crate::site::names::redact;
use crate::site::view::{Audience, View};
use crate::store::Store;
use crate::text::RepoPath;

/// Reads the texts of a repository as an audience may read them.
pub(in crate::site) struct TextSource<'a> {
    pub(in crate::site) store: &'a Store,
    pub(in crate::site) view: View,
    /// Stands for the ids that are taken out.
    pub(in crate::site) hidden: &'a str,
}

impl TextSource<'_> {
    /// The body of the file at `path`.
    pub(in crate::site) fn body(&self, path: Option<&RepoPath>) -> String {
        let body = self.store.body(path);
        match self.view.audience {
            Audience::Internal => body,
            Audience::Public => {
                let secret = |name: &str| is_secret(self.store, self.view, name);
                redact(&body, secret, self.hidden).into_owned()
            }
        }
    }
}

/// Whether the very name of what `name` names is not for the audience of `view`.
pub(super) fn is_secret(store: &Store, view: View, name: &str) -> bool {
    match (store.thread(name), store.article(name)) {
        (Some(thread), _) => view.is_secret(thread),
        (None, Some(article)) => !view.shows_article(&store.settings, article),
        (None, None) => false,
    }
}

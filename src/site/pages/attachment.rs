//! Attachments, published unchanged.

use super::{Key, Kind};
use crate::site::{Site, SiteError};
use crate::text::RepoPath;

pub(super) struct Attachments;

impl Kind for Attachments {
    fn pages(&self, site: &Site) -> Vec<(String, Key)> {
        let all = site.model.attachments.iter().enumerate();
        all.filter_map(|(item, (path, _))| Some((site.attachment_file(path)?, Key::item(item)))).collect()
    }

    fn render(&self, site: &Site, path: &str, key: Key) -> Result<Vec<u8>, SiteError> {
        let Some(attachment) = self.original(site, key) else {
            return Err(SiteError::NoPage { path: path.to_owned() });
        };
        site.model.store.source().read(attachment).map_err(|source| SiteError::Read { source })
    }

    fn original<'a>(&self, site: &'a Site, key: Key) -> Option<&'a RepoPath> {
        site.model.attachments.get(key.item).map(|(path, _)| path)
    }
}

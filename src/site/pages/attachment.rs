//! Attachments, published unchanged.

use super::{PageKey, PageKind};
use crate::site::{Site, SiteError};
use crate::text::RepoPath;

pub(super) struct Attachments;

impl PageKind for Attachments {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let all = site.model.attachments().iter().enumerate();
        all.filter_map(|(item, (path, _))| Some((site.attachment_file(path)?, PageKey::item(item)))).collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let Some(attachment) = self.original(site, key) else {
            return Err(SiteError::NoPage { path: path.to_owned() });
        };
        site.model.store().source().read(attachment).map_err(|source| SiteError::Read { source })
    }

    fn original<'a>(&self, site: &'a Site, key: PageKey) -> Option<&'a RepoPath> {
        site.model.attachments().get(key.item).map(|(path, _)| path)
    }
}

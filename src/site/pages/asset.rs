//! The theme's style sheets, scripts and pictures. The name of each depends on its content.

use super::{PageKey, PageKind};
use crate::site::{Site, SiteError};

pub(super) struct Assets;

impl PageKind for Assets {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        site.theme.files().keys().map(|path| (path.clone(), PageKey::default())).collect()
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        site.theme.files().get(path).cloned().ok_or_else(|| SiteError::NoPage { path: path.to_owned() })
    }
}

//! The theme's style sheets, scripts and pictures, under names that depend on their content.

use super::{Key, Kind};
use crate::site::{Site, SiteError};

pub(super) struct Assets;

impl Kind for Assets {
    fn pages(&self, site: &Site) -> Vec<(String, Key)> {
        site.theme.files().keys().map(|path| (path.clone(), Key::default())).collect()
    }

    fn render(&self, site: &Site, path: &str, _: Key) -> Result<Vec<u8>, SiteError> {
        site.theme.files().get(path).cloned().ok_or_else(|| SiteError::NoPage { path: path.to_owned() })
    }
}

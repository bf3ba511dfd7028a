//! The kinds of page. To add one: a file with its `Kind`, and a line in [`KINDS`].

mod article;
mod asset;
mod attachment;
mod discovery;
mod feed;
mod home;
mod list;
mod moved;
mod not_found;
mod search;
mod service;
mod tag;
mod ticket;

use super::{Site, SiteError};
use crate::text::RepoPath;

/// What a page of its kind shows, and which part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    /// The place of the ticket, service… in its list.
    pub(super) item: usize,
    /// The part of a long list, from 0; or whatever else tells the pages of one item apart.
    pub(super) part: usize,
}

impl Key {
    pub(super) fn item(item: usize) -> Self {
        Self { item, part: 0 }
    }
}

/// A kind of page.
pub(super) trait Kind: Sync {
    /// Every page of the kind: its file, and what it shows.
    fn pages(&self, site: &Site) -> Vec<(String, Key)>;
    /// The bytes of the page in file `path`.
    fn render(&self, site: &Site, path: &str, key: Key) -> Result<Vec<u8>, SiteError>;
    /// The file of the repository that the page is a copy of, if it is one.
    fn original<'a>(&self, _: &'a Site, _: Key) -> Option<&'a RepoPath> {
        None
    }
}

/// All of them. Of two that claim one file the first has it.
pub(super) const KINDS: &[&dyn Kind] = &[
    &home::Home,
    &ticket::Tickets,
    &service::Services,
    &service::ServiceIndex,
    &tag::Tags,
    &tag::TagIndex,
    &article::Articles,
    &article::ArticleIndex,
    &search::Search,
    &not_found::NotFound,
    &feed::Feeds,
    &discovery::Robots,
    &discovery::Sitemap,
    &discovery::OpenSearch,
    &asset::Assets,
    &attachment::Attachments,
    &moved::Moved,
];

//! The kinds of pages. To add one, write a file with a type that implements [`PageKind`], and add a line to
//! [`PAGE_KINDS`].

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

/// The key of a page among the pages of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PageKey {
    /// The index of the ticket, service and so on in its list.
    pub(super) item: usize,
    /// The part of a long list, from 0, or another number that distinguishes the pages of one item.
    pub(super) part: usize,
}

impl PageKey {
    pub(super) fn item(item: usize) -> Self {
        Self { item, part: 0 }
    }
}

/// A kind of page, such as the pages of tickets.
pub(super) trait PageKind: Sync {
    /// Lists every page of this kind with its file and key.
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)>;
    /// Renders the page in file `path`.
    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError>;
    /// Returns the original in the repository if the page is a copy of a file.
    fn original<'a>(&self, _: &'a Site, _: PageKey) -> Option<&'a RepoPath> {
        None
    }
}

/// All kinds of pages. If two kinds have a page for the same file, the first one is used.
pub(super) const PAGE_KINDS: &[&dyn PageKind] = &[
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
    &moved::Redirects,
];

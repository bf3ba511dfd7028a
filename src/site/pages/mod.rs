//! The kinds of pages. To add one, write a file with a type that implements [`PageKind`], and add a line to
//! `pages!`.

mod list;

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

/// Declares the modules of the pages and the table of their kinds.
macro_rules! pages {
    ($($module:ident: [$($kind:ident),+]),+ $(,)?) => {
        $(mod $module;)+

        /// All kinds of pages. If two kinds have a page for the same file, the first one is used.
        pub(super) const PAGE_KINDS: &[&dyn PageKind] = &[$($(&$module::$kind),+),+];
    };
}

pages! {
    home: [Home],
    ticket: [Tickets],
    tickets: [AllTickets, OpenTickets],
    in_review: [TicketsInReview],
    person: [People],
    report: [ReportPage],
    service: [Services, ServiceTickets, ServiceIndex],
    tag: [Tags, TagIndex],
    article: [Articles, ArticleIndex],
    search: [Search],
    form: [TemplateChoice, TicketForms, ReplyForm, FormData],
    not_found: [NotFound],
    feed: [Feeds],
    discovery: [Robots, OpenSearch],
    sitemap: [Sitemap],
    llms: [Llms],
    asset: [Assets],
    attachment: [Attachments],
    moved: [Redirects],
    twin: [
        HomeTwin, TicketTwins, AllTicketsTwins, ServiceTwins, ServiceTicketsTwins, TagTwins, ArticleTwins,
        ArticleListTwin
    ],
}

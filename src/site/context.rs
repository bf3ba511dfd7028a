//! The data for templates. This file defines the parts that several pages share; each page defines the other parts in
//! its own file.
//!
//! Every template gets `site` ([`SiteContext`]), `page` ([`PageContext`]) and the fields of the page's own context.
//! Each `href` is relative to the root of the site: a template writes `{{ page.root }}{{ ticket.href }}`. HTML is
//! already marked as safe; templates escape all other text.

use serde::Serialize;

use super::Html;

/// The context `site`, which is the same on every page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SiteContext {
    pub title: String,
    /// The language of the site's texts, for `lang`.
    pub language: String,
    /// `public` or `internal`.
    pub audience: &'static str,
    /// Whether only answered tickets are shown. Open tickets on such a site were answered and then reopened, and other
    /// tickets are missing.
    pub answered_only: bool,
    /// The name and version of the program that built the site.
    pub generator: &'static str,
    /// The content security policy for the `meta` element: the resources that a page may load and run. It protects
    /// readers if the sanitiser misses an attack.
    pub content_policy: &'static str,
    /// The parts of the site that are not empty.
    pub nav: Vec<NavItem>,
    pub links: SiteLinks,
    /// The OpenSearch description. It needs absolute URLs, so it is missing if the site's address is unknown.
    pub opensearch: Option<&'static str>,
    /// Problems of theme files that are replaced on every page.
    pub theme_problems: Vec<String>,
    /// The address at which `casebook serve` announces that a page has changed.
    pub events: Option<String>,
    /// The version of the data behind the page, to be compared with the versions that `events` announces.
    pub version: Option<String>,
}

/// An entry of the navigation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NavItem {
    /// `tickets`, `services`, `tags` or `knowledge`; `page.section` names the current one.
    pub kind: &'static str,
    pub href: String,
}

/// Links to the parts of the site. They are relative to the root, except `repository`, which is an absolute URL.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SiteLinks {
    pub home: String,
    pub search: String,
    /// The first file of the search index that the search page reads.
    pub index: &'static str,
    pub services: String,
    pub tags: String,
    pub knowledge: String,
    pub feed: &'static str,
    /// The repository's page at its forge.
    pub repository: Option<String>,
    /// The page on which a user chooses a form for a new ticket.
    pub new: String,
    pub tickets: String,
    pub open: String,
}

/// The context `page`, which the layout of every page uses.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct PageContext {
    /// The kind of page: `home`, `ticket`…
    pub kind: &'static str,
    /// The part of the navigation that the page belongs to.
    pub section: &'static str,
    /// The relative path to the root of the site, with a slash at the end.
    pub root: String,
    pub title: String,
    /// One or two sentences for search engines.
    pub description: String,
    /// The absolute URL of the page, if the site's address is known.
    pub canonical: Option<String>,
    /// The page's Markdown twin, relative to the page itself, if it has one.
    pub twin: Option<&'static str>,
    /// Blocks of structured data for search engines.
    pub data: Vec<Html>,
    /// Whether search engines are asked not to list the page.
    pub noindex: bool,
    /// The feeds that the page announces.
    pub feeds: Vec<FeedLink>,
    /// The name below `assets/` of the page's module, followed by the modules that it loads.
    pub modules: Vec<String>,
}

/// A feed that a page announces.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FeedLink {
    #[serde(rename = "type")]
    pub media_type: &'static str,
    pub title: String,
    pub href: String,
}

/// A moment in time, formatted for pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FormattedTime {
    /// RFC 3339 in UTC, for `datetime`.
    pub at: String,
    /// The date in the site's time zone: `2026-09-09`.
    pub date: String,
    /// The date in the site's time zone and language: `9 Sep 2026`.
    pub day: String,
    /// Date, hour and minute in the site's time zone and language, without the zone's name.
    pub minute: String,
    /// Date and time in the site's time zone.
    pub text: String,
}

/// A link to a page of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    pub href: String,
    /// The text of the link.
    #[serde(rename = "title")]
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct PersonContext {
    pub id: String,
    /// The name that is shown.
    pub name: String,
    /// One or two letters for the person's avatar.
    pub initials: String,
    /// The number of the avatar's colour, from 1. It depends only on the id.
    pub color: u8,
    /// The person's page, which only the internal site has.
    pub href: Option<String>,
}

/// A service, a module or a tag in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CountedLink {
    /// The service's id, or the tag.
    pub id: String,
    /// The name that is shown.
    pub name: String,
    pub href: String,
    /// The number of its tickets on the site.
    pub tickets: usize,
    /// The number of these tickets that are not resolved.
    pub open: usize,
    /// The service's modules; empty for a module or a tag.
    pub modules: Vec<CountedLink>,
    /// The team that owns the service.
    pub owner: Option<String>,
    /// The people oncall for the service, who are known on the internal site.
    pub oncall: Vec<PersonContext>,
}

/// A ticket in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TicketRow {
    pub id: String,
    pub title: String,
    pub href: String,
    /// `open`, `pending`, `on-hold` or `resolved`.
    pub status: &'static str,
    /// The resolution, if the ticket is resolved.
    pub resolution: Option<&'static str>,
    /// The icon: the resolution, or else the status.
    pub icon: &'static str,
    /// The style of the badge: the status, or `closed` for resolutions without an answer.
    pub tone: &'static str,
    pub priority: &'static str,
    /// The ticket's visibility, if it is not the one of the settings; `None` on a public site.
    pub visibility: Option<&'static str>,
    /// The ticket's service, if the service has a page.
    pub service: Option<ServiceLink>,
    /// The time when the ticket was resolved, or else opened.
    pub when: Option<FormattedTime>,
    /// When the ticket is due.
    pub due: Option<FormattedTime>,
    /// After this time (RFC 3339 in UTC), the ticket is at risk.
    pub at_risk_after: Option<String>,
    /// The beginning of the answer, or else of the problem.
    pub excerpt: String,
    /// Whether the excerpt is of the answer.
    pub answered: bool,
    /// What the excerpt is from: `fix`, `answer`, `outcome`, or `problem`.
    pub excerpt_of: &'static str,
    /// The labels of fields and sections that the requester was asked for, if the ticket is not resolved.
    pub asks: Vec<String>,
    pub assignee: Option<PersonContext>,
    /// The number of reports: the ticket itself, its duplicates, and the tickets that it answered.
    pub asked: usize,
    /// The reasons why the ticket is in this list.
    pub why: Vec<MatchReason>,
}

/// One reason why a ticket is in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MatchReason {
    /// A shared word, or a shared property such as `service billing`.
    pub what: String,
    /// Whether `what` is a shared property rather than a word.
    pub same: bool,
}

/// The service of a ticket or article.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ServiceLink {
    pub id: String,
    /// The name that is shown.
    pub name: String,
    pub href: String,
}

/// An article in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ArticleRow {
    pub title: String,
    pub href: String,
    /// The beginning of the article's fix, or else of its text.
    pub excerpt: String,
    /// What the excerpt is from: `fix` or `problem`.
    pub excerpt_of: &'static str,
    /// The article's service, if the service has a page.
    pub service: Option<ServiceLink>,
    /// The number of tickets on the site that the article is based on.
    pub distilled: usize,
    /// The article's visibility, if it is not the one of the settings; `None` on a public site.
    pub visibility: Option<&'static str>,
    /// The date on which the article was last confirmed.
    pub confirmed: Option<FormattedTime>,
}

/// A downloadable file.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FileLink {
    pub name: String,
    pub href: String,
    /// The formatted size of the file; empty if it is unknown.
    pub size: String,
}

/// Links to pages at the forge.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ForgeLinks {
    /// The link for editing the file.
    pub edit: Option<String>,
    /// The link to the file's history.
    pub history: Option<String>,
}

/// Navigation between the parts of a long list, newest first. The number of parts is not here: with it, a new ticket would
/// change each part.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Pagination {
    /// The number of this part, from 1 for the oldest; missing for the newest part.
    pub number: Option<usize>,
    /// The link to the newest part.
    pub newest: String,
    /// The link to the part before this one.
    pub newer: Option<String>,
    /// The link to the part after this one.
    pub older: Option<String>,
}

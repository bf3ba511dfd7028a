//! What templates are given. The pieces that several kinds of page share; each kind adds its own beside its page.
//!
//! Every template sees `site` ([`SiteContext`]), `page` ([`PageContext`]) and the fields of its own kind's context.
//! `href`s are relative to the root of the site: a template writes `{{ page.root }}{{ ticket.href }}`. What is HTML is
//! marked as safe already; all other text is escaped by the template.

use serde::Serialize;

use crate::search::similar::Reason;

/// `site`: the same on every page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SiteContext {
    /// The site's title.
    pub title: String,
    /// The language of its words, for `lang`.
    pub language: String,
    /// `public` or `internal`.
    pub audience: &'static str,
    /// Whether only tickets that were answered are shown: those that are open are open again, and there are more.
    pub answered_only: bool,
    /// Who made the pages.
    pub generator: &'static str,
    /// For a `meta` element: what a page may load and run. The second line of defence behind the sanitiser.
    pub content_policy: &'static str,
    /// The newest thing that the site shows.
    pub as_of: Option<When>,
    /// The parts of the site that have something to show.
    pub nav: Vec<NavItem>,
    /// Where its parts are.
    pub links: SiteLinks,
    /// The OpenSearch description; it needs the site's address, so there is none without.
    pub opensearch: Option<&'static str>,
    /// Where `casebook serve` tells that a page has changed.
    pub events: Option<String>,
    /// What the page is of, to be compared with what is told there.
    pub version: Option<String>,
}

/// An entry of the navigation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NavItem {
    /// `services`, `tags` or `knowledge`; `page.section` names the current one.
    pub kind: &'static str,
    /// Where it leads.
    pub href: String,
}

/// Where the parts of the site are; relative to the root but for `repository` and `new`, which are whole addresses.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SiteLinks {
    /// The front page.
    pub home: String,
    /// The search page.
    pub search: String,
    /// What the search page reads first.
    pub index: &'static str,
    /// All services.
    pub services: String,
    /// All tags.
    pub tags: String,
    /// All articles.
    pub knowledge: String,
    /// The Atom feed.
    pub feed: &'static str,
    /// The repository at its forge.
    pub repository: Option<String>,
    /// Where a new ticket is written.
    pub new: Option<String>,
}

/// `page`: what the frame of a page needs.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct PageContext {
    /// The kind of page: `home`, `ticket`…
    pub kind: &'static str,
    /// The part of the navigation that it belongs to.
    pub section: &'static str,
    /// The way to the root of the site, with a slash at its end.
    pub root: String,
    /// Its title.
    pub title: String,
    /// One or two sentences for search engines.
    pub description: String,
    /// Its whole address, where the site's is known.
    pub canonical: Option<String>,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// Feeds that belong to it.
    pub feeds: Vec<FeedLink>,
    /// The module that it runs, by its name below `assets/`, and those that the module loads.
    pub modules: Vec<String>,
}

/// A feed that a page announces.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FeedLink {
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: &'static str,
    /// Its title.
    pub title: String,
    /// Where it is.
    pub href: String,
}

/// A moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct When {
    /// RFC 3339 in UTC, for `datetime`.
    pub at: String,
    /// The date in the site's time zone.
    pub date: String,
    /// Date, hour and minute in the site's time zone, which is not named.
    pub minute: String,
    /// Date and time in the site's time zone.
    pub text: String,
}

/// Something with a page: a ticket, an article, a service, a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    /// Its page.
    pub href: String,
    /// What it is called.
    #[serde(rename = "title")]
    pub text: String,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct PersonContext {
    /// The id that tickets name.
    pub id: String,
    /// The name for people.
    pub name: String,
}

/// A service, a module of one, or a tag, in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Group {
    /// Its id; of a tag, the tag.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How many tickets it has that the site shows.
    pub tickets: usize,
    /// How many of these are not resolved.
    pub open: usize,
    /// Its modules, if it is a service.
    pub modules: Vec<Group>,
}

/// A ticket in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Where it stands: `open`, `pending`, `on-hold`, `resolved`.
    pub status: &'static str,
    /// How it was resolved; only while it is.
    pub resolution: Option<&'static str>,
    /// The style of its badge: the status, but `closed` for resolutions that answer nothing.
    pub tone: &'static str,
    /// Its priority.
    pub priority: &'static str,
    /// Whether it is internal, on a site that shows such.
    pub internal: bool,
    /// Its service, if that has a page.
    pub service: Option<ServiceLink>,
    /// When it was resolved, else when it was opened.
    pub when: Option<When>,
    /// The beginning of its answer, else of its problem.
    pub excerpt: String,
    /// Whether the excerpt is of the answer.
    pub answered: bool,
    /// How often it was asked: itself, its duplicates, and the tickets that it answered.
    pub asked: usize,
    /// Why it is in this list.
    pub why: Vec<Why>,
}

/// One reason why a ticket is in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Why {
    /// A word of it, or what it has too: `service billing`.
    pub what: String,
    /// Whether it is not a word but something that it has too.
    pub same: bool,
}

impl From<&Reason> for Why {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::Word(word) => Self { what: word.clone(), same: false },
            Reason::Same(what) => Self { what: what.clone(), same: true },
        }
    }
}

/// A ticket's or article's service.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ServiceLink {
    /// Its id.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Its page.
    pub href: String,
}

/// An article in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ArticleRow {
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its first sentences.
    pub excerpt: String,
    /// Its service, if that has a page.
    pub service: Option<ServiceLink>,
    /// How many of the tickets that it distils the site shows.
    pub distilled: usize,
    /// Whether it is internal, on a site that shows such.
    pub internal: bool,
}

/// A downloadable file.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FileLink {
    /// Its own name.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// How large it is, for people; empty when that is not known.
    pub size: String,
}

/// Links to the forge.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ForgeLinks {
    /// Writes a reply.
    pub reply: Option<String>,
    /// Edits the file.
    pub edit: Option<String>,
    /// The file's history.
    pub history: Option<String>,
}

/// A list in parts, newest first.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Pages {
    /// This part, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
    /// The part before.
    pub newer: Option<String>,
    /// The part after.
    pub older: Option<String>,
}

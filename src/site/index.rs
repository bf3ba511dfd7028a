//! The search index of the site, which the site's search page reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Site;
use super::inputs::Input;
use super::model::{ArticleNo, TicketNo};
use super::xml::well_formed;
use crate::search::Item;
use crate::search::published::{PublishedDocuments, PublishedIndex, PublishedParts, publish, republish};
use crate::search::site_texts::SiteTexts;

/// The folder of the index files.
pub(super) const FOLDER: &str = "search/";

/// The folder and the ending of the files whose names are hashes of their contents.
const HASHED_FOLDER: &str = "search/i/";
const ENDING: &str = ".bin";

/// Returns whether the name of an index file is a hash of its contents, so that a file with this name never changes.
pub(super) fn has_hashed_name(path: &str) -> bool {
    hashed_name(path).is_some()
}

/// Returns the name of the file `path` without its folder and ending, if the name is a hash of its contents.
pub(super) fn hashed_name(path: &str) -> Option<&str> {
    path.strip_prefix(HASHED_FOLDER)?.strip_suffix(ENDING)
}

/// Returns the path of the file whose [`hashed_name`] is `name`.
pub(super) fn path_of_hashed(name: &str) -> String {
    format!("{HASHED_FOLDER}{name}{ENDING}")
}

/// The files of the index.
pub(super) struct SiteIndex {
    /// The files that are new, by path. Without a former index, these are all files.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The paths of the files of the last build that stay.
    pub(super) kept: BTreeSet<String>,
    pub(super) parts: PublishedParts,
}

impl SiteIndex {
    /// Builds the whole index. Also returns all texts.
    pub(super) fn whole(site: &Site) -> (Self, SiteTexts) {
        let documents = PublishedDocuments::of(site.store(), site.view().publish);
        let mut index = publish(site.store(), &documents, |item| result(site, item));
        let texts = SiteTexts::of_index(documents, &mut index);
        (Self::of(index), texts)
    }

    /// Updates the index of the last build, whose files `read` returns. `is_shown_anew` tells whether the data that results
    /// show for an item changed.
    pub(super) fn updated(
        site: &Site,
        texts: &SiteTexts,
        is_shown_anew: impl Fn(Item) -> bool,
        read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    ) -> Self {
        let read = |name: &str| read(&format!("{FOLDER}{name}"));
        let updated = texts.former_index(&read).and_then(|former| {
            republish(site.store(), texts.documents(), |item| result(site, item), is_shown_anew, &former)
        });
        Self::of(
            updated.unwrap_or_else(|| publish(site.store(), texts.documents(), |item| result(site, item))),
        )
    }

    fn of(index: PublishedIndex) -> Self {
        let path = |name: String| format!("{FOLDER}{name}");
        Self {
            files: index.files.into_iter().map(|(name, bytes)| (path(name), bytes)).collect(),
            kept: index.kept.into_iter().map(path).collect(),
            parts: index.parts,
        }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().chain(&self.kept).map(String::as_str)
    }
}

impl Site {
    /// Returns the input that a ticket or article is.
    pub(super) fn input_of(&self, item: Item) -> Input {
        match item {
            Item::Ticket(n) => Input::Ticket(self.model.thread(n).id().to_owned()),
            Item::Article(n) => Input::Article(self.model.article(n).slug.clone()),
        }
    }
}

fn result(site: &Site, item: Item) -> ResultData {
    match item {
        Item::Ticket(n) => ResultData::Ticket(ticket(site, n)),
        Item::Article(n) => ResultData::Article(article(site, n)),
    }
}

/// The data that the search page shows for a result.
#[derive(Serialize)]
#[serde(untagged)]
enum ResultData {
    Ticket(TicketData),
    Article(ArticleData),
}

#[derive(Serialize)]
struct TicketData {
    id: String,
    title: String,
    href: String,
    status: &'static str,
    resolution: Option<&'static str>,
    tone: &'static str,
    priority: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
    service: Option<String>,
    date: Option<String>,
    excerpt: String,
    excerpt_of: &'static str,
    answered: bool,
}

#[derive(Serialize)]
struct ArticleData {
    slug: String,
    title: String,
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
    service: Option<String>,
    date: Option<String>,
    excerpt: String,
    excerpt_of: &'static str,
}

fn ticket(site: &Site, n: TicketNo) -> TicketData {
    let row = site.row(n);
    let service = site.model.thread(n).state.service.as_deref().map(|id| well_formed(site.service_name(id)));
    TicketData {
        id: row.id,
        title: well_formed(row.title),
        href: row.href,
        status: row.status,
        resolution: row.resolution,
        tone: row.tone,
        priority: row.priority,
        visibility: row.visibility,
        service,
        date: row.when.map(|when| when.date),
        excerpt: well_formed(row.excerpt),
        excerpt_of: row.excerpt_of,
        answered: row.answered,
    }
}

fn article(site: &Site, n: ArticleNo) -> ArticleData {
    let row = site.article_row(n);
    ArticleData {
        slug: site.model.article(n).slug.clone(),
        title: well_formed(row.title),
        href: row.href,
        visibility: row.visibility,
        service: row.service.map(|service| well_formed(service.name)),
        date: site.model.article(n).confirmed.map(crate::text::Time::date),
        excerpt: well_formed(row.excerpt),
        excerpt_of: row.excerpt_of,
    }
}

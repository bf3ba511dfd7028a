//! A knowledge article, based on resolved tickets.

use serde::{Deserialize, Serialize};

use super::{
    document::Document, read::YamlReader, section::count_body_words, section::filled_sections,
    status::Visibility,
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Time},
};

/// Keys that an article's front matter may have.
pub const ARTICLE_KEYS: &[&str] = &[
    "title",
    "service",
    "tags",
    "tickets",
    "confirmed",
    "supersedes",
    "visibility",
    "aliases",
    "source",
    "fields",
];

/// The front matter of an article and facts about its body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The file name without its extension.
    pub slug: String,
    pub path: Option<RepoPath>,
    /// Empty when missing.
    pub title: String,
    pub service: Option<String>,
    pub tags: Vec<String>,
    /// Ids of the tickets that it is based on.
    pub tickets: Vec<String>,
    /// When the article was last reviewed: midnight UTC of the date.
    pub confirmed: Option<Time>,
    /// Slugs of the articles that it replaces.
    pub supersedes: Vec<String>,
    /// `None` means the default of the settings.
    pub visibility: Option<Visibility>,
    /// Former names.
    pub aliases: Vec<String>,
    /// The id or path at the place from which the article was imported.
    pub source: Option<String>,
    /// Lower-case headings of the sections that have text.
    pub sections: Vec<String>,
    /// Number of words in the body, without comments.
    pub words: u32,
}

/// Parses an article. Never fails: invalid values are skipped and returned as findings, together with the problems
/// of the document's form.
pub(crate) fn parse_article(document: &Document) -> (Article, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = YamlReader::new(path, entries);
    let article = Article {
        slug: path.stem().to_owned(),
        path: Some(path.clone()),
        title: reader.text("title").unwrap_or_default(),
        service: reader.text("service"),
        tags: reader.texts("tags"),
        tickets: reader.texts("tickets"),
        confirmed: reader.date("confirmed"),
        supersedes: reader.texts("supersedes"),
        visibility: reader.visibility(document),
        aliases: reader.texts("aliases"),
        source: reader.text("source"),
        sections: filled_sections(document.body_text()),
        words: count_body_words(document.body_text()),
    };
    reader.refuse_unknown(ARTICLE_KEYS);
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (article, findings)
}

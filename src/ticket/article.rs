//! An article: what several tickets taught.

use serde::{Deserialize, Serialize};

use super::{
    document::Document, read::Reader, section::count_body_words, section::filled_sections, status::Visibility,
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Time},
};

/// Keys that an article may have.
pub const ARTICLE_KEYS: &[&str] =
    &["title", "service", "tags", "tickets", "confirmed", "supersedes", "visibility", "aliases"];

/// What an article's file says, without its body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The file's stem.
    pub slug: String,
    /// Where the file stands.
    pub path: Option<RepoPath>,
    /// Its title; empty when missing.
    pub title: String,
    /// The service it is about.
    pub service: Option<String>,
    /// Free words for finding it.
    pub tags: Vec<String>,
    /// The tickets that it distils.
    pub tickets: Vec<String>,
    /// When it was last found true (midnight UTC of the date).
    pub confirmed: Option<Time>,
    /// Articles that it replaces.
    pub supersedes: Vec<String>,
    /// Who may see it; the settings' default when missing.
    pub visibility: Option<Visibility>,
    /// Headings of sections that have text, lower case.
    pub sections: Vec<String>,
    /// How many words its body has, comments left out.
    pub words: u32,
}

/// Reads an article. Never fails: what cannot be used is left out and is a finding (form included).
pub(crate) fn parse_article(document: &Document) -> (Article, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = Reader::new(path, entries);
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
        sections: filled_sections(document.body_text()),
        words: count_body_words(document.body_text()),
    };
    reader.refuse_unknown(ARTICLE_KEYS);
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (article, findings)
}

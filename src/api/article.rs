//! The JSON of articles.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    store::Store,
    text::Time,
    ticket::{Article, Visibility},
};

/// An article without its text
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleSummary {
    /// The name of the article's file, without `.md`
    pub slug: String,
    pub title: String,
    #[schema(required)]
    pub service: Option<String>,
    pub tags: Vec<String>,
    /// The tickets that the article is based on
    pub tickets: Vec<String>,
    /// When the article was last reviewed
    #[schema(required)]
    pub confirmed: Option<Time>,
    /// The articles that this one replaces
    pub supersedes: Vec<String>,
    #[schema(required)]
    pub visibility: Option<Visibility>,
}

/// An article with its text
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleDetail {
    #[serde(flatten)]
    pub summary: ArticleSummary,
    /// The text, as Markdown
    pub body: String,
}

impl ArticleDetail {
    /// Describes `article`. Its text is read from `store`.
    pub(crate) fn of(store: &Store, article: &Article) -> Self {
        Self { summary: ArticleSummary::of(article), body: store.body(article.path.as_ref()) }
    }
}

impl ArticleSummary {
    pub(crate) fn of(article: &Article) -> Self {
        Self {
            slug: article.slug.clone(),
            title: article.title.clone(),
            service: article.service.clone(),
            tags: article.tags.clone(),
            tickets: article.tickets.clone(),
            confirmed: article.confirmed,
            supersedes: article.supersedes.clone(),
            visibility: article.visibility,
        }
    }
}

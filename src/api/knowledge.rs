//! The JSON of clusters and of the health of articles.

use serde::Serialize;
use utoipa::ToSchema;

use super::ArticleSummary;
use crate::{
    knowledge::{articles::ArticleHealth, clusters::Cluster},
    search::{Item, answer_for_reader},
    store::Store,
    text::{RepoPath, Time},
    ticket::Article,
};

/// Tickets about one problem
#[derive(Serialize, ToSchema)]
pub(crate) struct ClusterDetail {
    /// The ids of the tickets, the oldest first
    pub tickets: Vec<String>,
    /// The words that hold the tickets together, the most significant first
    pub words: Vec<String>,
    /// When the first ticket was opened
    #[schema(required)]
    pub first: Option<Time>,
    /// When the last ticket was opened
    #[schema(required)]
    pub last: Option<Time>,
    /// The seconds that the requesters of all tickets waited in total
    pub cost: i64,
    /// The ticket with the best answer
    #[schema(required)]
    pub best: Option<String>,
    /// The best answer, as Markdown
    #[schema(required)]
    pub answer: Option<String>,
    /// The article about the problem
    #[schema(required)]
    pub article: Option<String>,
}

/// Clusters of tickets, those that cost most first
#[derive(Serialize, ToSchema)]
pub(crate) struct ClusterList {
    pub clusters: Vec<ClusterDetail>,
    /// The number of all clusters, regardless of the limit
    pub total: usize,
}

/// An article that was written
#[derive(Serialize, ToSchema)]
pub(crate) struct WrittenArticle {
    pub slug: String,
    pub path: RepoPath,
    /// The commit; null if nothing had to be changed
    #[schema(required)]
    pub commit: Option<String>,
}

/// An article with its health
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleStatus {
    #[serde(flatten)]
    pub summary: ArticleSummary,
    /// The number of tickets that cite it, without those that it is based on
    pub answered: usize,
    /// The ticket that speaks against it since the last review
    #[schema(required)]
    pub in_doubt: Option<String>,
    /// When it is due for review
    #[schema(required)]
    pub review: Option<Time>,
    /// Whether it is due for review
    pub due: bool,
}

/// Articles with their health
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleStatusList {
    pub articles: Vec<ArticleStatus>,
}

impl ClusterDetail {
    pub(crate) fn of(store: &Store, cluster: &Cluster) -> Self {
        Self {
            tickets: cluster.ids(store).map(str::to_owned).collect(),
            words: cluster.words.clone(),
            first: cluster.span.map(|(first, _)| first),
            last: cluster.span.map(|(_, last)| last),
            cost: cluster.cost,
            best: cluster.best.map(|place| store.threads.id(place).to_owned()),
            answer: cluster.best.and_then(|place| answer_for_reader(store, Item::Ticket(place))),
            article: cluster.article.clone(),
        }
    }
}

impl ArticleStatus {
    pub(crate) fn of(store: &Store, article: &Article, health: &ArticleHealth) -> Self {
        Self {
            summary: ArticleSummary::of(article),
            answered: health.answered.len(),
            in_doubt: health.doubt.map(|doubt| store.threads.id(doubt.ticket).to_owned()),
            review: health.review,
            due: health.is_due,
        }
    }
}

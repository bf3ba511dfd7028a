//! The articles whose answer may no longer be true.

use crate::{
    knowledge::{
        articles::{ArticleHealth, ArticleHealths},
        clusters::{Clusters, clock},
    },
    notify::DoubtfulArticle,
    repo::CacheSlot,
    store::Store,
    ticket::Article,
};

const DAY: i64 = 24 * 60 * 60;

/// Returns the articles of `store` that are in doubt or due for review. An article that another one replaces is left out. `slot` is
/// the cache of the clusters.
pub(super) fn in_doubt(store: &Store, slot: &CacheSlot) -> Vec<DoubtfulArticle> {
    if store.articles.iter().all(|article| article.confirmed.is_none()) {
        return Vec::new();
    }
    let clusters = Clusters::of(store, slot);
    let healths = ArticleHealths::of(store, &clusters);
    let is_superseded =
        |slug: &str| store.articles.iter().any(|other| other.supersedes.iter().any(|old| old == slug));
    let doubtful = |article: &Article| {
        let reason = reason(article, &healths.health(article), store)?;
        Some(DoubtfulArticle { slug: article.slug.clone(), title: article.title.clone(), reason })
    };
    store.articles.iter().filter(|article| !is_superseded(&article.slug)).filter_map(doubtful).collect()
}

/// Returns why an article is listed; `None` if it is not.
fn reason(article: &Article, health: &ArticleHealth, store: &Store) -> Option<String> {
    if let Some(doubt) = health.doubt {
        let what = if doubt.is_resolution { "resolved without it" } else { "reported again" };
        return Some(format!("{what} after the last review, in {}", store.threads.id(doubt.ticket)));
    }
    let days = (clock(store).seconds() - article.confirmed?.seconds()) / DAY;
    health.is_due.then(|| format!("last reviewed {days} days ago"))
}

//! The front page: the search, recently resolved tickets, recurring tickets and links to the other lists.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::in_review::{self, InReviewRow};
use super::{PageKey, PageKind};
use crate::site::context::{ArticleRow, CountedLink, FormattedTime, PageContext, TicketRow};
use crate::site::inputs::{Input, covered};
use crate::site::model::TicketNo;
use crate::site::{Site, SiteError};
use crate::ticket::Resolution;

/// The context of `home.html`.
#[derive(Serialize)]
struct HomeContext {
    /// The time of the newest change that the site shows.
    as_of: Option<FormattedTime>,
    counts: HomeCounts,
    resolved: Vec<TicketRow>,
    in_review: Vec<InReviewRow>,
    open: Vec<TicketRow>,
    recurring: Vec<TicketRow>,
    articles: Vec<ArticleRow>,
    services: Vec<CountedLink>,
    tags: Vec<CountedLink>,
}

#[derive(Serialize)]
struct HomeCounts {
    tickets: usize,
    open: usize,
    articles: usize,
}

pub(super) struct Home;

impl PageKind for Home {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let page = PageContext {
            kind: "home",
            title: model.settings().title.clone(),
            feeds: site.home_feeds(),
            ..site.page_context(path)
        };
        let mut services = site.top_services();
        services.retain(|service| service.tickets > 0);
        services.sort_by_key(|service| std::cmp::Reverse(service.tickets));
        services.truncate(12);
        let context = HomeContext {
            as_of: model.as_of().map(|time| site.when(time)),
            counts: HomeCounts {
                tickets: model.ticket_count(),
                open: model.open().len(),
                articles: model.article_count(),
            },
            resolved: recently_resolved(site).into_iter().map(|n| site.row(n)).collect(),
            in_review: in_review::rows(site),
            open: model.open().iter().take(5).map(|n| site.row(*n)).collect(),
            recurring: recurring(site, &Input::Everything, (0..model.ticket_count()).collect()),
            articles: site
                .by_review(model.current_articles())
                .into_iter()
                .take(6)
                .map(|n| site.article_row(n))
                .collect(),
            services,
            tags: site.top_tags(20),
        };
        site.html("home.html", page, Value::from(Serde(context)))
    }
}

/// Selects the tickets that were resolved last with an answer of their own.
pub(super) fn recently_resolved(site: &Site) -> Vec<TicketNo> {
    const MAX: usize = 10;
    let model = &site.model;
    let is_original = |n: &TicketNo| model.thread(*n).state.resolution != Some(Resolution::Duplicate);
    covered(
        || Input::Everything,
        || {
            let all = model.resolved().iter().copied().filter(|n| site.is_resolved(*n) && is_original(n));
            let (answered, others): (Vec<TicketNo>, Vec<TicketNo>) =
                all.partition(|n| model.ticket(*n).digest.answered);
            // Imported tickets often have no marked answer. They are better than an empty page.
            let shown = if answered.is_empty() { others } else { answered };
            shown.into_iter().take(MAX).collect()
        },
    )
}

/// Selects the tickets with more than one report, those with the most reports first.
/// `input` covers the tickets.
pub(super) fn recurring(site: &Site, input: &Input, mut tickets: Vec<TicketNo>) -> Vec<TicketRow> {
    let asked = |n: &TicketNo| site.model.ticket(*n).asked;
    covered(
        || input.clone(),
        || {
            tickets.retain(|n| asked(n) > 1);
            tickets.sort_by_key(|n| (std::cmp::Reverse(asked(n)), std::cmp::Reverse(*n)));
        },
    );
    tickets.iter().take(8).map(|n| site.row(*n)).collect()
}

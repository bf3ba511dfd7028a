//! The pages of tickets in review: new tickets on the branches of pull requests. They are in no list, count or index of
//! the site, except the list on the front page.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::site::context::{FormattedTime, PageContext, PersonContext};
use crate::site::urls::folder_of;
use crate::site::{Html, ProseStyle, Site, SiteError};
use crate::ticket::Thread;

/// A ticket in review in a list.
#[derive(Serialize)]
pub(super) struct InReviewRow {
    title: String,
    href: String,
    branch: String,
    priority: &'static str,
    service: Option<String>,
    requester: Option<PersonContext>,
    when: Option<FormattedTime>,
}

/// The context of `in-review.html`.
#[derive(Serialize)]
struct InReviewContext {
    ticket: InReviewRow,
    id: String,
    body: Html,
    /// The page of the pull request at the forge.
    review: Option<String>,
}

pub(super) struct TicketsInReview;

impl PageKind for TicketsInReview {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let threads = site.model.in_review().into_iter().flat_map(|store| store.threads.iter());
        threads
            .enumerate()
            .map(|(n, thread)| (format!("{}index.html", folder(thread)), PageKey::item(n)))
            .collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        let store = site.model.in_review().ok_or_else(missing)?;
        let thread = store.threads.get(key.item).ok_or_else(missing)?;
        let ticket = row(site, thread);
        let page = PageContext { kind: "in-review", title: ticket.title.clone(), ..site.page_context(path) };
        let file = thread.ticket.path.as_ref();
        let style =
            ProseStyle { path: file, root: &page.root, title: Some(&page.title), ..ProseStyle::default() };
        let review = site.forge.as_ref().map(|forge| forge.new_review(&ticket.branch));
        let context = InReviewContext {
            id: thread.id().to_owned(),
            body: site.prose(&store.body(file), &style),
            review,
            ticket,
        };
        site.html("in-review.html", page, Value::from(Serde(context)))
    }
}

/// Returns the tickets in review, newest first.
pub(super) fn rows(site: &Site) -> Vec<InReviewRow> {
    let Some(store) = site.model.in_review() else { return Vec::new() };
    let mut rows: Vec<InReviewRow> = store.threads.iter().map(|thread| row(site, thread)).collect();
    rows.reverse();
    rows
}

fn row(site: &Site, thread: &Thread) -> InReviewRow {
    let ticket = &thread.ticket;
    let title = if ticket.title.trim().is_empty() { &ticket.id } else { &ticket.title };
    InReviewRow {
        title: title.clone(),
        href: site.page_href(&folder(thread)),
        branch: thread.in_review.clone().unwrap_or_default(),
        priority: thread.priority().name(),
        service: thread.state.service.as_deref().map(|id| site.service_name(id)),
        requester: ticket.requester.as_deref().map(|id| site.person(id)),
        when: ticket.created.map(|time| site.when(time)),
    }
}

fn folder(thread: &Thread) -> String {
    format!("in-review/{}/", folder_of(thread.id()))
}

//! The page of a service with its tickets and those of its modules, and the list of services.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::home::recurring;
use super::{PageKey, PageKind, list};
use crate::site::context::{
    ArticleRow, CountedLink, PageContext, Pagination, PersonContext, ServiceLink, TicketRow,
};
use crate::site::inputs::{ListKey, covered};
use crate::site::model::TicketNo;
use crate::site::{Site, SiteError};
use crate::ticket::Resolution;

/// The context of `service.html`.
#[derive(Serialize)]
struct ServiceContext {
    service: ServiceHead,
    open: Vec<TicketRow>,
    /// The last answers, newest first.
    answers: Vec<TicketRow>,
    recurring: Vec<TicketRow>,
    articles: Vec<ArticleRow>,
    tags: Vec<CountedLink>,
}

/// The context of `service-tickets.html`.
#[derive(Serialize)]
struct ServiceTicketsContext {
    service: ServiceLink,
    tickets: Vec<TicketRow>,
    pages: Pagination,
}

#[derive(Serialize)]
struct ServiceHead {
    id: String,
    name: String,
    part_of: Option<ServiceLink>,
    owner: Option<String>,
    oncall: Vec<PersonContext>,
    paths: Vec<String>,
    modules: Vec<CountedLink>,
    tickets: usize,
    open: usize,
    /// The list of all tickets of the service.
    list: String,
}

/// The maximum number of answers and of open tickets on the page of a service. The list of its tickets has the others.
const MAX_ANSWERS: usize = 10;
const MAX_OPEN: usize = 50;

pub(super) struct Services;

impl PageKind for Services {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let page = |item| {
            let folder = site.service_folder(site.model.service_id(item));
            (format!("{folder}index.html"), PageKey::item(item))
        };
        (0..site.model.service_count()).map(page).collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let shown = model.service(key.item);
        let input = model.service_input(key.item);
        let catalogued = model.settings().service(&shown.id);
        let group = site.group_of_service(key.item);
        let page = PageContext {
            kind: "service",
            section: "services",
            title: group.name.clone(),
            feeds: site.feed_links(&site.service_folder(&shown.id), &group.name),
            data: site.service_data(&shown.id),
            ..site.page_context(path)
        };
        let is_open = |n: &TicketNo| !site.is_resolved(*n);
        let open: Vec<TicketNo> =
            covered(|| input.clone(), || shown.tickets.iter().rev().copied().filter(is_open).collect());
        let context = ServiceContext {
            service: ServiceHead {
                id: shown.id.clone(),
                name: group.name,
                part_of: catalogued.and_then(|service| site.service_link(service.part_of.as_deref()?)),
                owner: group.owner,
                oncall: group.oncall,
                paths: catalogued.map(|service| service.paths.clone()).unwrap_or_default(),
                modules: group.modules,
                tickets: group.tickets,
                open: group.open,
                list: site.page_href(&list_folder(site, &shown.id)),
            },
            open: open.iter().take(MAX_OPEN).map(|n| site.row(*n)).collect(),
            answers: answers(site, key.item).into_iter().map(|n| site.row(n)).collect(),
            recurring: recurring(site, &input, shown.tickets.clone()),
            articles: site
                .by_review(shown.articles.iter().copied())
                .into_iter()
                .map(|n| site.article_row(n))
                .collect(),
            tags: covered(|| input.clone(), || site.tags_among(&shown.tickets, 12)),
        };
        site.html("service.html", page, Value::from(Serde(context)))
    }
}

/// Returns the tickets of a service that were resolved last, without duplicates, whose originals have the answers. Tickets
/// without an answer are among them only if few others are.
fn answers(site: &Site, service: usize) -> Vec<TicketNo> {
    covered(
        || site.model.service_input(service),
        || {
            let all = site.model.service(service).tickets.iter().copied();
            let is_original =
                |n: &TicketNo| site.model.thread(*n).state.resolution != Some(Resolution::Duplicate);
            let mut tickets: Vec<TicketNo> =
                all.filter(|n| site.is_resolved(*n)).filter(is_original).collect();
            site.sort_by_resolution(&mut tickets);
            tickets.sort_by_key(|n| !site.model.ticket(*n).digest.answered);
            tickets.truncate(MAX_ANSWERS);
            site.sort_by_resolution(&mut tickets);
            tickets
        },
    )
}

pub(super) struct ServiceTickets;

impl PageKind for ServiceTickets {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let mut pages = Vec::new();
        for item in 0..site.model.service_count() {
            let base = list_folder(site, site.model.service_id(item));
            for part in list::parts(site.model.service(item).tickets.len()) {
                pages.push((format!("{}index.html", list::folder(&base, part)), PageKey { item, part }));
            }
        }
        pages
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        let id = site.model.service_id(key.item);
        let service = site.service_link(id).ok_or_else(missing)?;
        let page = PageContext {
            kind: "list",
            section: "services",
            title: service.name.clone(),
            feeds: site.feed_links(&site.service_folder(id), &service.name),
            ..site.page_context(path)
        };
        let base = list_folder(site, id);
        let (tickets, pages) =
            list::part(site, &ListKey::Service(id.to_owned()), |part| list::folder(&base, part), key.part);
        let context = ServiceTicketsContext { service, tickets, pages };
        site.html("service-tickets.html", page, Value::from(Serde(context)))
    }
}

/// Returns the folder of the list of all tickets of the service `id`.
pub(super) fn list_folder(site: &Site, id: &str) -> String {
    format!("{}tickets/", site.service_folder(id))
}

/// The context of `services.html`.
#[derive(Serialize)]
struct ServiceIndexContext {
    services: Vec<CountedLink>,
}

pub(super) struct ServiceIndex;

impl PageKind for ServiceIndex {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("services/index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let page = PageContext {
            kind: "services",
            section: "services",
            title: site.words().plain("nav.services").to_owned(),
            ..site.page_context(path)
        };
        site.html(
            "services.html",
            page,
            Value::from(Serde(ServiceIndexContext { services: site.top_services() })),
        )
    }
}

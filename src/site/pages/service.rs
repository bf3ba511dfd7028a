//! The page of a service with its tickets and those of its modules, and the list of services.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::home::recurring;
use super::{PageKey, PageKind, list};
use crate::site::context::{
    ArticleRow, CountedLink, PageContext, Pagination, PersonContext, ServiceLink, TicketRow,
};
use crate::site::inputs::covered;
use crate::site::model::TicketNo;
use crate::site::{Site, SiteError};

/// The context of `service.html`.
#[derive(Serialize)]
struct ServiceContext {
    service: ServiceHead,
    open: Vec<TicketRow>,
    tickets: Vec<TicketRow>,
    pages: Pagination,
    recurring: Vec<TicketRow>,
    articles: Vec<ArticleRow>,
    tags: Vec<CountedLink>,
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
}

pub(super) struct Services;

impl PageKind for Services {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let mut pages = Vec::new();
        for item in 0..site.model.service_count() {
            let folder = site.service_folder(site.model.service_id(item));
            for part in 0..list::count(resolved(site, item).len()) {
                pages.push((format!("{}index.html", list::folder(&folder, part)), PageKey { item, part }));
            }
        }
        pages
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let shown = model.service(key.item);
        let input = model.service_input(key.item);
        let settings = model.settings();
        let catalogued = settings.service(&shown.id);
        let group = site.group_of_service(key.item);
        let page = PageContext {
            kind: "service",
            section: "services",
            title: group.name.clone(),
            feeds: site.feed_links(&site.service_folder(&shown.id), &group.name),
            data: site.service_data(&shown.id),
            ..site.page_context(path)
        };
        let tickets = resolved(site, key.item);
        let is_open = |n: &TicketNo| !site.is_resolved(*n);
        let open: Vec<TicketNo> =
            covered(|| input.clone(), || shown.tickets.iter().rev().copied().filter(is_open).collect());
        let first = key.part == 0;
        let context = ServiceContext {
            service: ServiceHead {
                id: shown.id.clone(),
                name: group.name,
                part_of: catalogued.and_then(|service| site.service_link(service.part_of.as_deref()?)),
                owner: catalogued.and_then(|service| service.owner.clone()),
                oncall: settings.oncall_of(&shown.id).iter().map(|id| site.person(id)).collect(),
                paths: catalogued.map(|service| service.paths.clone()).unwrap_or_default(),
                modules: group.modules,
                tickets: group.tickets,
                open: group.open,
            },
            open: open.iter().filter(|_| first).map(|n| site.row(*n)).collect(),
            pages: list::pages(site, &site.service_folder(&shown.id), key.part, tickets.len()),
            tickets: list::rows(site, &tickets, key.part),
            recurring: recurring(site, &input, shown.tickets.clone()),
            articles: shown.articles.iter().map(|n| site.article_row(*n)).collect(),
            tags: covered(|| input.clone(), || site.tags_among(&shown.tickets, 12)),
        };
        site.html("service.html", page, Value::from(Serde(context)))
    }
}

/// Returns the resolved tickets of a service, newest resolution first.
fn resolved(site: &Site, service: usize) -> Vec<TicketNo> {
    covered(
        || site.model.service_input(service),
        || {
            let all = site.model.service(service).tickets.iter().copied();
            let mut tickets: Vec<TicketNo> = all.filter(|n| site.is_resolved(*n)).collect();
            site.sort_by_resolution(&mut tickets);
            tickets
        },
    )
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

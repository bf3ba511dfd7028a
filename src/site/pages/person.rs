//! The page of a person on the internal site: what they asked and answered. There is no list and no ranking of people.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::site::context::{PageContext, PersonContext, TicketRow};
use crate::site::inputs::{Input, covered};
use crate::site::model::TicketNo;
use crate::site::people::person_folder;
use crate::site::{Site, SiteError};

/// The maximum number of tickets in each list. The search has the others.
const MAX_TICKETS: usize = 10;

/// The context of `person.html`.
#[derive(Serialize)]
struct PersonPageContext {
    person: PersonContext,
    lists: Vec<PersonList>,
}

#[derive(Serialize)]
struct PersonList {
    /// `asked`, `resolved` or `replied`.
    kind: &'static str,
    tickets: Vec<TicketRow>,
    /// The number of all tickets of this kind.
    count: usize,
}

pub(super) struct People;

impl PageKind for People {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let people = site.model.people().enumerate();
        people.map(|(at, id)| (format!("{}index.html", person_folder(id)), PageKey::item(at))).collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        let id = site.model.person_id(key.item).ok_or_else(missing)?;
        let shown = site.model.person(id).ok_or_else(missing)?;
        let person = site.person(id);
        let page = PageContext { kind: "person", title: person.name.clone(), ..site.page_context(path) };
        let mut resolved = shown.resolved.clone();
        covered(|| Input::Person(id.to_owned()), || site.sort_by_resolution(&mut resolved));
        let resolved = PersonList {
            kind: "resolved",
            tickets: resolved.iter().take(MAX_TICKETS).map(|n| site.row(*n)).collect(),
            count: resolved.len(),
        };
        let list = |kind, tickets: &[TicketNo]| PersonList {
            kind,
            tickets: tickets.iter().rev().take(MAX_TICKETS).map(|n| site.row_by_opening(*n)).collect(),
            count: tickets.len(),
        };
        let lists = [resolved, list("asked", &shown.asked), list("replied", &shown.replied)];
        let lists = lists.into_iter().filter(|list| list.count > 0).collect();
        site.html("person.html", page, Value::from(Serde(PersonPageContext { person, lists })))
    }
}

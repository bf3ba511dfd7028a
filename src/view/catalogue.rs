//! The services, people and fields of public tickets and articles. The public may see only these.

use std::collections::HashSet;

use crate::{
    settings::Settings,
    store::Store,
    template::{NamedThing, Stage, Template},
    ticket::{Article, FieldChange, Thread, Visibility},
};

/// The names that public tickets and articles use.
pub(super) struct PublicCatalogue<'a> {
    services: HashSet<&'a str>,
    people: HashSet<String>,
    /// Fields of internal tickets that no public ticket has.
    internal_fields: HashSet<String>,
    /// Templates of public tickets.
    templates: HashSet<&'a str>,
}

impl<'a> PublicCatalogue<'a> {
    /// Collects the names in the public `threads` and `articles` of `store`.
    pub(super) fn of(store: &Store, threads: &'a [std::sync::Arc<Thread>], articles: &'a [Article]) -> Self {
        let of_tickets = threads.iter().filter_map(|thread| thread.state.service.as_deref());
        let services = of_tickets.chain(articles.iter().filter_map(|article| article.service.as_deref()));
        let (mut public, mut internal) = (HashSet::new(), HashSet::new());
        for thread in &store.threads {
            let fields =
                if thread.state.visibility == Visibility::Public { &mut public } else { &mut internal };
            fields.extend(fields_of(thread));
        }
        Self {
            services: services.collect(),
            people: threads.iter().flat_map(|thread| people_of(thread, store)).collect(),
            internal_fields: internal.difference(&public).map(|name| (*name).to_owned()).collect(),
            templates: threads.iter().map(|thread| thread.ticket.template.as_str()).collect(),
        }
    }

    /// Returns `settings` with only the services and people that public tickets and articles name. A service is
    /// included with the services that contain it.
    pub(super) fn settings(&self, settings: &Settings) -> Settings {
        let mut shown: HashSet<&str> = HashSet::new();
        for named in &self.services {
            let mut next = Some(*named);
            // A service that was added before is included with the services above it, so this loop also ends for
            // cycles.
            while let Some(id) = next.filter(|id| shown.insert(*id)) {
                next = settings.service(id).and_then(|service| service.part_of.as_deref());
            }
        }
        let mut kept = settings.clone();
        kept.services.retain(|service| shown.contains(service.id.as_str()));
        kept.people.retain(|person| self.people.contains(&person.id));
        kept
    }

    /// Returns `templates` without the fields that only internal tickets have. The questions for requesters are
    /// public.
    pub(super) fn templates(&self, templates: &[Template], settings: &Settings) -> Vec<Template> {
        let mut kept = templates.to_vec();
        for template in &mut kept {
            let is_asked = self.templates.contains(template.name.as_str())
                || settings.default_template.as_ref() == Some(&template.name);
            let is_kept = |name: &str| !self.internal_fields.contains(name);
            let asked: HashSet<String> = template
                .fields
                .iter()
                .filter(|field| is_kept(&field.name) || (is_asked && field.required.contains(&Stage::Open)))
                .map(|field| field.name.clone())
                .collect();
            template.fields.retain(|field| asked.contains(&field.name));
            let is_known = |name: &str| asked.contains(name) || is_kept(name);
            for field in &mut template.fields {
                field.when.retain(|(name, _)| is_known(name));
            }
            for section in template.sections.iter_mut().chain(&mut template.resolution) {
                section.when.retain(|(name, _)| is_known(name));
            }
        }
        kept
    }
}

/// Returns the names of all fields that a ticket has or had.
fn fields_of(thread: &Thread) -> impl Iterator<Item = &str> {
    let written = thread.ticket.fields.iter().chain(&thread.state.fields).map(|(name, _)| name.as_str());
    let set = thread.replies.iter().flat_map(|reply| &reply.set).map(|(name, _)| name.as_str());
    written.chain(set)
}

/// Returns the people in all fields of a ticket that contain a person.
fn people_of(thread: &Thread, store: &Store) -> Vec<String> {
    let template = store.template(&thread.ticket.template);
    let is_person = |name: &str| {
        template
            .and_then(|template| template.field(name))
            .is_some_and(|field| field.kind.names == Some(NamedThing::Person))
    };
    let mut people: Vec<String> =
        thread.ticket.requester.iter().chain(&thread.state.assignee).cloned().collect();
    for (name, value) in thread.ticket.fields.iter().chain(&thread.state.fields) {
        people.extend(value.texts().into_iter().filter(|_| is_person(name)));
    }
    for reply in &thread.replies {
        people.extend(reply.author.iter().chain(reply.assignee.iter().flatten()).cloned());
        for (name, set) in &reply.set {
            if let FieldChange::Value(value) = set {
                people.extend(value.texts().into_iter().filter(|_| is_person(name)));
            }
        }
    }
    people
}

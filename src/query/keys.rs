//! The keys of the query language, one row each. To add a key, add a row.

use super::{
    Comparison,
    facts::{HAS, IS},
    key::{
        Accessor::{Count, Nothing, Texts, Time},
        Choice, QueryKey, ReferenceKind, SortOrder, ValueKind,
    },
};
use crate::index::IndexField;

const fn choice(name: &'static str, help: &'static str) -> Choice {
    Choice { name, help }
}

const STATUS: &[Choice] = &[
    choice("open", "waiting for oncall"),
    choice("pending", "waiting for the requester"),
    choice("on-hold", "waiting for a third party"),
    choice("resolved", "answered"),
];

const RESOLUTION: &[Choice] = &[
    choice("fixed", "the cause was removed"),
    choice("workaround", "the requester can continue"),
    choice("answered", "the question was answered"),
    choice("duplicate", "duplicate of another ticket"),
    choice("not-reproducible", "the problem could not be reproduced"),
    choice("declined", "will not be done"),
];

const PRIORITY: &[Choice] = &[
    choice("low", "can wait"),
    choice("normal", "the default"),
    choice("high", "above normal"),
    choice("urgent", "now"),
];

const VISIBILITY: &[Choice] =
    &[choice("public", "on the public site"), choice("internal", "only on the internal site")];

static PERSON: ReferenceKind = ReferenceKind {
    name: "person",
    listed: |settings| settings.people.iter().map(|person| person.id.as_str()).collect(),
};

static SERVICE: ReferenceKind = ReferenceKind {
    name: "service",
    listed: |settings| settings.services.iter().map(|service| service.id.as_str()).collect(),
};

static TAG: ReferenceKind = ReferenceKind { name: "tag", listed: |_| Vec::new() };

/// The key of the time of opening. Its conditions set the period of a report.
pub(super) const OPENED: &str = "created";

/// The key of which every ticket and no article has a value.
pub(crate) const EVERY_TICKET: &str = "status";

/// All keys of the query language. Fields of templates are keys too.
pub static KEYS: &[QueryKey] = &[
    QueryKey {
        name: "is",
        help: "a status or a fact",
        example: "is:open",
        kind: ValueKind::Facts(IS),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "has",
        help: "a part of the ticket",
        example: "has:answer",
        kind: ValueKind::Facts(HAS),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "status",
        help: "status",
        example: "status:open,pending",
        kind: ValueKind::Choice(STATUS),
        ticket: Texts(|thread, _, visit| visit(thread.state.status.name())),
        facet: true,
        selects_status: true,
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "resolution",
        help: "how it was resolved",
        example: "resolution:fixed",
        kind: ValueKind::Choice(RESOLUTION),
        ticket: Texts(|thread, _, visit| {
            thread.state.resolution.is_some_and(|resolution| visit(resolution.name()))
        }),
        selects_status: true,
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "priority",
        help: "priority",
        example: "priority:>=high",
        kind: ValueKind::Ordered(PRIORITY),
        ticket: Texts(|thread, _, visit| visit(thread.priority().name())),
        sort: Some(SortOrder {
            help: "from low to urgent",
            ticket: Texts(|thread, _, visit| visit(thread.priority().name())),
            article: Nothing,
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "visibility",
        help: "who may see it",
        example: "visibility:public",
        kind: ValueKind::Choice(VISIBILITY),
        ticket: Texts(|thread, _, visit| visit(thread.state.visibility.name())),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "assignee",
        help: "the assignee; `none` finds unassigned tickets",
        example: "assignee:me",
        kind: ValueKind::Person,
        ticket: Texts(|thread, _, visit| thread.state.assignee.as_deref().is_some_and(visit)),
        noun: Some(&PERSON),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "requester",
        help: "who opened it",
        example: "requester:lena",
        kind: ValueKind::Person,
        ticket: Texts(|thread, _, visit| thread.ticket.requester.as_deref().is_some_and(visit)),
        noun: Some(&PERSON),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "author",
        help: "who wrote any reply",
        example: "author:mei",
        kind: ValueKind::Person,
        ticket: Texts(|thread, _, visit| {
            thread.replies.iter().filter_map(|reply| reply.author.as_deref()).any(visit)
        }),
        noun: Some(&PERSON),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "service",
        help: "a service, including its modules",
        example: "service:billing-api",
        kind: ValueKind::Service,
        ticket: Texts(|thread, _, visit| thread.state.service.as_deref().is_some_and(visit)),
        article: Texts(|article, _, visit| article.service.as_deref().is_some_and(visit)),
        facet: true,
        noun: Some(&SERVICE),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "tag",
        alias: Some("tags"),
        help: "tag",
        example: "tag:export",
        ticket: Texts(|thread, _, visit| thread.state.tags.iter().map(String::as_str).any(visit)),
        article: Texts(|article, _, visit| article.tags.iter().map(String::as_str).any(visit)),
        facet: true,
        noun: Some(&TAG),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "template",
        help: "template",
        example: "template:incident",
        ticket: Texts(|thread, _, visit| visit(&thread.ticket.template)),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "id",
        help: "id or former id",
        example: "id:invoice-exp*",
        ticket: Texts(|thread, _, visit| {
            visit(&thread.ticket.id) || thread.state.aliases.iter().map(String::as_str).any(visit)
        }),
        sort: Some(SortOrder {
            help: "alphabetical",
            ticket: Texts(|thread, _, visit| visit(&thread.ticket.id)),
            article: Texts(|article, _, visit| visit(&article.slug)),
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "source",
        help: "id in the tracker from which it was imported",
        example: "source:FLUID-115",
        ticket: Texts(|thread, _, visit| thread.ticket.source.as_deref().is_some_and(visit)),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "path",
        help: "a page or folder that the requester visited",
        example: "path:/console/billing*",
        ticket: Texts(|thread, _, visit| thread.state.came_from.iter().map(String::as_str).any(visit)),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "related",
        help: "links to this ticket",
        example: "related:export-job-out-of-memory-2m9dzz",
        ticket: Texts(|thread, lookup, visit| {
            thread.state.related.iter().flat_map(|link| lookup.names(link)).any(visit)
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "duplicate_of",
        help: "duplicate of this ticket",
        example: "duplicate_of:export-job-out-of-memory-2m9dzz",
        ticket: Texts(|thread, lookup, visit| {
            thread.state.duplicate_of.iter().flat_map(|link| lookup.names(link)).any(visit)
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "answered_by",
        help: "answered by this ticket or article",
        example: "answered_by:export-limits",
        ticket: Texts(|thread, lookup, visit| {
            thread.state.answered_by.iter().flat_map(|link| lookup.names(link)).any(visit)
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "title",
        help: "words of the title",
        example: "title:timeout",
        kind: ValueKind::Words(IndexField::Title),
        sort: Some(SortOrder {
            help: "alphabetical",
            ticket: Texts(|thread, _, visit| visit(&thread.ticket.title)),
            article: Texts(|article, _, visit| visit(&article.title)),
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "body",
        help: "words of the ticket's text",
        example: "body:\"out of memory\"",
        kind: ValueKind::Words(IndexField::Body),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "answer",
        help: "words of the answer",
        example: "answer:restart",
        kind: ValueKind::Words(IndexField::Answer),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "replies",
        alias: Some("reply"),
        help: "words of any reply",
        example: "replies:deployed",
        kind: ValueKind::Words(IndexField::Replies),
        sort: Some(SortOrder {
            help: "number of replies",
            ticket: Count(|thread| thread.replies.len()),
            article: Nothing,
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: OPENED,
        help: "when it was opened",
        example: "created:2026-01..2026-03",
        kind: ValueKind::Time,
        ticket: Time(|thread| thread.ticket.created),
        sort: Some(SortOrder {
            help: "when the ticket was opened",
            ticket: Time(|thread| thread.ticket.created),
            article: Time(|article| article.confirmed),
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "newer",
        help: "opened less than this time ago, or after this date",
        example: "newer:7d",
        kind: ValueKind::Bound { comparison: Comparison::More, of: OPENED },
        ticket: Time(|thread| thread.ticket.created),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "older",
        help: "opened more than this time ago, or before this date",
        example: "older:30d",
        kind: ValueKind::Bound { comparison: Comparison::Less, of: OPENED },
        ticket: Time(|thread| thread.ticket.created),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "updated",
        help: "when it was opened or last received a reply",
        example: "updated:<2026-01-01",
        kind: ValueKind::Time,
        ticket: Time(|thread| thread.state.updated),
        sort: Some(SortOrder {
            help: "time of the newest reply",
            ticket: Time(|thread| thread.state.updated),
            article: Nothing,
        }),
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "resolved",
        help: "when it was resolved",
        example: "resolved:2026-01..2026-03",
        kind: ValueKind::Time,
        ticket: Time(|thread| thread.resolved()),
        sort: Some(SortOrder {
            // The time stays when the ticket is reopened.
            help: "when it was last resolved",
            ticket: Time(|thread| thread.state.resolved),
            article: Nothing,
        }),
        selects_status: true,
        ..QueryKey::PLAIN
    },
    QueryKey {
        name: "sort",
        help: "order of the results; a - before the value reverses it",
        example: "sort:-created",
        kind: ValueKind::Sort,
        ..QueryKey::PLAIN
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Query, Vocabulary};

    #[test]
    fn every_example_of_the_table_is_a_valid_query() {
        let vocabulary = Vocabulary { me: true, ..Vocabulary::default() };
        for key in KEYS {
            let query = Query::parse(key.example, &vocabulary).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(query.to_string(), key.example, "examples use the canonical form");
        }
    }

    #[test]
    fn a_template_field_cannot_have_the_name_of_a_key() {
        for key in KEYS {
            let listed = matches!(key.name, "service" | "priority");
            assert!(listed || crate::ticket::is_reserved_field(key.name), "add {} to QUERY_KEYS", key.name);
        }
    }

    #[test]
    fn names_are_unique() {
        let names = KEYS.iter().flat_map(|key| [Some(key.name), key.alias]).flatten();
        let mut names: Vec<_> = names.chain(KEYS.iter().flat_map(|key| key.former).copied()).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }

    #[test]
    fn a_key_allows_the_same_values_as_a_ticket() {
        use crate::ticket::{Priority, Resolution, Status};
        let names = |choices: &[Choice]| choices.iter().map(|choice| choice.name).collect::<Vec<_>>();
        assert_eq!(names(STATUS), Status::ALL.iter().map(|status| status.name()).collect::<Vec<_>>());
        let resolutions: Vec<_> = Resolution::ALL.iter().map(|resolution| resolution.name()).collect();
        assert_eq!(names(RESOLUTION), resolutions);
        let parsed: Vec<_> = PRIORITY.iter().map(|choice| Priority::parse(choice.name).unwrap()).collect();
        assert!(parsed.is_sorted(), "from the lowest to the highest");
    }
}

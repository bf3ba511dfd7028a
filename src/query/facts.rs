//! The facts that `is:` and `has:` ask for, a row each. To add one, add a row.

use super::{
    Lookup,
    key::{
        Fact,
        FactTest::{After, Holds},
    },
};
use crate::ticket::{Status, Thread, Visibility};

type Predicate = fn(&Thread, &Lookup<'_>) -> bool;

const fn fact(name: &'static str, help: &'static str, holds: Predicate) -> Fact {
    Fact { name, help, test: Holds(holds), names_state: false }
}

/// A fact about the status of a ticket.
const fn state(name: &'static str, help: &'static str, holds: Predicate) -> Fact {
    Fact { names_state: true, ..fact(name, help, holds) }
}

/// The values of `is:`.
#[rustfmt::skip] // a table is read by its columns
pub(super) static IS: &[Fact] = &[
    state("open", "status is open", |thread, _| thread.state.status == Status::Open),
    state("pending", "status is pending", |thread, _| thread.state.status == Status::Pending),
    state("on-hold", "status is on-hold", |thread, _| thread.state.status == Status::OnHold),
    state("resolved", "status is resolved", |thread, _| thread.state.status == Status::Resolved),
    state("unresolved", "any status but resolved", |thread, _| thread.state.status != Status::Resolved),
    state("any", "every ticket", |_, _| true),
    Fact { name: "overdue", help: "past its service level and not resolved", test: After(|thread, lookup| lookup.due(thread)), names_state: false },
    fact("assigned", "somebody has it", |thread, _| thread.state.assignee.is_some()),
    fact("unassigned", "nobody has it", |thread, _| thread.state.assignee.is_none()),
    fact("unanswered", "nobody but the requester has replied", |thread, _| thread.state.first_response.is_none()),
    fact("reused", "another ticket was answered by it", |thread, lookup| lookup.is_reused(thread)),
    fact("reopened", "was resolved and opened again", |thread, _| thread.state.reopened > 0),
    fact("imported", "came from another tracker", |thread, _| thread.ticket.source.is_some()),
    fact("public", "may be published to everybody", |thread, _| thread.state.visibility == Visibility::Public),
    fact("internal", "may not be published to everybody", |thread, _| thread.state.visibility == Visibility::Internal),
];

/// The values of `has:`.
#[rustfmt::skip] // a table is read by its columns
pub(super) static HAS: &[Fact] = &[
    fact("answer", "its answer has substance", |thread, _| thread.has_answer(|_| true)),
    fact("reply", "at least one reply", |thread, _| !thread.replies.is_empty()),
    fact("attachment", "at least one attached file", |thread, lookup| lookup.store().attachments_of(thread.id()).next().is_some()),
    fact("code", "a block of code in the ticket or a reply", |thread, _| thread.ticket.has_code || thread.replies.iter().any(|reply| reply.has_code)),
    fact("duplicate", "another ticket was resolved as its duplicate", |thread, lookup| lookup.is_duplicated(thread)),
    fact("related", "links to related tickets", |thread, _| !thread.state.related.is_empty()),
    fact("service", "a service", |thread, _| thread.state.service.is_some()),
    fact("priority", "a priority", |thread, _| thread.state.priority.is_some()),
    fact("tag", "at least one tag", |thread, _| !thread.state.tags.is_empty()),
    fact("assignee", "an assignee", |thread, _| thread.state.assignee.is_some()),
    fact("path", "the way the requester came", |thread, _| !thread.state.came_from.is_empty()),
    fact("source", "an id in another tracker", |thread, _| thread.ticket.source.is_some()),
];

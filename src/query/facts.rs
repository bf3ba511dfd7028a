//! The values of `is:` and `has:`, one row each. To add a value, add a row.

use super::{
    Lookup,
    key::{
        Fact,
        FactTest::{After, Holds},
    },
};
use crate::{
    report::first_response,
    ticket::{Status, Thread, Visibility},
};

type Predicate = fn(&Thread, &Lookup<'_>) -> bool;

const fn fact(name: &'static str, help: &'static str, holds: Predicate) -> Fact {
    Fact { name, help, test: Holds(holds), selects_status: false }
}

/// Creates a fact about the status of a ticket.
const fn state(name: &'static str, help: &'static str, holds: Predicate) -> Fact {
    Fact { selects_status: true, ..fact(name, help, holds) }
}

/// The values of `is:`.
#[rustfmt::skip] // the columns of the table must be aligned
pub(super) static IS: &[Fact] = &[
    state("open", "status is open", |thread, _| thread.state.status == Status::Open),
    state("pending", "status is pending", |thread, _| thread.state.status == Status::Pending),
    state("on-hold", "status is on-hold", |thread, _| thread.state.status == Status::OnHold),
    state("resolved", "status is resolved", |thread, _| thread.state.status == Status::Resolved),
    state("unresolved", "any status except resolved", |thread, _| thread.state.status != Status::Resolved),
    state("any", "every ticket", |_, _| true),
    Fact { name: "overdue", help: "unresolved and past its service level", test: After(|thread, lookup| lookup.due(thread)), selects_status: false },
    Fact { name: "at-risk", help: "unresolved and past its service level, or within four hours of it", test: After(|thread, lookup| lookup.at_risk(thread)), selects_status: false },
    fact("assigned", "has an assignee", |thread, _| thread.state.assignee.is_some()),
    fact("unassigned", "has no assignee", |thread, _| thread.state.assignee.is_none()),
    fact("unanswered", "no response to the requester yet", |thread, _| first_response(thread).is_none()),
    fact("reused", "its answer was used for another ticket", |thread, lookup| lookup.is_reused(thread)),
    fact("reopened", "reopened after it was resolved", |thread, _| thread.state.reopened > 0),
    fact("in-review", "on the branch of a pull request; only in lists", |thread, _| thread.in_review.is_some()),
    fact("imported", "imported from another tracker", |thread, _| thread.ticket.source.is_some()),
    fact("public", "visible on the public site", |thread, _| thread.state.visibility == Visibility::Public),
    fact("internal", "visible only on the internal site", |thread, _| thread.state.visibility == Visibility::Internal),
];

/// The values of `has:`.
#[rustfmt::skip] // the columns of the table must be aligned
pub(super) static HAS: &[Fact] = &[
    fact("answer", "an answer", |thread, lookup| thread.has_answer(lookup.store().answer_sections(thread), |_| true)),
    fact("reply", "at least one reply", |thread, _| !thread.replies.is_empty()),
    fact("attachment", "at least one attached file", |thread, lookup| lookup.store().attachments_of(thread.id()).next().is_some()),
    fact("code", "a code block in the ticket or a reply", |thread, _| thread.ticket.has_code || thread.replies.iter().any(|reply| reply.has_code)),
    fact("duplicate", "a ticket that was resolved as its duplicate", |thread, lookup| lookup.is_duplicated(thread)),
    fact("related", "links to related tickets", |thread, _| !thread.state.related.is_empty()),
    fact("service", "a service", |thread, _| thread.state.service.is_some()),
    fact("priority", "a priority", |thread, _| thread.state.priority.is_some()),
    fact("tag", "at least one tag", |thread, _| !thread.state.tags.is_empty()),
    fact("assignee", "an assignee", |thread, _| thread.state.assignee.is_some()),
    fact("path", "pages or folders that the requester visited", |thread, _| !thread.state.came_from.is_empty()),
    fact("source", "an id in another tracker", |thread, _| thread.ticket.source.is_some()),
];

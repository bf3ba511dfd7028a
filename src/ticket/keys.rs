//! Reserved names of front matter.

/// Keys that every ticket may have.
pub const CORE_KEYS: &[&str] = &[
    "title",
    "template",
    "service",
    "requester",
    "created",
    "priority",
    "tags",
    "path",
    "visibility",
    "related",
    "aliases",
    "source",
];

/// Keys that a reply may have.
pub const REPLY_KEYS: &[&str] = &[
    "author",
    "created",
    "status",
    "resolution",
    "duplicate_of",
    "answered_by",
    "asks",
    "assignee",
    "set",
    "draft_from",
    "visibility",
];

/// Names that have a meaning in queries or in JSON, so a template field may not use them.
pub(crate) const QUERY_KEYS: &[&str] = &[
    "id", "is", "has", "tag", "sort", "newer", "older", "updated", "resolved", "body", "replies", "fields",
    "score", "why", "answer",
];

/// Ticket fields that the `set` of a reply may not change.
pub(crate) const UNSETTABLE_KEYS: &[&str] = &["title", "template", "requester", "created", "source"];

/// Returns true if `name` is reserved for tickets, replies or queries, so a template field may not use it.
pub(crate) fn is_reserved_field(name: &str) -> bool {
    // A template may list `service` and `priority` to make them required: they are still fields of the ticket.
    (CORE_KEYS.contains(&name) && !matches!(name, "service" | "priority"))
        || REPLY_KEYS.contains(&name)
        || QUERY_KEYS.contains(&name)
}

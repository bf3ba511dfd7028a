//! The names of front matter that are Casebook's own.

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

/// Names that mean something in queries or in JSON, so that no template field may have them.
pub(crate) const QUERY_KEYS: &[&str] = &[
    "id", "is", "has", "tag", "sort", "updated", "resolved", "body", "replies", "fields", "score", "why",
    "answer",
];

/// Ticket fields that `set` of a reply may not change.
pub(crate) const UNSETTABLE_KEYS: &[&str] = &["title", "template", "requester", "created", "source"];

/// Whether `name` belongs to core, replies or queries, so that a template field may not be called so.
pub(crate) fn is_taken(name: &str) -> bool {
    // `service` and `priority` may be listed by a template to say when they are required: they stay core's own.
    (CORE_KEYS.contains(&name) && !matches!(name, "service" | "priority"))
        || REPLY_KEYS.contains(&name)
        || QUERY_KEYS.contains(&name)
}

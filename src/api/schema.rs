//! Schemas for enumerations, times and paths, whose types belong to other modules and are written as text.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, SchemaFormat,
        schema::{Schema, Type},
    },
};

use crate::{
    diagnostic::Level,
    template::{Need, Stage},
    text::{RepoPath, Time},
    ticket::{Priority, Resolution, Status, Visibility},
};

impl ToSchema for Time {}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A time in UTC, in the format of RFC 3339"))
            .into()
    }
}

impl ToSchema for RepoPath {}

impl PartialSchema for RepoPath {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some(
            "The path of a file, relative to the root of the repository and separated by `/`",
        ))
        .into()
    }
}

/// Implements the schemas of enumerations that are written as a word.
macro_rules! words {
    ($($type:ident: $description:literal, $words:expr;)+) => {$(
        impl ToSchema for $type {}

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).description(Some($description));
                text.enum_values(Some($words)).into()
            }
        }
    )+};
}

words! {
    Status: "The status of a ticket", Status::NAMES.iter().copied();
    Resolution: "How a ticket was resolved", Resolution::NAMES.iter().copied();
    Priority: "How urgent a ticket is", Priority::NAMES.iter().copied();
    Visibility: "Who may see a ticket, a reply or an article", Visibility::NAMES.iter().copied();
    Level: "The level of a finding; the check fails if any finding has the level `deny`", [Level::Allow, Level::Warn, Level::Deny].map(Level::name);
    Stage: "When a field or section is required: when the ticket is opened (`open`), or when it is resolved with this resolution",
        [Stage::Open.name()].into_iter().chain(Resolution::NAMES.iter().copied());
    Need: "A Markdown element that a section must contain", [Need::List, Need::Code].map(Need::name);
}

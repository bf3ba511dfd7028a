//! The schemas of words, times and paths, which types of other rooms write as text.

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
            .description(Some("An instant, as RFC 3339 in UTC"))
            .into()
    }
}

impl ToSchema for RepoPath {}

impl PartialSchema for RepoPath {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("The path of a file in the repository, with `/` between its parts")).into()
    }
}

/// Gives types that are one word of a list their schemas.
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
    Level: "The level of a finding: `deny` fails the check", [Level::Allow, Level::Warn, Level::Deny].map(Level::name);
    Stage: "When something is required: when the ticket is opened, or when it is resolved in this way",
        [Stage::Open.name()].into_iter().chain(Resolution::NAMES.iter().copied());
    Need: "Markdown that a section needs", [Need::List, Need::Code].map(Need::name);
}

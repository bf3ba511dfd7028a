//! Templates: what a ticket of a kind must say. Field types, one file each; canned responses.

mod builtin;
mod canned;
mod fields;
mod read;

use serde::{Serialize, Serializer};

pub(crate) use builtin::builtin_files;
pub(crate) use canned::{CANNED_FOLDER, Canned, parse_canned};
pub use fields::FIELD_TYPES;
pub(crate) use fields::{ADDRESS, FieldType, FieldValues, Misfit, NameLookup, NamedThing, PERSON, SERVICE};
pub(crate) use read::{TEMPLATE_FOLDER, parse_template};

use crate::{
    text::Time,
    ticket::{CORE_KEYS, Resolution, Value},
};

/// What a ticket of one kind must say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The file's stem, which tickets name.
    pub name: String,
    /// The title for people.
    pub title: String,
    /// One sentence: when to take it.
    pub about: String,
    /// Its fields, in the order of the file.
    pub fields: Vec<Field>,
    /// Sections of the ticket's body.
    pub sections: Vec<SectionRule>,
    /// Sections of the resolving reply.
    pub resolution: Vec<SectionRule>,
    /// Whether a ticket may have fields that are not listed.
    pub any_fields: bool,
    /// The body that a requester starts from, hints included.
    pub body: String,
}

/// A field of front matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Its key in front matter.
    pub name: String,
    /// Its type, one of [`FIELD_TYPES`].
    pub kind: &'static FieldType,
    /// Whether it is a list.
    pub many: bool,
    /// When it must be there.
    pub required: Vec<Stage>,
    /// Other fields that must have one of these values for it to be required.
    pub when: Vec<(String, Vec<String>)>,
    /// Tickets created before this are spared.
    pub since: Option<Time>,
    /// Of `choice`: the values it may have.
    pub options: Vec<String>,
    /// Of `text`: a regular expression.
    pub pattern: Option<String>,
    /// A value as it could be.
    pub example: Option<String>,
    /// The question that asks for it.
    pub ask: Option<String>,
    /// The built-in detector that can fill it.
    pub detect: Option<String>,
}

/// A section of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SectionRule {
    /// Its heading.
    pub name: String,
    /// When it must be there.
    pub required: Vec<Stage>,
    /// Other fields that must have one of these values for it to be required.
    pub when: Vec<(String, Vec<String>)>,
    /// Tickets created before this are spared.
    pub since: Option<Time>,
    /// The fewest words.
    pub min_words: usize,
    /// Markdown of which at least one must be there.
    pub needs: Vec<Need>,
    /// The question that asks for it.
    pub ask: Option<String>,
}

/// The stage at which something must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// When the ticket is opened.
    Open,
    /// When it is resolved in this way.
    Resolved(Resolution),
}

impl Stage {
    /// Its name in templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved(resolution) => resolution.name(),
        }
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Markdown that a section needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// A list.
    List,
    /// A block of code.
    Code,
}

impl Need {
    /// Its name in templates.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Code => "code",
        }
    }
}

impl Template {
    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What a requester can be asked for: fields, sections, and what every ticket may have.
    pub fn names_to_ask(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().map(|field| field.name.as_str());
        let sections = self.sections.iter().map(|section| section.name.as_str());
        let core = CORE_KEYS.iter().copied().filter(|key| self.field(key).is_none());
        fields.chain(sections).chain(core)
    }

    /// The hint that the template's body has in section `name`, as written.
    pub fn hint(&self, name: &str) -> String {
        crate::ticket::sections(&self.body)
            .iter()
            .find(|section| section.is(name))
            .map(|section| self.body[section.span.clone()].trim().to_owned())
            .unwrap_or_default()
    }
}

/// Whether something with `when` and `since` applies to a ticket with these field values, created then.
pub(crate) fn applies<'v>(
    when: &[(String, Vec<String>)],
    since: Option<Time>,
    created: Option<Time>,
    value_of: impl Fn(&str) -> Option<&'v Value>,
) -> bool {
    let old = matches!((since, created), (Some(since), Some(created)) if created < since);
    !old && when.iter().all(|(field, wanted)| {
        value_of(field).is_some_and(|value| value.texts().iter().any(|text| wanted.contains(text)))
    })
}

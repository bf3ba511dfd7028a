//! Templates, which define the required content of a ticket; field types; canned responses.

mod builtin;
mod canned;
mod fields;
mod pattern;
mod read;
mod require;

use serde::{Serialize, Serializer};

pub(crate) use builtin::builtin_files;
pub(crate) use canned::{CANNED_FOLDER, Canned, fill_placeholders, parse_canned, placeholder_value};
pub use fields::FIELD_TYPES;
pub(crate) use fields::{
    ADDRESS, FieldProblem, FieldType, FieldValues, NameLookup, NamedThing, PERSON, SERVICE,
};
pub(crate) use pattern::{MAX_VALUE_LENGTH, Pattern};
pub(crate) use read::{TEMPLATE_FOLDER, limit_all_patterns, parse_template, pattern_problems};
pub(crate) use require::{RequireError, require, template_path};

use crate::{
    text::Time,
    ticket::{CORE_KEYS, Resolution, YamlValue},
};

/// The required fields and sections of one kind of ticket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The file name without its extension; tickets refer to it.
    pub name: String,
    pub title: String,
    /// One sentence that says when to use the template.
    pub about: String,
    /// Fields in file order.
    pub fields: Vec<Field>,
    /// Sections of the ticket's body.
    pub sections: Vec<SectionRule>,
    /// Sections of the resolving reply.
    pub resolution: Vec<SectionRule>,
    /// The headings of sections that contain the answer of a resolved ticket, besides Fix and Cause of a reply.
    pub answer_sections: Vec<String>,
    /// True if a ticket may have fields that the template does not list.
    pub any_fields: bool,
    /// The initial body of a new ticket, including hints.
    pub body: String,
}

/// A field of a ticket's front matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// The key in front matter.
    pub name: String,
    /// One of [`FIELD_TYPES`].
    pub kind: &'static FieldType,
    /// True if the value is a list.
    pub many: bool,
    /// Stages at which the field is required.
    pub required: Vec<Stage>,
    /// The field is required only if each of these fields has one of the listed values.
    pub when: Vec<(String, Vec<String>)>,
    /// Tickets created before this time are exempt.
    pub since: Option<Time>,
    /// For `choice`: the allowed values.
    pub options: Vec<String>,
    /// For `text`: a regular expression that values must match.
    pub pattern: Option<Pattern>,
    /// An example of a value.
    pub example: Option<String>,
    /// The question that asks the requester for it.
    pub ask: Option<String>,
    /// The built-in detector that can fill in the field.
    pub detect: Option<String>,
}

/// A section of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SectionRule {
    /// The heading.
    pub name: String,
    /// Stages at which the section is required.
    pub required: Vec<Stage>,
    /// The section is required only if each of these fields has one of the listed values.
    pub when: Vec<(String, Vec<String>)>,
    /// Tickets created before this time are exempt.
    pub since: Option<Time>,
    /// The minimum number of words.
    pub min_words: usize,
    /// Markdown elements; the section must contain at least one of them.
    pub needs: Vec<Need>,
    /// The question that asks the requester for it.
    pub ask: Option<String>,
}

/// A stage of a ticket at which fields and sections can be required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// When the ticket is opened.
    Open,
    /// When the ticket is resolved with this resolution.
    Resolved(Resolution),
}

impl Stage {
    /// Returns the name in templates.
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

/// A Markdown element that a section can require.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// A list.
    List,
    /// A code block.
    Code,
}

impl Need {
    /// Returns the name in templates.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Code => "code",
        }
    }
}

impl Template {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns the names of everything that a reply can ask the requester for: fields, sections and keys of every
    /// ticket.
    pub fn names_to_ask(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().map(|field| field.name.as_str());
        let sections = self.sections.iter().map(|section| section.name.as_str());
        let core = CORE_KEYS.iter().copied().filter(|key| self.field(key).is_none());
        fields.chain(sections).chain(core)
    }

    /// Returns the number of fields with a regular expression.
    pub(crate) fn count_patterns(&self) -> usize {
        self.fields.iter().filter(|field| field.pattern.is_some()).count()
    }

    /// Returns the hint in section `name` of the template's body, as written.
    pub fn hint(&self, name: &str) -> String {
        crate::ticket::sections(&self.body)
            .iter()
            .find(|section| section.is(name))
            .map(|section| self.body[section.span.clone()].trim().to_owned())
            .unwrap_or_default()
    }
}

/// Returns true if a requirement with these conditions applies to a ticket with these field values and this
/// creation time.
pub(crate) fn applies<'v>(
    when: &[(String, Vec<String>)],
    since: Option<Time>,
    created: Option<Time>,
    value_of: impl Fn(&str) -> Option<&'v YamlValue>,
) -> bool {
    let old = matches!((since, created), (Some(since), Some(created)) if created < since);
    !old && when.iter().all(|(field, values)| {
        value_of(field).is_some_and(|value| value.texts().iter().any(|text| values.contains(text)))
    })
}

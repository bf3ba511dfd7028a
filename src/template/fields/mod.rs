//! Field types, one per file. To add a type, write a file with its `TYPE` and add the file's name to
//! `field_types!`.

use std::fmt;

use super::Field;
use crate::ticket::YamlValue;

/// Declares the modules of the field types and the table of their `TYPE`s.
macro_rules! field_types {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        /// All field types in the order of the documentation.
        pub static FIELD_TYPES: &[&FieldType] = &[$(&$file::TYPE),*];
    };
}

field_types![text, number, boolean, date, choice, person, service, url, ticket];

/// The id of a person in `people`.
pub(crate) static PERSON: &FieldType = &person::TYPE;

/// The id of a service in `services`.
pub(crate) static SERVICE: &FieldType = &service::TYPE;

/// A URL.
pub(crate) static ADDRESS: &FieldType = &url::TYPE;

/// A type of template fields.
pub struct FieldType {
    /// The name in templates.
    pub name: &'static str,
    /// A description of a value for help texts: `a number`.
    pub describe: &'static str,
    /// How values are written and compared.
    pub values: FieldValues,
    /// The kind of thing that a value refers to.
    pub names: Option<NamedThing>,
    /// True if the template lists the allowed values.
    pub has_options: bool,
    /// Checks one value as it was written. Returns the problem, if there is one.
    pub check: fn(text: &str, field: &Field, names: &dyn NameLookup) -> Option<FieldProblem>,
}

/// How the values of a field type are written and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValues {
    /// Text; digits are compared as numbers.
    Text,
    /// A number, written without quotes in front matter.
    Number,
    /// `true` or `false`, written without quotes in front matter.
    Boolean,
    /// A date or a time.
    Date,
}

/// The kind of thing that a value refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedThing {
    /// A person in `people`.
    Person,
    /// A service in `services`.
    Service,
    /// A ticket or an article.
    Ticket,
    /// A URL.
    Address,
}

impl FieldType {
    /// A text type that accepts every value, as the base of other types.
    pub const PLAIN: Self = Self {
        name: "",
        describe: "",
        values: FieldValues::Text,
        names: None,
        has_options: false,
        check: |_, _, _| None,
    };

    pub fn find(name: &str) -> Option<&'static Self> {
        FIELD_TYPES.iter().copied().find(|kind| kind.name == name)
    }

    /// Parses a value that was given as plain text, for example on the command line.
    pub fn value_of(&self, text: &str) -> YamlValue {
        match self.values {
            FieldValues::Number | FieldValues::Boolean => YamlValue::of_plain(text.trim()),
            FieldValues::Text | FieldValues::Date => YamlValue::Text(text.to_owned()),
        }
    }
}

/// The default is text, as in a template that does not set a type.
impl Default for &'static FieldType {
    fn default() -> Self {
        &text::TYPE
    }
}

/// Types are equal if their names are equal, because names are unique.
impl PartialEq for FieldType {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldType({})", self.name)
    }
}

/// The problem of an invalid field value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The code of the rule.
    pub code: &'static str,
    pub message: String,
    /// The fix.
    pub help: String,
    /// The allowed value that is most similar.
    pub nearest: Option<String>,
}

/// A lookup of the names in the repository, to check values that refer to them.
pub trait NameLookup {
    /// Returns the ids of people.
    fn people(&self) -> Vec<&str>;
    /// Returns the ids of services.
    fn services(&self) -> Vec<&str>;
    /// Returns true if a ticket or article has this id or former id.
    fn has_ticket(&self, id: &str) -> bool;
    /// Returns the ticket id that is most similar to `id`.
    fn nearest_ticket(&self, id: &str) -> Option<String>;
}

/// Returns a problem with the code `bad-value`.
fn field_problem(message: impl Into<String>, help: impl Into<String>) -> Option<FieldProblem> {
    Some(FieldProblem { code: "bad-value", message: message.into(), help: help.into(), nearest: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Pattern;

    struct Names;
    impl NameLookup for Names {
        fn people(&self) -> Vec<&str> {
            vec!["mei", "omar"]
        }
        fn services(&self) -> Vec<&str> {
            vec!["billing-api", "billing-export"]
        }
        fn has_ticket(&self, id: &str) -> bool {
            id == "a-k7f3qa"
        }
        fn nearest_ticket(&self, _: &str) -> Option<String> {
            Some("a-k7f3qa".into())
        }
    }

    #[test]
    fn each_type_accepts_valid_values_and_rejects_invalid_ones() {
        let choice = Field {
            options: vec!["production".into()],
            pattern: Some(Pattern::new(r"^\d+$")),
            ..Field::default()
        };
        for (kind, good, bad, near) in [
            ("text", "12", "x", None),
            ("number", "-1.5e3", "12 apples", None),
            ("boolean", "true", "yes", None),
            ("date", "2026-11-22", "22.11.2026", None),
            ("choice", "production", "prodction", Some("production")),
            ("person", "mei", "mai", Some("mei")),
            ("service", "billing-api", "biling-api", Some("billing-api")),
            ("url", "https://acme.example/x", "acme.example", None),
            ("ticket", "a-k7f3qa", "a-k7f3q", Some("a-k7f3qa")),
        ] {
            let check = FieldType::find(kind).unwrap().check;
            assert_eq!(check(good, &choice, &Names), None, "{kind}");
            let field_problem = check(bad, &choice, &Names).unwrap_or_else(|| panic!("{kind} accepts {bad}"));
            assert_eq!(field_problem.nearest.as_deref(), near, "{kind}");
        }
    }
}

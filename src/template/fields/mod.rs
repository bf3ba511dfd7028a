//! Field types, one file each. To add one: a file with its `TYPE`, and its name in the list of `field_types!`.

use std::fmt;

use super::Field;
use crate::ticket::Value;

/// Declares the files of field types and the table of their `TYPE`s.
macro_rules! field_types {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        /// All field types, in the order of the documentation.
        pub static FIELD_TYPES: &[&FieldType] = &[$(&$file::TYPE),*];
    };
}

field_types![text, number, boolean, date, choice, person, service, url, ticket];

/// The id of somebody in `people`.
pub(crate) static PERSON: &FieldType = &person::TYPE;

/// The id of a service in `services`.
pub(crate) static SERVICE: &FieldType = &service::TYPE;

/// A web address.
pub(crate) static ADDRESS: &FieldType = &url::TYPE;

/// A type that a template field may have, and what it can do.
pub struct FieldType {
    /// Its name in templates.
    pub name: &'static str,
    /// A value in words, for help: `a number`.
    pub describe: &'static str,
    /// How values are written and compared.
    pub values: FieldValues,
    /// What a value names.
    pub names: Option<NamedThing>,
    /// Whether the template lists the values that are allowed.
    pub has_options: bool,
    /// Returns what is wrong with one value, given as it was written.
    pub check: fn(text: &str, field: &Field, names: &dyn NameLookup) -> Option<Misfit>,
}

/// How the values of a field are written and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValues {
    /// Text, in which digits compare as numbers.
    Text,
    /// A number, which front matter holds without quotes.
    Number,
    /// `true` or `false`, which front matter holds without quotes.
    Boolean,
    /// A date or an instant.
    Date,
}

/// What a value may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedThing {
    /// Somebody in `people`.
    Person,
    /// A service in `services`.
    Service,
    /// A ticket or an article.
    Ticket,
    /// A web address.
    Address,
}

impl FieldType {
    /// A type of plain text that takes every value. A new type begins with it and says what is different.
    pub const PLAIN: Self = Self {
        name: "",
        describe: "",
        values: FieldValues::Text,
        names: None,
        has_options: false,
        check: |_, _, _| None,
    };

    /// Returns the type called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        FIELD_TYPES.iter().copied().find(|kind| kind.name == name)
    }

    /// Reads a value that was given as plain text, for example on the command line.
    pub fn value_of(&self, text: &str) -> Value {
        match self.values {
            FieldValues::Number | FieldValues::Boolean => Value::of_plain(text.trim()),
            FieldValues::Text | FieldValues::Date => Value::Text(text.to_owned()),
        }
    }
}

/// Text, as in a template that names no type.
impl Default for &'static FieldType {
    fn default() -> Self {
        &text::TYPE
    }
}

/// Names are unique.
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

/// Why a value does not fit its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The rule that says so.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
    /// A value that was probably meant.
    pub nearest: Option<String>,
}

/// The names in the repository that values are compared with.
pub trait NameLookup {
    /// Ids of people.
    fn people(&self) -> Vec<&str>;
    /// Ids of services.
    fn services(&self) -> Vec<&str>;
    /// Whether there is a ticket (or article) of this id or alias.
    fn has_ticket(&self, id: &str) -> bool;
    /// The id that is nearest to `id`.
    fn nearest_ticket(&self, id: &str) -> Option<String>;
}

/// Returns a value that does not fit, by the rule `bad-value`.
fn misfit(message: impl Into<String>, help: impl Into<String>) -> Option<Misfit> {
    Some(Misfit { code: "bad-value", message: message.into(), help: help.into(), nearest: None })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn each_type_takes_what_fits_and_refuses_what_does_not() {
        let choice =
            Field { options: vec!["production".into()], pattern: Some(r"^\d+$".into()), ..Field::default() };
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
            let misfit = check(bad, &choice, &Names).unwrap_or_else(|| panic!("{kind} takes {bad}"));
            assert_eq!(misfit.nearest.as_deref(), near, "{kind}");
        }
    }
}

//! Field types, one file each. To add one: a file with its `TYPE`, and a line in [`FIELD_TYPES`].

mod boolean;
mod choice;
mod date;
mod number;
mod person;
mod service;
mod text;
mod ticket;
mod url;

use super::Field;

/// A type that a template field may have.
pub struct FieldType {
    /// Its name in templates.
    pub name: &'static str,
    /// What a value is, for help: `a number`.
    pub describe: &'static str,
    /// Says what is wrong with one value (text as written).
    pub check: fn(text: &str, field: &Field, known: &dyn Known) -> Option<Misfit>,
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

/// What the repository knows: the names that values are compared with.
pub trait Known {
    /// Ids of people.
    fn people(&self) -> Vec<&str>;
    /// Ids of services.
    fn services(&self) -> Vec<&str>;
    /// Whether there is a ticket (or article) of this id or alias.
    fn has_ticket(&self, id: &str) -> bool;
    /// The id that is nearest to `id`.
    fn nearest_ticket(&self, id: &str) -> Option<String>;
}

/// All types.
pub const FIELD_TYPES: &[FieldType] = &[
    text::TYPE,
    number::TYPE,
    boolean::TYPE,
    date::TYPE,
    choice::TYPE,
    person::TYPE,
    service::TYPE,
    url::TYPE,
    ticket::TYPE,
];

/// The type called `name`; text for a name that is none, which is a finding in the template.
pub fn field_type(name: &str) -> &'static FieldType {
    FIELD_TYPES.iter().find(|kind| kind.name == name).unwrap_or(&FIELD_TYPES[0])
}

/// A value that does not fit, by the rule `bad-value`.
fn misfit(message: impl Into<String>, help: impl Into<String>) -> Option<Misfit> {
    Some(Misfit { code: "bad-value", message: message.into(), help: help.into(), nearest: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World;
    impl Known for World {
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
            let check = field_type(kind).check;
            assert_eq!(field_type(kind).name, kind);
            assert_eq!(check(good, &choice, &World), None, "{kind}");
            let misfit = check(bad, &choice, &World).unwrap_or_else(|| panic!("{kind} takes {bad}"));
            assert_eq!(misfit.nearest.as_deref(), near, "{kind}");
        }
    }
}

//! People with their e-mail addresses and logins.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::ticket::id_from_email;

/// A person listed in the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The id used in tickets and replies.
    pub id: String,
    /// The display name; the default is the id.
    pub name: String,
    /// E-mail addresses used in commits.
    pub emails: Vec<String>,
    /// User names at forges and in chat tools.
    pub logins: Vec<String>,
}

impl Settings {
    /// Returns the person with this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// Finds the person with this e-mail address; upper and lower case are equal.
    pub fn person_by_email(&self, email: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.emails.iter().any(|known| known.eq_ignore_ascii_case(email)))
    }

    /// Returns the person whose e-mail address, login or name is `name`, unless several people match.
    pub(crate) fn person_by_other_name(&self, name: &str) -> Option<&Person> {
        let name = name.trim().trim_start_matches('@');
        let mut matching = self.people.iter().filter(|person| {
            let all = person.emails.iter().chain(&person.logins).chain([&person.name]);
            all.into_iter().any(|other| other.eq_ignore_ascii_case(name))
        });
        let first = matching.next()?;
        matching.next().is_none().then_some(first)
    }

    /// Returns the author id for a git identity: the id of the person with this address, otherwise an id made from
    /// the identity.
    pub fn author_id(&self, name: &str, email: &str) -> String {
        self.person_by_email(email).map_or_else(|| id_from_email(name, email), |person| person.id.clone())
    }

    /// Returns the display name of a person.
    pub fn person_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.person(id).map_or(id, |person| &person.name)
    }
}

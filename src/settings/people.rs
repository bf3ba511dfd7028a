//! People: which e-mail addresses and logins belong to whom.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::ticket::id_of_stranger;

/// A person known to the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The id that tickets and replies name.
    pub id: String,
    /// The name for people; the id when missing.
    pub name: String,
    /// The addresses that this person commits with.
    pub emails: Vec<String>,
    /// Names at forges and in chats.
    pub logins: Vec<String>,
}

impl Settings {
    /// The person with this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The person with this e-mail address, in any case.
    pub fn person_by_email(&self, email: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.emails.iter().any(|known| known.eq_ignore_ascii_case(email)))
    }

    /// The id that somebody with this git identity writes under: the person with its e-mail, else a name made from it.
    pub fn author_id(&self, name: &str, email: &str) -> String {
        self.person_by_email(email).map_or_else(|| id_of_stranger(name, email), |person| person.id.clone())
    }

    /// The name to show for a person's id.
    pub fn person_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.person(id).map_or(id, |person| &person.name)
    }
}

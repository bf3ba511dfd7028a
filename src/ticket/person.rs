//! Who somebody is: a name and an e-mail, as git knows them.

use serde::{Deserialize, Serialize};

use crate::text::slugify;

/// A name and an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// As git writes it.
    pub name: String,
    /// As git writes it.
    pub email: String,
}

impl Identity {
    /// The person's id where settings do not know the e-mail: its local part as a slug. `12345+mei@…` (as forges write
    /// private addresses) is `mei`.
    pub fn fallback_id(&self) -> String {
        let local = self.email.split('@').next().unwrap_or_default();
        let local = match local.split_once('+') {
            Some((number, name)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => name,
            Some((name, _)) => name,
            None => local,
        };
        let slug = slugify(local);
        if slug.is_empty() { slugify(&self.name) } else { slug }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_person_is_called_by_the_local_part() {
        let of = |email: &str| Identity { name: "Mei Lin".into(), email: email.into() }.fallback_id();
        assert_eq!(of("Mei.Lin@acme.example"), "mei-lin");
        assert_eq!(of("123+meilin@users.forge.example"), "meilin");
        assert_eq!(of("mei+oncall@acme.example"), "mei");
        assert_eq!(of(""), "mei-lin");
    }
}

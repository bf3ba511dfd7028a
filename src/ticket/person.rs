//! Ids for people who are not in the settings.

use crate::text::slugify_at_most;

/// The maximum length of an id.
const MAX_LENGTH: usize = 80;

/// Returns an id for a person who is not in the settings: the local part of the e-mail address as a slug, otherwise
/// the name as a slug. Both `12345+mei@…`, the form in which forges write private addresses, and `mei+oncall@…`
/// become `mei`.
pub(crate) fn id_from_email(name: &str, email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let local = match local.split_once('+') {
        Some((number, login)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => login,
        Some((person, _)) => person,
        None => local,
    };
    let slug = slugify_at_most(local, MAX_LENGTH);
    if slug.is_empty() { slugify_at_most(name, MAX_LENGTH) } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_person_gets_the_local_part_of_the_address_as_id() {
        let of = |email: &str| id_from_email("Mei Lin", email);
        assert_eq!(of("Mei.Lin@acme.example"), "mei-lin");
        assert_eq!(of("123+meilin@users.forge.example"), "meilin");
        assert_eq!(of("mei+oncall@acme.example"), "mei");
        assert_eq!(of(""), "mei-lin");
        assert_eq!(of(&format!("{}@acme.example", "x".repeat(90))), "x".repeat(80));
        assert_eq!(id_from_email(&"y".repeat(90), ""), "y".repeat(80));
    }
}

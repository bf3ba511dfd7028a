//! What to call somebody whom the settings do not know.

use crate::text::slugify;

/// The id of a person whom the settings do not know: the e-mail's local part as a slug, else the name's.
/// `12345+mei@…`, as forges write private addresses, is `mei`; `mei+oncall@…` too.
pub(crate) fn id_of_stranger(name: &str, email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let local = match local.split_once('+') {
        Some((number, login)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => login,
        Some((person, _)) => person,
        None => local,
    };
    let slug = slugify(local);
    if slug.is_empty() { slugify(name) } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_person_is_called_by_the_local_part() {
        let of = |email: &str| id_of_stranger("Mei Lin", email);
        assert_eq!(of("Mei.Lin@acme.example"), "mei-lin");
        assert_eq!(of("123+meilin@users.forge.example"), "meilin");
        assert_eq!(of("mei+oncall@acme.example"), "mei");
        assert_eq!(of(""), "mei-lin");
    }
}

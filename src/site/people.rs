//! The people who are shown on pages.

use super::Site;
use super::context::PersonContext;
use super::urls::folder_of;
use crate::ticket::{MAX_NAME, cut};
use crate::view::Audience;

/// The number of colours of avatars in the style sheet.
const COLORS: u8 = 8;

impl Site {
    /// Returns how the person `id` is shown.
    pub(super) fn person(&self, id: &str) -> PersonContext {
        let name = cut(self.model.settings().person_name(id), MAX_NAME);
        PersonContext {
            id: cut(id, MAX_NAME),
            initials: initials(&name),
            color: blake3::hash(id.as_bytes()).as_bytes()[0] % COLORS + 1,
            href: None,
            name,
        }
    }

    /// Returns how the requester or author `id` of a ticket or reply is shown: on the internal site with a link, because
    /// each of them has a page there.
    pub(super) fn participant(&self, id: &str) -> PersonContext {
        let has_page = self.view().audience == Audience::Internal;
        PersonContext { href: has_page.then(|| self.page_href(&person_folder(id))), ..self.person(id) }
    }
}

pub(super) fn person_folder(id: &str) -> String {
    format!("people/{}/", folder_of(id))
}

/// Returns the first letters of the first and the last word of a name; of a name without letter case, its first
/// character.
fn initials(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first = words.first().and_then(|word| word.chars().next());
    let last = words.iter().skip(1).last().and_then(|word| word.chars().next());
    let has_case = first.is_some_and(|letter| letter.is_lowercase() || letter.is_uppercase());
    let letters = first.into_iter().chain(last.filter(|_| has_case));
    let initials: String = letters.flat_map(char::to_uppercase).take(2).collect();
    if initials.is_empty() { "?".to_owned() } else { initials }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn an_avatar_shows_the_first_letters_of_the_name() {
        for (name, expected) in [
            ("Mei Lin", "ML"),
            ("Anna Maria van Dijk", "AD"),
            ("dara", "D"),
            ("mei-lin", "ML"),
            ("陈伟杰", "陈"),
            ("欧阳 明", "欧"),
            ("Иван Петров", "ИП"),
            ("ßeta", "SS"),
            ("", "?"),
            ("---", "?"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}

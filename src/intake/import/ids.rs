//! From another tracker's ids to ids of tickets.

use std::collections::{HashMap, HashSet};

use crate::text::is_id;

/// How many characters of a hash tell apart what a stem cannot.
const HASH: usize = 6;
/// What is left of 80 for the stem before a hyphen and a hash.
const STEM: usize = 73;

/// Makes ids and remembers which source has which, so that no two sources get the same.
#[derive(Default)]
pub(crate) struct IdMaker {
    by_source: HashMap<String, String>,
    taken: HashSet<String>,
}

impl IdMaker {
    /// Says that `source` has `id` already.
    pub(super) fn know(&mut self, source: &str, id: &str) {
        self.by_source.insert(source.to_owned(), id.to_owned());
        self.taken.insert(id.to_owned());
    }

    /// The id of `source`: the one that it has, else a new one.
    pub(crate) fn id_of(&mut self, source: &str) -> String {
        if let Some(id) = self.by_source.get(source) {
            return id.clone();
        }
        let plain = id_from(source);
        let mut id = plain.clone();
        // Another source may be called like the id that a hash gives, so that id is not always free either.
        let mut salted = source.to_owned();
        while self.taken.contains(&id) {
            id = hashed(&plain, &salted);
            salted.push('\n');
        }
        self.know(source, &id);
        id
    }

    /// The id that a reference to `source` means, whether or not that was imported.
    pub(crate) fn reference(&self, source: &str) -> String {
        self.by_source.get(source).cloned().unwrap_or_else(|| id_from(source))
    }
}

/// `FLUID-115` becomes `fluid-115`, `1611120` becomes `t-1611120`. Where more than case and separators is lost, or 80
/// characters are passed: the first 73, a hyphen and six characters of a hash of the source.
fn id_from(source: &str) -> String {
    let mut slug = String::new();
    let mut lost = false;
    for c in source.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else {
            lost |= !(c.is_ascii_punctuation() || c.is_whitespace());
            if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
    }
    let slug = slug.trim_end_matches('-');
    let named = if slug.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        format!("t-{slug}")
    } else {
        slug.to_owned()
    };
    let named = named.trim_end_matches('-').to_owned();
    if lost || !is_id(&named) || slug.is_empty() { hashed(&named, source) } else { named }
}

fn hashed(stem: &str, source: &str) -> String {
    let hash = blake3::hash(source.as_bytes()).to_hex();
    let stem: String = stem.chars().take(STEM).collect();
    format!("{}-{}", stem.trim_end_matches('-'), &hash[..HASH])
}

/// Six characters that tell a reply apart from all others: of its ticket's source and its place.
pub(super) fn reply_ending(source: &str, place: &str) -> String {
    blake3::hash(format!("{source}\n{place}").as_bytes()).to_hex()[..HASH].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_what_they_can() {
        let id = |source: &str| id_from(source);
        assert_eq!(id("FLUID-115"), "fluid-115");
        assert_eq!(id("1611120"), "t-1611120");
        assert_eq!(id("proj_x/12"), "proj-x-12");
        assert!(id("发票-1").starts_with("t-1-") && is_id(&id("发票-1")), "{}", id("发票-1"));
        assert!(is_id(&id("发票")) && id("发票") != id("导出"));
        let long = "a".repeat(200);
        assert_eq!(id(&long).len(), 80);
        assert!(is_id(&id(&long)) && is_id(&id("")) && is_id(&id("---")));
    }

    #[test]
    fn two_sources_never_share_an_id() {
        let mut maker = IdMaker::default();
        let (first, second) = (maker.id_of("A-1"), maker.id_of("a_1"));
        assert_eq!(first, "a-1");
        assert!(second.starts_with("a-1-") && is_id(&second));
        assert_eq!(maker.id_of("A-1"), first);
        assert_eq!(maker.reference("a_1"), second);
    }

    #[test]
    fn a_source_that_is_called_like_the_hashed_id_of_another_does_not_share_it() {
        let mut maker = IdMaker::default();
        let sources = ["x-836eac", "x", "x|"];
        let ids = sources.map(|source| maker.id_of(source));
        assert_eq!(ids[..2], ["x-836eac", "x"]);
        assert!(ids[2].starts_with("x-") && ids[2] != ids[0] && is_id(&ids[2]), "{ids:?}");
        assert_eq!(sources.map(|source| maker.id_of(source)), ids);
    }
}

//! Converts another tracker's ids to ticket ids.

use std::collections::{HashMap, HashSet};

use crate::text::{is_id, is_reserved_name};

/// The number of hash characters that make an ambiguous stem unique.
const HASH: usize = 6;
/// The length of the stem: 80 characters minus a hyphen and the hash.
const STEM: usize = 73;

/// A generator of ids that remembers the id of each source, so that no two sources get the same id.
#[derive(Default)]
pub(crate) struct IdMaker {
    by_source: HashMap<String, String>,
    taken: HashSet<String>,
    /// Ids that records brought with their sources. References name them directly.
    brought: HashSet<String>,
}

impl IdMaker {
    /// Records that `source` already has `id`.
    pub(super) fn know(&mut self, source: &str, id: &str) {
        self.by_source.insert(source.to_owned(), id.to_owned());
        self.taken.insert(id.to_owned());
    }

    /// Records that another file has `id`, so that no source gets it.
    pub(super) fn take(&mut self, id: &str) {
        self.taken.insert(id.to_owned());
    }

    /// Returns the id of `source`. A new source gets the id `wanted`, if that is valid and no other source has it.
    pub(crate) fn id_with(&mut self, source: &str, wanted: &str) -> String {
        let is_free = is_id(wanted) && !is_reserved_name(wanted) && !self.taken.contains(wanted);
        if is_free && !self.by_source.contains_key(source) {
            self.know(source, wanted);
        }
        let id = self.id_of(source);
        if id == wanted {
            self.brought.insert(id.clone());
        }
        id
    }

    /// Returns the id of `source`, and creates one if it has none.
    pub(crate) fn id_of(&mut self, source: &str) -> String {
        if let Some(id) = self.by_source.get(source) {
            return id.clone();
        }
        let plain = id_from(source);
        let mut id = plain.clone();
        // The id that is made from the hash may be taken too, if another source has that name.
        let mut salted = source.to_owned();
        while self.taken.contains(&id) {
            id = hashed(&plain, &salted);
            salted.push('\n');
        }
        self.know(source, &id);
        id
    }

    /// Returns the id for a reference to `source`, imported or not.
    pub(crate) fn reference(&self, source: &str) -> String {
        if self.brought.contains(source) {
            return source.to_owned();
        }
        self.by_source.get(source).cloned().unwrap_or_else(|| id_from(source))
    }
}

/// Converts `FLUID-115` to `fluid-115` and `1611120` to `t-1611120`. In two cases, the id consists of the first 73
/// characters, a hyphen and six characters of a hash of the source: if the conversion loses more than case and
/// separators, and if its result is longer than 80 characters.
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
    if lost || !is_id(&named) || slug.is_empty() || is_reserved_name(&named) {
        hashed(&named, source)
    } else {
        named
    }
}

fn hashed(stem: &str, source: &str) -> String {
    let hash = blake3::hash(source.as_bytes()).to_hex();
    let stem: String = stem.chars().take(STEM).collect();
    format!("{}-{}", stem.trim_end_matches('-'), &hash[..HASH])
}

/// Returns six characters that identify a reply by its ticket's source and its place.
pub(super) fn reply_ending(source: &str, place: &str) -> String {
    blake3::hash(format!("{source}\n{place}").as_bytes()).to_hex()[..HASH].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_close_to_the_source() {
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

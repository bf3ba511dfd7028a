//! Limits for the values of a ticket. Files over a limit still work, and the rule `oversized-value` reports them; the
//! site shows less of them, so that a small file cannot become a large site.

/// The maximum number of characters in a title. Other trackers allow about 250.
pub(crate) const MAX_TITLE: usize = 300;
/// The maximum number of characters in the name of a site, a service or a person.
pub(crate) const MAX_NAME: usize = 100;
/// The maximum number of values in a list.
pub(crate) const MAX_VALUES: usize = 30;
/// The maximum number of characters in a tag.
pub(crate) const MAX_TAG: usize = 50;

/// Returns the tags within the limits, in order. Only these have a page.
pub(crate) fn tags_with_page(tags: &[String]) -> impl Iterator<Item = &String> {
    let allowed = |tag: &&String| !tag.trim().is_empty() && tag.chars().take(MAX_TAG + 1).count() <= MAX_TAG;
    tags.iter().filter(allowed).take(MAX_VALUES)
}

/// Returns the beginning of `text` with at most `max` characters; a cut text ends with `…`.
pub(crate) fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some(_) => text.chars().take(max - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

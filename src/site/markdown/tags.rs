//! The tags in raw HTML and their attributes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::elements::DROPPED;
use crate::text::markdown::anchor_of;

pub(super) static COMMENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->").ok());
/// A whole tag: the slash of an end tag, the name, and the attributes.
pub(super) static ELEMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)<(/?)([a-z][a-z0-9]*)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>"#).ok());
static ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?is)(?:^|[\s"'/])(href|src|alt|title|id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))"#)
        .ok()
});

/// A heading, with its content.
static HEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)<h[1-6]\b(?:[^<>"']|"[^"]*"|'[^']*')*>(.*?)</h[1-6]\s*>"#).ok());

/// Returns `html` without its comments.
pub(super) fn without_comments(html: &str) -> Cow<'_, str> {
    COMMENT.as_ref().map_or(Cow::Borrowed(html), |comment| comment.replace_all(html, ""))
}

/// Returns the headings in `html`: the position after the start tag, and the text without tags. Forges give them anchors
/// like those of other headings.
pub(super) fn html_headings(html: &str) -> Vec<(usize, String)> {
    let (Some(heading), Some(element)) = (&*HEADING, &*ELEMENT) else { return Vec::new() };
    if !html.contains("<h") && !html.contains("<H") {
        return Vec::new();
    }
    let found = heading.captures_iter(html).filter_map(|found| found.get(1));
    found.map(|inner| (inner.start(), element.replace_all(inner.as_str(), "").into_owned())).collect()
}

/// Returns the names of the elements in `html` that the sanitiser would remove together with the rest of the text,
/// because the end of the element is missing: a text about `<title>` usually means the tag.
pub(super) fn unclosed_elements(html: &str) -> HashSet<&'static str> {
    let mut open: HashMap<&'static str, isize> = HashMap::new();
    let Some(element) = ELEMENT.as_ref().filter(|_| html.contains('<')) else { return HashSet::new() };
    for found in element.captures_iter(html) {
        let name = found[2].to_ascii_lowercase();
        if let Some(name) = DROPPED.iter().find(|dropped| **dropped == name) {
            *open.entry(name).or_default() += if found[1].is_empty() { 1 } else { -1 };
        }
    }
    open.into_iter().filter(|(_, count)| *count > 0).map(|(name, _)| name).collect()
}

/// Returns the anchors that the author of `html` gave to elements with `id` or, for links, with `name`.
pub(super) fn authored_anchors(html: &str) -> Vec<String> {
    let Some(element) = ELEMENT.as_ref().filter(|_| html.contains('=')) else { return Vec::new() };
    element.captures_iter(html).filter_map(|found| authored_id(&found[2], &found[3])).collect()
}

pub(super) fn authored_id(element: &str, attributes: &str) -> Option<String> {
    let name = || attribute_of(attributes, "name").filter(|_| element.eq_ignore_ascii_case("a"));
    attribute_of(attributes, "id").or_else(name).and_then(|id| anchor_of(&id))
}

pub(super) fn attribute_of(attributes: &str, name: &str) -> Option<String> {
    ATTRIBUTE
        .as_ref()?
        .captures_iter(attributes)
        .find(|pair| pair[1].eq_ignore_ascii_case(name))
        .and_then(|pair| pair.get(2).or(pair.get(3)).or(pair.get(4)))
        .map(|text| text.as_str().replace("&amp;", "&"))
}

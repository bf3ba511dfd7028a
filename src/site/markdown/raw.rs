//! Raw HTML inside Markdown: classifies, rewrites and sanitises it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use regex::{Captures, Regex};

use super::elements::{ATTRIBUTES, CLASSES, DROPPED, ELEMENTS, TAGS};
use super::links::{self, Destination, REL, RenderedLinks};
use super::{ID_PREFIX, Resolve, escape};

/// The maximum number of raw tags in a text. If a text has more tags, they are shown as text: an HTML parser can take
/// quadratic time for them, and people do not write so many tags by hand.
pub(super) const MAX_TAGS: usize = 2_000;
/// The length of the longest text whose raw HTML is sanitised, in bytes. In a longer text, raw HTML is shown as text.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// The kind of a fragment of raw HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RawHtmlKind {
    /// Comments and white space, such as the hints of a template. Readers do not see them.
    Comment,
    /// Tags that are not HTML, such as `<String>` or pasted XML, and that are shown as text.
    Text,
    /// HTML that the sanitiser has to clean.
    Html,
}

static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"</?([A-Za-z][A-Za-z0-9-]*)").ok());
static COMMENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?(?:-->|$)").ok());
static LINK_OR_IMAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)<(a|img)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>"#).ok());
static ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?is)\b(href|src|alt|title)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))"#).ok()
});

/// Classifies `html`, a tag or a block of raw HTML.
pub(super) fn kind(html: &str) -> RawHtmlKind {
    let (Some(tag), Some(comment)) = (&*TAG, &*COMMENT) else { return RawHtmlKind::Text };
    let rest = comment.replace_all(html, "");
    if rest.trim().is_empty() {
        return RawHtmlKind::Comment;
    }
    let known = |name: &str| ELEMENTS.binary_search(&name.to_ascii_lowercase().as_str()).is_ok();
    if tag.captures_iter(&rest).any(|found| known(&found[1])) { RawHtmlKind::Html } else { RawHtmlKind::Text }
}

/// Counts the tags in `html`, roughly.
pub(super) fn count_tags(html: &str) -> usize {
    html.matches('<').count()
}

/// Checks the links and images in `html` like links and images in Markdown. The sanitiser runs afterwards and does not
/// rely on this check.
pub(super) fn rewrite<'a>(
    html: &'a str,
    key: &str,
    in_link: bool,
    resolve: &dyn Resolve,
    rendered: &mut RenderedLinks,
) -> Cow<'a, str> {
    let (Some(element), Some(attribute)) = (&*LINK_OR_IMAGE, &*ATTRIBUTE) else { return Cow::Borrowed("") };
    element.replace_all(html, |found: &Captures<'_>| {
        let value = |name: &str| -> String {
            attribute
                .captures_iter(&found[2])
                .find(|pair| pair[1].eq_ignore_ascii_case(name))
                .and_then(|pair| pair.get(2).or(pair.get(3)).or(pair.get(4)))
                .map(|text| text.as_str().replace("&amp;", "&"))
                .unwrap_or_default()
        };
        let mut out = String::new();
        if found[1].eq_ignore_ascii_case("img") {
            let destination = links::decide(&value("src"), key, resolve);
            links::image(&mut out, &destination, &value("alt"), &value("title"), in_link, rendered);
        } else {
            let destination = links::decide(&value("href"), key, resolve);
            if !links::open(&mut out, &destination, &value("title"), rendered) {
                out.push_str("<span>");
            }
        }
        out
    })
}

/// Returns whether a text may use the element `name`.
#[cfg(test)]
pub(super) fn allowed(name: &str) -> bool {
    TAGS.contains(&name)
}

/// Escapes raw HTML so that readers see the source of the HTML.
pub(super) fn as_text(html: &str) -> String {
    escape(html)
}

/// Sanitises a whole rendered text. Removes all relative links except `rendered`, the links that rendering wrote.
pub(super) fn sanitise(html: &str, rendered: &BTreeSet<String>) -> String {
    let rendered = rendered.clone();
    let classes = |names: &[&'static str]| -> HashSet<&'static str> { names.iter().copied().collect() };
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .generic_attributes(HashSet::new())
        .tag_attributes(
            ATTRIBUTES.iter().map(|(tag, names)| (*tag, classes(names))).collect::<HashMap<_, _>>(),
        )
        .allowed_classes(CLASSES.iter().map(|(tag, names)| (*tag, classes(names))).collect::<HashMap<_, _>>())
        .url_schemes(classes(&["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL))
        .strip_comments(true)
        .attribute_filter(move |tag, name, value| {
            let relative = |value: &str| rendered.contains(value);
            let is_allowed = match (tag, name) {
                (_, "id") => value.starts_with(ID_PREFIX),
                ("img", "src") => relative(value),
                ("a", "href") => {
                    value.strip_prefix('#').is_some_and(|id| id.starts_with(ID_PREFIX))
                        || relative(value)
                        || matches!(links::decide(value, "", &super::NoLinks), Destination::External(_))
                }
                _ => true,
            };
            is_allowed.then_some(Cow::Borrowed(value))
        });

    builder.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_hints_placeholders_and_html_are_distinguished() {
        assert_eq!(kind("<!-- What happened? -->\n"), RawHtmlKind::Comment);
        assert_eq!(kind("<your-name>"), RawHtmlKind::Text);
        assert_eq!(kind("<String>"), RawHtmlKind::Text);
        assert_eq!(kind("<!-- hint --><DIV>"), RawHtmlKind::Html);
        assert_eq!(kind("</details>"), RawHtmlKind::Html);
        assert_eq!(kind("<?xml version='1.0'?>"), RawHtmlKind::Text);
    }
}

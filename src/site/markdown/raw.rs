//! Raw HTML inside Markdown: classifies, rewrites and sanitises it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use regex::Regex;

use super::anchors::TextAnchors;
use super::elements::{ATTRIBUTES, CLASSES, DROPPED, TAGS};
use super::links::{self, REL, RenderedLinks};
use super::tags::{COMMENT, ELEMENT, attribute_of, authored_id, html_headings, without_comments};
use super::{ID_PREFIX, MarkdownStyle, escape};
use crate::text::markdown::is_html_element;

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
static ID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?is)(?:^|[\s"'/])(?:id|name)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"#).ok()
});

/// Classifies `html`, a tag or a block of raw HTML.
pub(super) fn kind(html: &str) -> RawHtmlKind {
    let (Some(tag), Some(comment)) = (&*TAG, &*COMMENT) else { return RawHtmlKind::Text };
    let rest = comment.replace_all(html, "");
    if rest.trim().is_empty() {
        return RawHtmlKind::Comment;
    }
    if tag.captures_iter(&rest).any(|found| is_html_element(&found[1])) {
        RawHtmlKind::Html
    } else {
        RawHtmlKind::Text
    }
}

/// Counts the tags in `html`, roughly.
pub(super) fn count_tags(html: &str) -> usize {
    html.matches('<').count()
}

/// Checks the links, images and ids in `html` like those in Markdown, and escapes everything that is not a whole tag, so
/// that the HTML parser of the sanitiser cannot take the following text for a part of a tag or comment. The sanitiser
/// runs afterwards and does not rely on this check.
pub(super) fn rewrite(
    html: &str,
    style: &MarkdownStyle<'_>,
    anchors: &TextAnchors,
    in_link: bool,
    rendered: &mut RenderedLinks,
) -> String {
    let Some(element) = &*ELEMENT else { return String::new() };
    let html = without_comments(html);
    let headings: Vec<usize> = html_headings(&html).into_iter().map(|(at, _)| at).collect();
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    for found in element.captures_iter(&html) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(&html[at..whole.start()].replace('<', "&lt;"));
        at = whole.end();
        let part = |n: usize| found.get(n).map_or("", |part| part.as_str());
        let (end, name, attributes) = (part(1), part(2), part(3));
        if anchors.unclosed.contains(name.to_ascii_lowercase().as_str()) {
            out.push_str(&escape(whole.as_str()));
        } else if end.is_empty() {
            start_tag(&mut out, name, attributes, style, anchors, in_link, rendered);
        } else {
            out.push_str(whole.as_str());
        }
        if headings.binary_search(&at).is_ok() {
            heading_anchor(&mut out, style, anchors, rendered);
        }
    }
    out.push_str(&html[at..].replace('<', "&lt;"));
    out
}

/// Writes the anchor of the next heading in raw HTML. The heading itself can have another id.
fn heading_anchor(
    out: &mut String,
    style: &MarkdownStyle<'_>,
    anchors: &TextAnchors,
    rendered: &mut RenderedLinks,
) {
    let anchor = anchors.of_html_headings.get(rendered.html_headings);
    rendered.html_headings += 1;
    if let Some(anchor) = anchor.filter(|anchor| !anchor.is_empty()) {
        let id = format!("{ID_PREFIX}{}{anchor}", style.key);
        links::attribute(out, "<span id", &id);
        out.push_str("></span>");
        rendered.ids.insert(id);
    }
}

fn start_tag(
    out: &mut String,
    name: &str,
    attributes: &str,
    style: &MarkdownStyle<'_>,
    anchors: &TextAnchors,
    in_link: bool,
    rendered: &mut RenderedLinks,
) {
    let value = |name: &str| attribute_of(attributes, name).unwrap_or_default();
    let id = authored_id(name, attributes)
        .filter(|anchor| !anchors.is_heading(anchor))
        .map(|anchor| format!("{ID_PREFIX}{}{anchor}", style.key))
        .filter(|id| rendered.ids.insert(id.clone()));
    if name.eq_ignore_ascii_case("img") {
        let destination = links::decide(&value("src"), style, anchors, true);
        links::image(out, &destination, &value("alt"), &value("title"), in_link, rendered);
        return;
    }
    if name.eq_ignore_ascii_case("a") {
        let destination = links::decide(&value("href"), style, anchors, false);
        if !links::open(out, &destination, &value("title"), rendered) {
            // The end tag of the link comes later, so the element must be the same.
            out.push_str("<a>");
        }
        if let Some(id) = id {
            out.pop();
            links::attribute(out, " id", &id);
            out.push('>');
        }
        return;
    }
    out.push('<');
    out.push_str(name);
    if let Some(id) = id {
        links::attribute(out, " id", &id);
    }
    if let Some(pattern) = &*ID {
        out.push_str(&pattern.replace_all(attributes, ""));
    }
    out.push('>');
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

/// Sanitises a whole rendered text. Removes all relative links and ids that rendering did not write.
pub(super) fn sanitise(html: &str, rendered: &RenderedLinks) -> String {
    let (links, ids) = (rendered.relative.clone(), rendered.ids.clone());
    let classes = |names: &[&'static str]| -> HashSet<&'static str> { names.iter().copied().collect() };
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .generic_attributes(classes(&["id"]))
        .tag_attributes(
            ATTRIBUTES.iter().map(|(tag, names)| (*tag, classes(names))).collect::<HashMap<_, _>>(),
        )
        .allowed_classes(CLASSES.iter().map(|(tag, names)| (*tag, classes(names))).collect::<HashMap<_, _>>())
        .url_schemes(classes(&["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL))
        .strip_comments(true)
        .attribute_filter(move |tag, name, value| {
            let is_allowed = match (tag, name) {
                (_, "id") => ids.contains(value),
                ("img", "src") => links.contains(value),
                ("a", "href") => {
                    value.strip_prefix('#').is_some_and(|id| id.starts_with(ID_PREFIX))
                        || links.contains(value)
                        || links::is_external(value)
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

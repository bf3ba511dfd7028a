//! Checks the links and images of a text, and writes those that are allowed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::anchors::TextAnchors;
use super::{ID_PREFIX, LinkTarget, MarkdownStyle, RelativeLink, escape_into};
use crate::text::markdown::anchor_of;

/// The `rel` of links that users wrote. Search engines should not follow such links, and the opened page must not get
/// access to this page.
pub(super) const REL: &str = "nofollow ugc noopener";

/// The checked destination of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Another site or a mail address, with an allowed scheme.
    External(String),
    /// An anchor of the same text, or of a text that contains it.
    Fragment(String),
    /// A page or file of this site.
    Internal(LinkTarget),
    /// A destination that must not be linked.
    Refused,
}

/// The relative links and ids that rendering wrote, so that the sanitiser can distinguish them from those in raw HTML.
#[derive(Default)]
pub(super) struct RenderedLinks {
    pub(super) relative: BTreeSet<String>,
    pub(super) ids: BTreeSet<String>,
    /// The number of headings in raw HTML so far.
    pub(super) html_headings: usize,
    /// The subset of `relative` that leads to attachments.
    pub(super) attachments: BTreeSet<String>,
}

/// Checks `destination`, a link as the parser read it, in a text with these anchors. `is_image` is true for a file that
/// is shown in the text.
pub(super) fn decide(
    destination: &str,
    style: &MarkdownStyle<'_>,
    anchors: &TextAnchors,
    is_image: bool,
) -> Destination {
    let compact = compact(destination);
    if has_scheme(&compact) {
        return external(compact).map_or(Destination::Refused, Destination::External);
    }
    if let Some(fragment) = compact.strip_prefix('#') {
        let Some(anchor) = anchor_of(fragment) else { return Destination::Refused };
        // A heading can begin with the words of the forge's prefix.
        let prefixed = format!("{ID_PREFIX}{anchor}");
        let anchor = if anchors.contains(&prefixed) { prefixed } else { anchor };
        return match style.elsewhere {
            _ if anchors.contains(&anchor) => {
                Destination::Fragment(format!("#{ID_PREFIX}{}{anchor}", style.key))
            }
            Some(elsewhere) => Destination::Fragment(format!("{elsewhere}{anchor}")),
            // Texts from other pages have links to anchors that stayed there.
            None => Destination::Refused,
        };
    }
    if compact.is_empty() || compact.starts_with(['\\', '?']) || compact.starts_with("//") {
        return Destination::Refused;
    }
    let (path, fragment) = match destination.trim().split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (destination.trim(), None),
    };
    let anchor = fragment.and_then(anchor_of);
    let path = percent_decode(path.split('?').next().unwrap_or_default());
    match style.resolve.relative(&RelativeLink { path: &path, anchor, fragment, is_image }) {
        Some(LinkTarget::Forge { href }) => {
            external(href).map_or(Destination::Refused, Destination::External)
        }
        Some(target) => Destination::Internal(target),
        None => Destination::Refused,
    }
}

/// Returns whether `address`, which Markdown does not read as the address of a link, is the path of an attachment.
pub(super) fn leads_to_file(address: &str, style: &MarkdownStyle<'_>) -> bool {
    matches!(
        decide(address, style, &TextAnchors::default(), true),
        Destination::Internal(LinkTarget::Attachment { .. })
    )
}

/// Returns `destination` as a browser reads it. Browsers ignore tabs, line ends and leading control characters in
/// addresses (`java\nscript:` is `javascript:`), so these characters are removed before the scheme is read.
fn compact(destination: &str) -> String {
    destination.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

/// Returns whether `compact` begins with a scheme such as `https:`.
fn has_scheme(compact: &str) -> bool {
    compact.find([':', '/', '?', '#', '\\']).is_some_and(|at| compact.as_bytes()[at] == b':')
}

/// Returns `compact` if it is an address of another site or a mail address, with an allowed scheme.
fn external(compact: String) -> Option<String> {
    let (scheme, rest) = compact.split_once(':')?;
    let is_allowed = match scheme.to_ascii_lowercase().as_str() {
        // Browsers repair `https:/evil` and `https:evil` in different ways, so only `https://` is allowed.
        "http" | "https" => rest.starts_with("//"),
        "mailto" => true,
        _ => false,
    };
    is_allowed.then_some(compact)
}

/// Returns whether `destination` leads to another site or is a mail address, with an allowed scheme.
pub(super) fn is_external(destination: &str) -> bool {
    external(compact(destination)).is_some()
}

/// Writes the opening tag of a link. Returns `false` and writes nothing if the destination must not be linked.
pub(super) fn open(
    out: &mut String,
    destination: &Destination,
    title: &str,
    rendered: &mut RenderedLinks,
) -> bool {
    match destination {
        Destination::Refused => return false,
        Destination::External(href) => {
            attribute(out, "<a href", href);
            attribute(out, " rel", REL);
            if !title.is_empty() {
                attribute(out, " title", title);
            }
        }
        Destination::Fragment(href) => {
            rendered.relative.insert(href.clone());
            attribute(out, "<a href", href);
        }
        // `decide` turns the addresses of the forge into external ones.
        Destination::Internal(LinkTarget::Forge { .. }) => return false,
        Destination::Internal(LinkTarget::Page { href, title: page }) => {
            rendered.relative.insert(href.clone());
            attribute(out, "<a href", href);
            let title = if title.is_empty() { page } else { title };
            if !title.is_empty() {
                attribute(out, " title", title);
            }
        }
        Destination::Internal(LinkTarget::Attachment { href, name, .. }) => {
            rendered.relative.insert(href.clone());
            rendered.attachments.insert(href.clone());
            attribute(out, "<a href", href);
            attribute(out, " download", name);
        }
    }
    out.push('>');
    true
}

/// Writes an attachment as a picture, and any other image as a link, because an external picture would reveal to its
/// server who reads which ticket. `in_link` is true inside a link, because links cannot be nested.
pub(super) fn image(
    out: &mut String,
    destination: &Destination,
    alt: &str,
    title: &str,
    in_link: bool,
    rendered: &mut RenderedLinks,
) {
    if let Destination::Internal(LinkTarget::Attachment { href, name, image: true, size }) = destination {
        rendered.relative.insert(href.clone());
        rendered.attachments.insert(href.clone());
        if !in_link {
            attribute(out, "<a href", href);
            out.push('>');
        }
        attribute(out, "<img src", href);
        attribute(out, " alt", if alt.is_empty() { name } else { alt });
        if let Some(size) = size {
            out.push_str(&format!(" width=\"{}\" height=\"{}\"", size.width, size.height));
        }
        out.push_str(" loading=\"lazy\">");
        if !in_link {
            out.push_str("</a>");
        }
        return;
    }
    let text = match (alt, title, destination) {
        ("", "", Destination::External(href)) => href.as_str(),
        ("", "", Destination::Internal(LinkTarget::Attachment { name, .. })) => name.as_str(),
        ("", title, _) => title,
        (alt, ..) => alt,
    };
    let opened = !in_link && open(out, destination, title, rendered);
    escape_into(out, text);
    if opened {
        out.push_str("</a>");
    }
}

/// Writes an attribute; `name` is the text before the `=`.
pub(super) fn attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push_str("=\"");
    escape_into(out, value);
    out.push('"');
}

/// Decodes percent-encoded characters such as `%20` in `text`. Returns `text` unchanged if the result is not UTF-8.
fn percent_decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

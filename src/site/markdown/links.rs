//! Checks the links and images of a text, and writes those that are allowed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::{ID_PREFIX, LinkTarget, Resolve, escape_into};

/// The `rel` of links that users wrote. Search engines should not follow such links, and the opened page must not get
/// access to this page.
pub(super) const REL: &str = "nofollow ugc noopener";

/// The checked destination of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Another site or a mail address, with an allowed scheme.
    External(String),
    /// A heading or footnote of the same text.
    Fragment(String),
    /// A page or file of this site.
    Internal(LinkTarget),
    /// A destination that must not be linked.
    Refused,
}

/// The relative links that rendering wrote, so that the sanitiser can distinguish them from links in raw HTML.
#[derive(Default)]
pub(super) struct RenderedLinks {
    pub(super) relative: BTreeSet<String>,
    /// The subset of `relative` that leads to attachments.
    pub(super) attachments: BTreeSet<String>,
}

/// Checks `destination`, a link as the parser read it. `key` is the key of the text's ids.
pub(super) fn decide(destination: &str, key: &str, resolve: &dyn Resolve) -> Destination {
    // Browsers ignore tabs, line ends and leading control characters in addresses (`java\nscript:` is `javascript:`),
    // so these characters are removed before the scheme is read.
    let compact: String = destination.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let head = compact.find([':', '/', '?', '#', '\\']);
    if let Some(at) = head
        && compact.as_bytes()[at] == b':'
    {
        return match compact[..at].to_ascii_lowercase().as_str() {
            // Browsers repair `https:/evil` and `https:evil` in different ways, so only `https://` is allowed.
            "http" | "https" if compact[at + 1..].starts_with("//") => Destination::External(compact),
            "mailto" => Destination::External(compact),
            _ => Destination::Refused,
        };
    }
    if let Some(fragment) = compact.strip_prefix('#') {
        return if fragment.is_empty() {
            Destination::Refused
        } else {
            Destination::Fragment(format!("#{ID_PREFIX}{key}{fragment}"))
        };
    }
    if compact.starts_with(['/', '\\', '?']) {
        return Destination::Refused;
    }
    let path = destination.trim().split(['?', '#']).next().unwrap_or_default();
    resolve.relative(&percent_decode(path)).map_or(Destination::Refused, Destination::Internal)
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
        Destination::Fragment(href) => attribute(out, "<a href", href),
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
    if let Destination::Internal(LinkTarget::Attachment { href, name, image: true }) = destination {
        rendered.relative.insert(href.clone());
        rendered.attachments.insert(href.clone());
        if !in_link {
            attribute(out, "<a href", href);
            out.push('>');
        }
        attribute(out, "<img src", href);
        attribute(out, " alt", if alt.is_empty() { name } else { alt });
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

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push_str("=\"");
    escape_into(out, value);
    out.push('"');
}

/// Decodes percent-encoded characters such as `%20` in `text`. Returns `text` unchanged if the result is not UTF-8.
fn percent_decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

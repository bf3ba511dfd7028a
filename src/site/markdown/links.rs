//! Which links of a text may stand in a page, and what they look like.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::{ID_PREFIX, Resolve, Target, escape_into};

/// What `rel` says of links that users wrote: no endorsement, and no handle on this page for the page they open.
pub(super) const REL: &str = "nofollow ugc noopener";

/// What became of a link's destination.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Another site, or a mail address; an allowed scheme.
    External(String),
    /// A heading or footnote of the same text.
    Fragment(String),
    /// A page or file of this site.
    Here(Target),
    /// Nothing that may be linked.
    Refused,
}

/// The links that a text was given, so that the sanitiser can tell them from raw ones.
#[derive(Default)]
pub(super) struct Given {
    /// Every relative `href` and `src` written so far.
    pub(super) relative: BTreeSet<String>,
    /// Those among them that are attachments.
    pub(super) attachments: BTreeSet<String>,
}

/// Decides about `destination`, a link as the parser understood it. `key` is that of the text's ids.
pub(super) fn decide(destination: &str, key: &str, resolve: &dyn Resolve) -> Destination {
    // Browsers ignore tabs, line ends and leading control characters in addresses, so a scheme is looked for without
    // them: `java\nscript:` is `javascript:`.
    let compact: String = destination.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let head = compact.find([':', '/', '?', '#', '\\']);
    if let Some(at) = head
        && compact.as_bytes()[at] == b':'
    {
        return match compact[..at].to_ascii_lowercase().as_str() {
            // `https:/evil` and `https:evil` are repaired by browsers in ways that differ; only the plain form passes.
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
    resolve.relative(&percent_decode(path)).map_or(Destination::Refused, Destination::Here)
}

/// Writes the opening tag of a link; `false`, and nothing written, when there is to be no link.
pub(super) fn open(out: &mut String, destination: &Destination, title: &str, given: &mut Given) -> bool {
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
        Destination::Here(Target::Page { href, title: page }) => {
            given.relative.insert(href.clone());
            attribute(out, "<a href", href);
            let title = if title.is_empty() { page } else { title };
            if !title.is_empty() {
                attribute(out, " title", title);
            }
        }
        Destination::Here(Target::Attachment { href, name, .. }) => {
            given.relative.insert(href.clone());
            given.attachments.insert(href.clone());
            attribute(out, "<a href", href);
            attribute(out, " download", name);
        }
    }
    out.push('>');
    true
}

/// Writes an image: a picture only when it is an attachment, else a link to it. External pictures would tell their
/// server who reads which ticket. `in_link`: no link may be opened here.
pub(super) fn image(
    out: &mut String,
    destination: &Destination,
    alt: &str,
    title: &str,
    in_link: bool,
    given: &mut Given,
) {
    if let Destination::Here(Target::Attachment { href, name, image: true }) = destination {
        given.relative.insert(href.clone());
        given.attachments.insert(href.clone());
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
        ("", "", Destination::Here(Target::Attachment { name, .. })) => name.as_str(),
        ("", title, _) => title,
        (alt, ..) => alt,
    };
    let opened = !in_link && open(out, destination, title, given);
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

/// Decodes `%20` and the like in `text`. Returns `text` as it is where the result is not UTF-8.
fn percent_decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

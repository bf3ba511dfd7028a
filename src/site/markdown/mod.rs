//! Renders Markdown as HTML that is safe to publish.
//!
//! Ticket text is untrusted input. Two defences are here, in addition to the page's content policy: this module checks
//! every link and image in the parser's events, and ammonia sanitises raw HTML. Most texts have no raw HTML, so their
//! HTML consists only of escaped text and allowed links and needs no sanitiser. A page without the sanitiser renders
//! eight times faster.

mod anchors;
mod blocks;
mod code;
mod contents;
mod elements;
mod excerpt;
mod formulas;
mod links;
mod raw;
mod refs;
mod render;
mod tags;
mod twin;

pub(crate) use excerpt::excerpt;
pub(crate) use render::render;
pub(crate) use twin::{inline_link, rewritten, written};

/// The prefix of every id in the HTML of a text, so that a text cannot use an id of the page itself.
pub(crate) const ID_PREFIX: &str = "user-content-";

/// The destination of a ticket name or relative link, for the page that shows the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkTarget {
    /// A page of this site.
    Page {
        /// The link, relative to the page that shows the text.
        href: String,
        /// The title of the page, shown as the link's tooltip.
        title: String,
    },
    /// A file attached to the ticket.
    Attachment {
        /// The link, relative to the page that shows the text.
        href: String,
        /// The name under which the browser saves the file.
        name: String,
        /// Whether a browser can show it as a picture.
        image: bool,
        /// The width and height of the picture, if they are known.
        size: Option<PictureSize>,
    },
    /// A file of the repository that is not on this site, as an address at the forge.
    Forge { href: String },
}

/// The width and height of a picture in pixels, so that the page does not move when the picture arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct PictureSize {
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// A relative link or image in a text.
pub(crate) struct RelativeLink<'a> {
    /// The path, percent-decoded. It starts with `/` if it is relative to the root of the repository.
    pub path: &'a str,
    /// The heading that the link leads to, as [`anchor_of`](crate::text::markdown::anchor_of) returns it.
    pub anchor: Option<String>,
    /// The part of the link after the `#` as it is written, such as `L10`.
    pub fragment: Option<&'a str>,
    /// Whether the file is shown in the text, as an image.
    pub is_image: bool,
}

/// A resolver of the names and links in a text. The renderer itself knows neither the store nor the view.
pub(crate) trait Resolve {
    /// Returns the destination of `name` in running text; `marked` is true if it was written as `#name`.
    fn name(&self, name: &str, marked: bool) -> Option<LinkTarget>;
    /// Returns the destination of a relative link. Returns `None` if there is no page or file that this reader may
    /// see; the text is then shown without a link.
    fn relative(&self, link: &RelativeLink<'_>) -> Option<LinkTarget>;
}

/// A resolver that finds no destinations, for texts that are shown without a site.
pub(crate) struct NoLinks;

impl Resolve for NoLinks {
    fn name(&self, _: &str, _: bool) -> Option<LinkTarget> {
        None
    }

    fn relative(&self, _: &RelativeLink<'_>) -> Option<LinkTarget> {
        None
    }
}

/// The words that rendering adds to a text, in the site's language.
#[derive(Clone, Debug, Default)]
pub struct MarkdownWords {
    /// The title of `> [!NOTE]`.
    pub note: String,
    pub tip: String,
    pub important: String,
    pub warning: String,
    pub caution: String,
    /// The label of a ticked box.
    pub done: String,
    /// The label of an empty box.
    pub to_do: String,
    /// The label of a table that scrolls sideways.
    pub table: String,
    /// The title of a contents list.
    pub contents: String,
}

/// The options for rendering one text.
pub(crate) struct MarkdownStyle<'a> {
    /// The part of every id after [`ID_PREFIX`], which makes ids unique among the texts of a page. Empty for the main
    /// text of the page; otherwise it ends with `~`, which no anchor contains.
    pub key: &'a str,
    /// The beginning of links to anchors that this text does not contain. Without it, they lead to this text.
    pub elsewhere: Option<&'a str>,
    /// The title of the page. A first heading with the same text is left out.
    pub title: Option<&'a str>,
    /// Whether a long text has a contents list.
    pub has_contents: bool,
    /// The number of levels by which headings are lowered, so that they are below the page's own headings.
    pub heading_shift: usize,
    /// Whether code has the classes of the style sheet for colours.
    pub has_colors: bool,
    pub words: &'a MarkdownWords,
    /// Resolves names and relative links.
    pub resolve: &'a dyn Resolve,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// HTML that is safe to put into a page without escaping.
    pub html: String,
    /// The contents list of a long text, as HTML; empty if the author placed one.
    pub contents: String,
    /// The `href`s of the attachments that the text links or shows, sorted and without duplicates.
    pub attachments: Vec<String>,
}

/// Appends `text` to `out`, escaped for element content and attributes.
pub(super) fn escape_into(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// Escapes `text` for element content and attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    escape_into(&mut out, text);
    out
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin_tests;

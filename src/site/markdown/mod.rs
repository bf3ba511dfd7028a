//! Markdown to HTML that is safe to publish.
//!
//! Ticket text is hostile input. Two lines of defence stand in front of the page's content policy: every link and image
//! is decided here, from the events of the parser, and raw HTML goes through ammonia. Text without raw HTML (nearly all
//! of it) needs no second parser: what the writer emits is then built from escaped text and allowed links alone, and a
//! page is rendered eight times faster.

mod blocks;
mod elements;
mod excerpt;
mod links;
mod raw;
mod refs;
mod render;

pub(crate) use excerpt::excerpt;
pub(crate) use render::render;

/// The prefix of every id that ticket text can create, so that no text can take the id of a part of the page.
pub(crate) const ID_PREFIX: &str = "user-content-";

/// Where a name or a relative link leads, as the page that shows the text has to write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A page of this site.
    Page {
        /// The link, relative to the page that shows the text.
        href: String,
        /// What the page is called; shown as the link's tooltip.
        title: String,
    },
    /// A file beside the text.
    Attachment {
        /// The link, relative to the page that shows the text.
        href: String,
        /// The file's own name, under which it is saved.
        name: String,
        /// Whether a browser can show it as a picture.
        image: bool,
    },
}

/// Answers what the names and links of a text stand for; the text itself knows neither the store nor the view.
pub(crate) trait Resolve {
    /// What `name` in running text stands for; `marked` when it was written as `#name`.
    fn name(&self, name: &str, marked: bool) -> Option<Target>;
    /// Where the relative link `destination` leads (percent-decoded, without `?…` and `#…`). `None`: nowhere that this
    /// site shows, so that the text stays and the link goes.
    fn relative(&self, destination: &str) -> Option<Target>;
}

/// Resolves nothing: for text that stands alone.
pub(crate) struct NoLinks;

impl Resolve for NoLinks {
    fn name(&self, _: &str, _: bool) -> Option<Target> {
        None
    }

    fn relative(&self, _: &str) -> Option<Target> {
        None
    }
}

/// The words that rendering adds to a text.
#[derive(Clone, Debug, Default)]
pub struct MarkdownWords {
    /// Heads `> [!NOTE]`.
    pub note: String,
    /// Heads `> [!TIP]`.
    pub tip: String,
    /// Heads `> [!IMPORTANT]`.
    pub important: String,
    /// Heads `> [!WARNING]`.
    pub warning: String,
    /// Heads `> [!CAUTION]`.
    pub caution: String,
    /// Says of a ticked box that it is.
    pub done: String,
    /// Says of an empty box that it is.
    pub to_do: String,
    /// Names a table that scrolls sideways.
    pub table: String,
}

/// How one text is rendered.
pub(crate) struct Style<'a> {
    /// Tells the ids of this text from those of others on the page; empty for the only one. It follows [`ID_PREFIX`].
    pub key: &'a str,
    /// How many levels headings move down, so that they stand below those of the page.
    pub heading_shift: usize,
    /// Words in the site's language.
    pub words: &'a MarkdownWords,
    /// Where names and relative links lead.
    pub resolve: &'a dyn Resolve,
}

/// A rendered text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// HTML that is safe to put into a page as it is.
    pub html: String,
    /// The attachments that the text links or shows, by the `href` of their [`Target`], each once, sorted.
    pub attachments: Vec<String>,
}

/// Appends `text` to `out`, escaped for text and for attributes.
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

/// `text` escaped for text and for attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    escape_into(&mut out, text);
    out
}

#[cfg(test)]
mod tests;

//! The texts of tickets, replies and articles as HTML, and as Markdown for twins.

use super::markdown::{self, MarkdownStyle};
use super::model::TicketNo;
use super::resolve::{PageForm, TextLinks};
use super::{Html, Site};
use crate::text::RepoPath;

/// The maximum size of a text that is rendered as Markdown, in bytes. The parser needs up to fifty times as much memory as
/// the text, so a larger one, which is usually a pasted log, is shown as it is.
const MAX_MARKDOWN: usize = 1 << 20;

/// The beginning of the anchors of a page's main text, as an address.
pub(super) const PAGE_ANCHORS: &str = "#user-content-";

/// The options for rendering one text on a page.
#[derive(Clone, Copy, Default)]
pub(super) struct ProseStyle<'a> {
    /// The file of the text.
    pub(super) path: Option<&'a RepoPath>,
    /// The relative path to the root of the site.
    pub(super) root: &'a str,
    /// The ticket whose page shows the text.
    pub(super) own: Option<TicketNo>,
    /// See [`MarkdownStyle::key`].
    pub(super) key: &'a str,
    /// See [`MarkdownStyle::elsewhere`].
    pub(super) elsewhere: Option<&'a str>,
    /// The title of the page whose main text this is. A long main text has a contents list.
    pub(super) title: Option<&'a str>,
    /// See [`MarkdownStyle::heading_shift`].
    pub(super) heading_shift: usize,
    /// Whether code has no colours, because the text is shown without the style sheet.
    pub(super) has_plain_code: bool,
}

impl Site {
    /// Renders a text as HTML.
    pub(super) fn prose(&self, text: &str, style: &ProseStyle<'_>) -> Html {
        let (contents, html) = self.prose_apart(text, style);
        Html::new(contents + &html)
    }

    /// Renders a text as HTML. Returns its contents list and the text.
    pub(super) fn prose_apart(&self, text: &str, style: &ProseStyle<'_>) -> (String, String) {
        if text.len() > MAX_MARKDOWN {
            return (String::new(), format!("<pre>{}</pre>", markdown::escape(text)));
        }
        self.with_style(style, PageForm::Html, |style| {
            let rendered = markdown::render(text, style);
            (rendered.contents, rendered.html)
        })
    }

    /// Writes a text as Markdown for a twin. `lowest` is the lowest number of a heading.
    pub(super) fn twin_prose(&self, text: &str, style: &ProseStyle<'_>, lowest: usize) -> String {
        self.with_style(style, PageForm::Markdown, |style| markdown::rewritten(text, style, lowest))
    }

    /// Calls `write` with the style for the Markdown of one text.
    fn with_style<T>(
        &self,
        style: &ProseStyle<'_>,
        form: PageForm,
        write: impl FnOnce(&MarkdownStyle<'_>) -> T,
    ) -> T {
        let links = TextLinks { site: self, root: style.root, path: style.path, own: style.own, form };
        write(&MarkdownStyle {
            key: style.key,
            elsewhere: style.elsewhere,
            title: style.title,
            has_contents: style.title.is_some(),
            heading_shift: style.heading_shift,
            has_colors: !style.has_plain_code,
            words: &self.markdown_words,
            resolve: &links,
        })
    }
}

//! The HTML elements and attributes that Markdown texts may use.

/// Elements that a text may use. `svg`, `math`, `style`, forms and frames are not allowed, because attacks have used
/// each of them to bypass sanitisers.
pub(super) const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// Elements that are removed together with their content.
pub(super) const DROPPED: &[&str] = &[
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "template",
    "noscript",
    "textarea",
    "select",
    "title",
    "frameset",
    "audio",
    "video",
    "canvas",
    "applet",
    "noembed",
    "noframes",
    "plaintext",
    "xmp",
];

/// The attributes that each element may have, besides `id`.
pub(super) const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "title", "download"]),
    ("abbr", &["title"]),
    ("details", &["open"]),
    ("div", &["role", "tabindex", "aria-label"]),
    ("img", &["src", "alt", "width", "height", "loading"]),
    ("ol", &["start"]),
    ("pre", &["tabindex", "data-language"]),
    ("span", &["role", "aria-label"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
];

/// The classes that each element may have: only those that rendering writes.
pub(super) const CLASSES: &[(&str, &[&str])] = &[
    (
        "blockquote",
        &["alert", "alert-note", "alert-tip", "alert-important", "alert-warning", "alert-caution"],
    ),
    ("code", &["formula"]),
    ("div", &["contents", "scroll", "footnote-definition"]),
    ("p", &["alert-title", "caption"]),
    ("span", &["box", "hl-c", "hl-d", "hl-f", "hl-i", "hl-k", "hl-s", "hl-v"]),
    ("sup", &["footnote-reference", "footnote-definition-label"]),
    ("td", &["left", "center", "right"]),
    ("th", &["left", "center", "right"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown::is_html_element;

    #[test]
    fn every_name_is_an_element_of_html() {
        assert!(TAGS.iter().all(|tag| is_html_element(tag)));
        assert!(DROPPED.iter().all(|tag| is_html_element(tag) && !TAGS.contains(tag)));
    }
}

//! Finds the files that a Markdown text links to.

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Tag};

use crate::text::markdown::{events, loose_links};
use crate::text::{RepoPath, resolve_link};

/// The maximum length of the path in an attribute, in bytes. No system opens longer paths, and an attribute without an
/// end must not be read to the end of the text for each of many attributes.
const MAX_PATH_BYTES: usize = 4096;

/// Returns the files that `text`, a file in `folder`, links to or embeds.
pub(super) fn linked_files(text: &str, folder: &str) -> Vec<RepoPath> {
    if !["](", "]:", "<a", "<A", "<img", "<IMG"].iter().any(|mark| text.contains(mark)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |destination: &str| {
        let path = destination.split(['?', '#']).next().unwrap_or_default().trim();
        let is_relative = !path.is_empty() && !path.starts_with(['/', '\\']) && !path.contains("://");
        if let Ok(path) = percent_decode_str(path).decode_utf8()
            && is_relative
        {
            found.extend(resolve_link(folder, &path).map(RepoPath::new));
        }
    };
    loose_links(text).into_iter().for_each(|span| add(&text[span]));
    for (event, _) in events(text) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => add(&dest_url),
            Event::Html(html) | Event::InlineHtml(html) => attributes(&html, &mut add),
            _ => {}
        }
    }
    found
}

/// Calls `take` with the values of `href` and `src` in `html`.
fn attributes(html: &str, mut take: impl FnMut(&str)) {
    for name in ["href", "src"] {
        for (at, _) in html.to_ascii_lowercase().match_indices(name) {
            let Some(value) = html[at + name.len()..].trim_start().strip_prefix('=') else { continue };
            let value = value.trim_start();
            let value = &value[..value.floor_char_boundary(MAX_PATH_BYTES)];
            let value = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
                _ => value.split([' ', '>', '\n', '\t']).next(),
            };
            take(&value.unwrap_or_default().replace("&amp;", "&"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_find_links_grows_linearly() {
        crate::text::growth::assert_linear(|text| drop(linked_files(text, "tickets")));
    }

    #[test]
    fn links_images_and_html_tags_are_resolved_to_files() {
        let text = "[a](a/x.log) ![b](../b%20c.png#top) [r] <a HREF='d.txt'>d</a> `[no](no.log)` [e](https://e.test/x) [l](my log (1).txt)\n\n[r]: e/f.log\n";
        let found: Vec<String> =
            linked_files(text, "tickets/2026").iter().map(|path| path.as_str().to_owned()).collect();
        assert_eq!(
            found,
            [
                "tickets/2026/my log (1).txt",
                "tickets/2026/a/x.log",
                "tickets/b c.png",
                "tickets/2026/e/f.log",
                "tickets/2026/d.txt"
            ]
        );
    }
}

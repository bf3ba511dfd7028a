//! The text of Markdown twins, from the point of view of a program that reads them.

use pulldown_cmark::{Event, Parser, Tag};

use super::{LinkTarget, MarkdownStyle, MarkdownWords, RelativeLink, Resolve, rewritten};
use crate::text::markdown::reading_options;

/// Knows the ticket `export-k7f3qa` and the files `trace.log` and `screen.png`.
struct Known;

impl Resolve for Known {
    fn name(&self, name: &str, _: bool) -> Option<LinkTarget> {
        let title = "Export".to_owned();
        (name == "export-k7f3qa")
            .then(|| LinkTarget::Page { href: "../export-k7f3qa/index.md".to_owned(), title })
    }

    fn relative(&self, link: &RelativeLink<'_>) -> Option<LinkTarget> {
        let name = link.path.to_owned();
        match link.path {
            "trace.log" => {
                Some(LinkTarget::Attachment { href: "trace.log".to_owned(), name, image: false, size: None })
            }
            "screen.png" => {
                Some(LinkTarget::Attachment { href: "screen.png".to_owned(), name, image: true, size: None })
            }
            "runbook.md" => Some(LinkTarget::Forge { href: "https://forge.example/runbook.md".to_owned() }),
            _ => None,
        }
    }
}

fn twin(markdown: &str) -> String {
    rewritten(
        markdown,
        &MarkdownStyle {
            key: "r1~",
            elsewhere: None,
            title: Some("The title"),
            has_contents: false,
            has_colors: false,
            heading_shift: 1,
            words: &MarkdownWords::default(),
            resolve: &Known,
        },
        3,
    )
}

#[test]
fn a_twin_has_the_text_and_the_links_of_the_page() {
    for (text, expected) in [
        ("# The title\n\nText.", "Text."),
        ("# Other\n\n## Fix\n\nText.", "### Other\n\n### Fix\n\nText."),
        ("See export-k7f3qa.", "See [export-k7f3qa](../export-k7f3qa/index.md)."),
        ("[the log](trace.log)", "[the log](trace.log)"),
        ("![shot](screen.png)", "![shot](screen.png)"),
        ("[the log][1]\n\n[1]: trace.log", "[the log](trace.log)"),
        ("![shot](https://a.example/x.png)", "[shot](https://a.example/x.png)"),
        ("[run](runbook.md)", "[run](https://forge.example/runbook.md)"),
        ("<https://a.example>", "<https://a.example>"),
        ("[private](private.txt), [top](#fix)", "private, top"),
        ("[x](javascript:alert(1))", "x"),
        ("<!-- a hint -->\n\nText<!-- another -->.", "Text."),
        ("<details><summary>Log</summary>\n\nText.\n\n</details>", "Log\n\nText."),
        ("one<br>two, <b>three</b> <String>", "one  \ntwo, three \\<String>"),
        ("[TOC]\n\nText.", "Text."),
        ("- [x] done\n- [ ] to do", "- [x] done\n- [ ] to do"),
        ("Twice[^n].\n\n[^n]: Once.", "Twice\\[1\\].\n\n\\[1\\]\n\nOnce."),
        ("Then $x < y$.", "Then $`x < y`$."),
        ("    code", "```\ncode\n```"),
        ("1. a\n1. b", "1. a\n2. b"),
    ] {
        assert_eq!(twin(text), expected, "{text}");
    }
}

#[test]
fn a_definition_in_one_text_cannot_change_a_link_of_another() {
    let texts = ["[the log][1]\n\n[1]: trace.log", "[1]: https://evil.example\n\n[1]"].map(twin);
    let page = texts.join("\n\n");
    assert!(!page.contains("]:") && page.contains("[the log](trace.log)"), "{page}");
}

#[test]
fn a_text_that_is_too_long_is_a_block_of_code() {
    let text = format!("# A\n````\n{}", "<b>x</b>\n".repeat(50_000));
    let twin = twin(&text);
    assert!(twin.starts_with("`````text\n# A\n") && twin.ends_with("\n`````"), "{}", &twin[..40]);
}

/// Asserts that programs which render the twin with another parser's options find no HTML and no dangerous link either.
#[track_caller]
fn is_harmless(twin: &str, source: &str) {
    for options in [reading_options(), pulldown_cmark::Options::empty(), pulldown_cmark::Options::ENABLE_GFM]
    {
        for event in Parser::new_ext(twin, options) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => panic!("{html:?} in {twin:?} of {source:?}"),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let scheme = dest_url.split_once(':').map_or("", |(scheme, _)| scheme).to_lowercase();
                    let is_fine = ["", "http", "https", "mailto"].contains(&scheme.as_str());
                    assert!(is_fine, "{dest_url:?} in {twin:?} of {source:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn the_time_to_write_a_twin_grows_linearly() {
    crate::text::growth::assert_linear(|text| {
        twin(text);
    });
}

proptest::proptest! {
    #![proptest_config(crate::trials::trials(512))]

    #[test]
    fn no_twin_has_html_or_a_dangerous_link(
        text in "([-#=~`<>!/ \n*_a0.:()|$&;\\\\\"']|<b|<script>|</script>|<!--|-->|```|> |- |1\\. |\\[|\\]|\\]\\(|\\(javascript:\\)|onerror=|\\[\\^1\\]:|\n\n|    |é|&lt;|&#60;|https://a.b|export-k7f3qa){0,40}"
    ) {
        let twin = twin(&text);
        is_harmless(&twin, &text);
        let again = rewritten(&twin, &MarkdownStyle {
            key: "", elsewhere: None, title: None, has_contents: false, has_colors: false, heading_shift: 0,
            words: &MarkdownWords::default(), resolve: &super::NoLinks,
        }, 1);
        is_harmless(&again, &twin);
    }
}

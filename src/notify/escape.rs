//! Makes untrusted text safe for each channel.

use crate::text::{harmless_lines, one_line, quoted};

/// A character without width. It keeps an `@` from being a mention and `](` from being a link.
const BREAK: char = '\u{200b}';

/// Returns `text` for plain text on several lines: without control characters.
pub(super) fn plain(text: &str) -> String {
    harmless_lines(text).replace('\r', "")
}

/// Returns `text` on one line for a chat: nothing in it mentions people or channels, and it contains no link.
///
/// Slack and programs with its format read `<!channel>`, `<@U1>` and `<address|text>`, and show `&lt;` as `<`.
/// Mattermost and others read `@all` and the links of Markdown. All of them turn addresses into links.
pub(super) fn chat(text: &str) -> String {
    let mut safe = String::new();
    let line = one_line(text);
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // Fullwidth forms of `@` mention people in some programs, too.
            '@' | '\u{ff20}' | '\u{fe6b}' => safe.extend([c, BREAK]),
            ']' if matches!(characters.peek(), Some('(' | '[' | ':')) => safe.extend([c, BREAK]),
            ':' if characters.peek() == Some(&'/') => safe.extend([c, BREAK]),
            _ => safe.push(c),
        }
    }
    // `www.` and `mailto:` begin links without `://`.
    for start in ["www.", "mailto:"] {
        safe = break_after(&safe, start);
    }
    safe
}

/// Inserts a break after the first character of each `word`, in any case.
fn break_after(text: &str, word: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].find(word) {
        let (before, after) = rest.split_at(found + 1);
        result.push_str(before);
        result.push(BREAK);
        rest = after;
        at += found + 1;
    }
    result.push_str(rest);
    result
}

/// Returns `text` on one line for Markdown at a forge, where it has no effect; see [`quoted`].
pub(super) fn markdown(text: &str, most: usize) -> String {
    quoted(text, most)
}

/// Returns our own words with untrusted names in them for Markdown at a forge, without the look of code.
pub(super) fn markdown_words(text: &str) -> String {
    let quoted = quoted(text, 500);
    let inner = quoted.strip_prefix("<code>").and_then(|rest| rest.strip_suffix("</code>"));
    inner.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_message_mentions_nobody_and_has_no_link_from_a_ticket() {
        for (text, safe) in [
            (
                "<!channel> <@U123> <https://evil.example|our wiki>",
                "&lt;!channel&gt; &lt;@\u{200b}U123&gt; &lt;https:\u{200b}//evil.example|our wiki&gt;",
            ),
            ("@everyone @here @all", "@\u{200b}everyone @\u{200b}here @\u{200b}all"),
            ("[wiki](https://evil.example)", "[wiki]\u{200b}(https:\u{200b}//evil.example)"),
            ("[a][b]", "[a]\u{200b}[b]"),
            ("WWW.evil.example mailto:x", "W\u{200b}WW.evil.example m\u{200b}ailto:x"),
            ("a\r\n@channel\u{202e}", "a @\u{200b}channel\u{fffd}"),
            ("a && b: 1", "a &amp;&amp; b: 1"),
            ("导出 www.a www.b", "导出 w\u{200b}ww.a w\u{200b}ww.b"),
        ] {
            assert_eq!(chat(text), safe, "{text:?}");
        }
    }

    #[test]
    fn words_in_markdown_mention_nobody() {
        assert_eq!(markdown_words("by @team <b>"), "by &#64;&#8203;team &#60;b&#62;");
        assert_eq!(markdown_words(""), "");
    }
}

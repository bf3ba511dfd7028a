//! Detects texts that exist but contain no answer, such as placeholders and unchanged hints.

use std::fmt;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::text::markdown::{comments, events};

/// The reason why a text does not count as an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// The text contains only white space and comments.
    Empty,
    /// The text is the unchanged hint of the template.
    Hint,
    /// The text is a placeholder, as written: `n/a`, `see above`, `同上`.
    Placeholder(String),
    /// The text repeats these characters or words.
    Repeated(String),
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Hint => f.write_str("still contains the template's hint"),
            Self::Placeholder(text) => write!(f, "contains only `{text}`"),
            Self::Repeated(text) => write!(f, "only repeats `{text}`"),
        }
    }
}

/// Returns the reason why `text` (the Markdown of a section, or a field) does not count as an answer; `None` if it
/// does. `hint` is the template's text in that place. The text of a hint counts as a hint even without the comment
/// around it.
pub(crate) fn weakness(text: &str, hint: &str) -> Option<Weakness> {
    let content = visible(text);
    let words = squeeze(&content.text);
    if words.is_empty() && !content.picture {
        return Some(Weakness::Empty);
    }
    if !words.is_empty()
        && (words == squeeze(&visible(hint).text) || words == squeeze(&visible(&comment_text(hint)).text))
    {
        return Some(Weakness::Hint);
    }
    if content.picture || content.code {
        return None;
    }
    if is_placeholder(&words) {
        return Some(Weakness::Placeholder(shorten(&words)));
    }
    repeated(&words).map(|part| Weakness::Repeated(shorten(&part)))
}

/// Returns true if `markdown` contains a list with text.
pub(crate) fn has_list(markdown: &str) -> bool {
    let mut depth = 0_usize;
    for (event, _) in events(markdown) {
        match event {
            Event::Start(Tag::Item) => depth += 1,
            Event::End(TagEnd::Item) => depth = depth.saturating_sub(1),
            Event::Text(text) | Event::Code(text) if depth > 0 && !text.trim().is_empty() => return true,
            _ => {}
        }
    }
    false
}

/// Returns true if `markdown` contains a code block (fenced, indented or `<pre>`) with text.
pub(crate) fn has_code(markdown: &str) -> bool {
    visible(markdown).code
}

/// The visible parts of a Markdown text.
#[derive(Default)]
struct VisibleText {
    text: String,
    picture: bool,
    code: bool,
}

fn visible(markdown: &str) -> VisibleText {
    let mut content = VisibleText::default();
    let mut html = String::new();
    let mut in_code = false;
    for (event, _) in events(markdown) {
        // Each line of an HTML block is a separate event, and a comment may span several lines.
        if let Event::Html(part) | Event::InlineHtml(part) = event {
            html.push_str(&part);
            continue;
        }
        if !matches!(event, Event::End(TagEnd::HtmlBlock)) {
            content.take_html(&mut html);
        }
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Image { .. }) => content.picture = true,
            Event::Text(text) | Event::Code(text) => {
                content.code |= in_code && !text.trim().is_empty();
                content.text.push_str(&text);
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_) | TagEnd::TableCell)
            | Event::SoftBreak
            | Event::HardBreak => content.text.push('\n'),
            _ => {}
        }
    }
    content.take_html(&mut html);
    content
}

impl VisibleText {
    /// Adds the visible text of `html` and clears `html`.
    fn take_html(&mut self, html: &mut String) {
        if html.is_empty() {
            return;
        }
        let visible = without(html, "<!--", "-->");
        let text = without(&visible, "<", ">");
        self.picture |= visible.contains("<img");
        self.code |= visible.contains("<pre") && !text.trim().is_empty();
        self.text.push_str(&text);
        html.clear();
    }
}

/// Returns `text` without the parts from each `open` to the next `close`, or to the end.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut remaining = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        remaining.push_str(&rest[..start]);
        rest = rest[start..].find(close).map_or("", |end| &rest[start + end + close.len()..]);
    }
    remaining.push_str(rest);
    remaining
}

/// Returns the text inside the comments of `hint`.
fn comment_text(hint: &str) -> String {
    let inner = |comment: &str| {
        let comment = comment.strip_prefix("<!--").unwrap_or(comment);
        comment.strip_suffix("-->").unwrap_or(comment).to_owned()
    };
    let inside: Vec<String> = comments(hint).into_iter().map(|span| inner(&hint[span])).collect();
    inside.join("\n")
}

/// Returns `text` with one space between words and without the numbers of list items.
fn squeeze(text: &str) -> String {
    let is_number = |word: &&str| {
        let number = word.trim_end_matches(['.', ')']);
        !number.is_empty() && number.len() < word.len() && number.bytes().all(|b| b.is_ascii_digit())
    };
    text.split_whitespace().filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ")
}

/// Placeholders in lower case and without punctuation.
#[rustfmt::skip] // one word per line would be hard to read
pub(crate) const PLACEHOLDERS: &[&str] = &[
    "n a", "na", "not applicable", "not available", "none", "nothing", "no", "nil", "null", "nope",
    "tbd", "tba", "tbc", "todo", "to do", "to be done", "to be defined", "to be determined", "wip",
    "fixme", "see above", "see below", "see title", "see the title", "see subject", "see summary",
    "see description", "see attachment", "see attached", "see screenshot", "see log", "see logs",
    "see ticket", "as above", "above", "same", "same as above", "same as title", "same as the title",
    "as in title", "as in the title", "as title", "as per title", "title", "title says it all",
    "the title says it all", "ditto", "idem", "dito", "unknown", "idk", "i don t know", "don t know",
    "dont know", "no idea", "not sure", "test", "testing", "foo", "foo bar", "bar", "asdf", "qwerty",
    "lorem ipsum", "blah", "bla", "x", "xx", "xxx", "yes", "ok", "s o", "keine", "k a", "siehe oben",
    "ninguno", "无", "没有", "暂无", "空", "略", "同上", "如上", "见上", "见上文", "同标题", "见标题",
    "如题", "标题", "见附件", "见截图", "待补充", "待定", "不知道", "不清楚", "未知", "不适用", "測試",
    "测试", "無", "沒有", "如題", "なし", "特になし", "同上です", "없음",
];

/// Returns true if `words` contain only a placeholder or punctuation.
fn is_placeholder(words: &str) -> bool {
    let spaced: String = words.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let folded = spaced.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    folded.is_empty() || PLACEHOLDERS.contains(&folded.as_str())
}

/// Returns the part that `words` repeat at least three times, if they contain nothing else.
fn repeated(words: &str) -> Option<String> {
    let list: Vec<&str> = words.split(' ').collect();
    if list.len() >= 3
        && let Some(period) = period(&list)
    {
        return Some(list[..period].join(" "));
    }
    let letters: Vec<char> =
        words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    // Three equal letters can be a name ("aaa", "www"), and a number can consist of equal digits.
    if letters.len() < 4 || letters.iter().all(char::is_ascii_digit) {
        return None;
    }
    period(&letters).map(|period| letters[..period].iter().collect())
}

/// Returns the length of the part that `list` repeats at least three times; the last repetition may be incomplete.
fn period<T: PartialEq>(list: &[T]) -> Option<usize> {
    (1..=list.len() / 3).take(64).find(|period| list.iter().zip(&list[*period..]).all(|(a, b)| a == b))
}

fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 24;
    match text.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_comments_and_white_space_is_empty() {
        for text in ["", " \n\n", "<!-- What happened? -->", "<!-- What\n\nhappened? -->\n", "<br>"] {
            assert_eq!(weakness(text, ""), Some(Weakness::Empty), "{text:?}");
        }
    }

    #[test]
    fn a_hint_is_not_an_answer_even_without_its_comment() {
        let hint = "<!--\nWhat did you do?\n1.\n2.\n-->\nSince when?\n";
        assert_eq!(weakness("Since  when?", hint), Some(Weakness::Hint));
        assert_eq!(weakness("What did you do?\n\n1.\n2.\n", hint), Some(Weakness::Hint));
        assert_eq!(weakness("What did you do? I pressed Export.", hint), None);
    }

    #[test]
    fn every_section_of_an_unchanged_builtin_template_is_empty() {
        let mut sections = 0;
        for (path, text) in crate::template::builtin_files() {
            let path = crate::text::RepoPath::new(path);
            let document = crate::ticket::Document::parse(&path, text.as_bytes());
            let template = crate::template::parse_template(&document).0;
            for section in &template.sections {
                let hint = template.hint(&section.name);
                assert!(hint.len() > 100, "{path}: the hint of {} is too short", section.name);
                assert_eq!(weakness(&hint, &hint), Some(Weakness::Empty), "{path}: {}", section.name);
                let bare = hint.replace("<!--", "").replace("-->", "");
                assert_eq!(weakness(&bare, &hint), Some(Weakness::Hint), "{path}: {}", section.name);
                sections += 1;
            }
        }
        assert!(sections >= 12, "{sections}");
    }

    #[test]
    fn a_placeholder_is_not_an_answer() {
        for text in [
            "n/a",
            "N/A.",
            "none",
            "TBD",
            "- see above",
            "*same as title*",
            "...",
            "—",
            "?",
            "无",
            "同上。",
            "**如题**",
            "todo!",
        ] {
            assert!(
                matches!(weakness(text, ""), Some(Weakness::Placeholder(_))),
                "{text:?}: {:?}",
                weakness(text, "")
            );
        }
        assert_eq!(weakness("None of the exports of October finish.", ""), None);
        assert_eq!(weakness("无法导出十月的发票", ""), None);
    }

    #[test]
    fn repeated_text_is_not_an_answer() {
        for text in [
            "aaaa",
            "asdf asdf asdf",
            "blah blah blah blah",
            "哈哈哈哈哈",
            "asdfasdfasdfasd",
            "foo bar foo bar foo bar",
        ] {
            assert!(
                matches!(weakness(text, ""), Some(Weakness::Repeated(_))),
                "{text:?}: {:?}",
                weakness(text, "")
            );
        }
        assert_eq!(weakness("It fails again and again and again.", ""), None);
        assert_eq!(weakness("2222", ""), None);
    }

    #[test]
    fn code_and_pictures_count_as_an_answer() {
        assert_eq!(weakness("```\ntimeout\ntimeout\ntimeout\n```", ""), None);
        assert_eq!(weakness("![](trace.png)", ""), None);
        assert_eq!(weakness("```\n<!-- a log of HTML -->\n```", ""), None);
        assert_eq!(weakness("```\n```", ""), Some(Weakness::Empty));
    }

    #[test]
    fn a_list_needs_an_item_with_text() {
        assert!(has_list("1. Log in\n2. Export") && has_list("- [ ] export") && has_list("* `curl`"));
        assert!(
            !has_list("1.\n2.\n")
                && !has_list("Log in, export.")
                && !has_list("```\n- a\n```")
                && !has_list("<!--\n- a\n-->")
        );
    }

    #[test]
    fn a_code_block_needs_text() {
        assert!(
            has_code("```sh\ncurl x\n```") && has_code("text\n\n    indented\n") && has_code("<pre>a</pre>")
        );
        assert!(!has_code("run `curl`") && !has_code("```\n\n```") && !has_code("<!--\n```\na\n```\n-->"));
    }

    #[test]
    fn a_weakness_is_printed_as_the_end_of_a_sentence() {
        assert_eq!(weakness("n/a", "").unwrap().to_string(), "contains only `n/a`");
        assert_eq!(weakness("asdf asdf asdf", "").unwrap().to_string(), "only repeats `asdf`");
    }
}

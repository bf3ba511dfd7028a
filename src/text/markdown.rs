//! Text of strangers in Markdown that a forge renders: inert, whatever it says.

/// What an escaped `@` or `#` is followed by: nobody sees it, and no name is called by what has it inside.
const BREAK: &str = "&#8203;";

/// `text` as a quotation in Markdown: on one line, cut to `most` characters, without any force. Nothing for a text of
/// blanks.
///
/// It stands between `<code>` tags, where forges look neither for mentions nor for references. Should one take the tags
/// out, nothing in it is markup either: every ASCII character but letters, digits and blanks is a numeric reference,
/// which CommonMark never takes for structure, and names are broken behind `@` and `#`.
pub fn quoted(text: &str, most: usize) -> String {
    let mut words = text.split_whitespace().peekable();
    let mut quoted = String::new();
    let mut left = most;
    'cut: while let Some(word) = words.next() {
        let blank = words.peek().map(|_| ' ');
        for c in word.chars().chain(blank) {
            if left == 0 {
                quoted.push('…');
                break 'cut;
            }
            left -= 1;
            push(&mut quoted, visible(c));
        }
    }
    if quoted.is_empty() { quoted } else { format!("<code>{quoted}</code>") }
}

fn push(quoted: &mut String, c: char) {
    if !c.is_ascii() || c.is_ascii_alphanumeric() || c == ' ' {
        quoted.push(c);
        return;
    }
    quoted.push_str(&format!("&#{};", u32::from(c)));
    if matches!(c, '@' | '#') {
        quoted.push_str(BREAK);
    }
}

/// `c`, or a replacement character for what is not seen and changes how the rest is: controls, marks that turn the
/// direction of writing, tags, and blanks of no width.
fn visible(c: char) -> char {
    let unseen = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    if unseen || c.is_control() { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_and_all_else_is_a_reference() {
        assert_eq!(quoted("Export: 10,000 rows", 99), "<code>Export&#58; 10&#44;000 rows</code>");
        assert_eq!(quoted("发票导出 über", 99), "<code>发票导出 über</code>");
        assert_eq!(quoted(" \n\t", 99), "");
    }

    #[test]
    fn names_are_broken() {
        assert_eq!(quoted("@team #1", 99), "<code>&#64;&#8203;team &#35;&#8203;1</code>");
        assert_eq!(quoted("a/b#1", 99), "<code>a&#47;b&#35;&#8203;1</code>");
    }

    #[test]
    fn what_is_not_seen_is_shown() {
        assert_eq!(quoted("a\u{202e}b\u{0}c\u{2066}d", 99), "<code>a\u{fffd}b\u{fffd}c\u{fffd}d</code>");
    }

    #[test]
    fn a_long_text_is_cut_to_so_many_characters() {
        assert_eq!(quoted("one two", 4), "<code>one …</code>");
        assert_eq!(quoted("one two", 7), "<code>one two</code>");
        assert_eq!(quoted("```", 2), "<code>&#96;&#96;…</code>");
    }
}

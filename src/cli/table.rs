//! Text in columns. Wide characters, such as Chinese ones, take two columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text::harmless_lines;
pub(super) use crate::text::one_line;

/// Puts `text` on one line without control characters, and cuts it to `width` columns with an ellipsis.
pub(super) fn fit(text: &str, width: usize) -> String {
    let plain = one_line(text);
    if plain.width() <= width {
        return plain;
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in plain.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// Removes control characters from `text`, except line ends and tabs.
pub(super) fn lines(text: &str) -> String {
    harmless_lines(text).into_owned()
}

/// Returns the number of columns of `text` on one line.
pub(super) fn width(text: &str) -> usize {
    one_line(text).width()
}

/// Pads `text` with spaces to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_two_columns() {
        assert_eq!(fit("导出超时问题", 7), "导出超…");
        assert_eq!(pad("导出", 6), "导出  ");
        assert_eq!(fit("a\n b\u{1b}[0m", 20), "a b\u{fffd}[0m");
    }
}

//! Finds the cells of a column in a table, whether Markdown or separated by commas, semicolons or tabs.

use crate::text::Span;

/// The maximum number of rows that are searched below a header.
const MAX_ROWS: usize = 200;

/// Calls `found` with the byte range of each cell below the header cell at `header`. The cells have no spaces and quotes at
/// their ends, and are not empty.
pub(super) fn column(text: &str, header: &Span, mut found: impl FnMut(Span)) {
    let bytes = text.as_bytes();
    let Some(name) = bytes[header.clone()].iter().position(u8::is_ascii_alphabetic) else { return };
    let name = header.start + name;
    let start = bytes[..name].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let end = end_of_line(bytes, start);
    // The sign next to the name separates the cells, because a cell may contain the other signs.
    let is_separator = |b: &&u8| matches!(b, b'|' | b',' | b';' | b'\t');
    let before = bytes[start..name].iter().rev().find(is_separator);
    let Some(separator) = before.or_else(|| bytes[name..end].iter().find(is_separator)) else { return };
    let count = |part: &[u8]| part.iter().filter(|b| *b == separator).count();
    let (index, cells) = (count(&bytes[start..name]), count(&bytes[start..end]));
    let names = bytes[start..end].split(|b| b == separator);
    if names.filter(|name| name.iter().any(u8::is_ascii_alphanumeric)).count() < 2 {
        return; // A list with one word on each line.
    }
    let mut line = end + 1;
    for _ in 0..MAX_ROWS {
        if line >= bytes.len() {
            return;
        }
        let end = end_of_line(bytes, line);
        let row = &bytes[line..end];
        if count(row) != cells {
            return;
        }
        let mut from = line;
        for (at, cell) in row.split(|b| b == separator).enumerate() {
            if at == index {
                let trimmed = trim(bytes, from..from + cell.len());
                if !trimmed.is_empty() {
                    found(trimmed);
                }
            }
            from += cell.len() + 1;
        }
        line = end + 1;
    }
}

fn end_of_line(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |length| start + length)
}

fn trim(bytes: &[u8], cell: Span) -> Span {
    let is_edge = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`');
    let start = bytes[cell.clone()].iter().position(|b| !is_edge(b)).map_or(cell.end, |at| cell.start + at);
    let end = bytes[start..cell.end].iter().rposition(|b| !is_edge(b)).map_or(start, |at| start + at + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells<'a>(text: &'a str, header: &str) -> Vec<&'a str> {
        let at = text.find(header).unwrap();
        let mut all = Vec::new();
        column(text, &(at..at + header.len()), |span| all.push(&text[span]));
        all
    }

    #[test]
    fn the_cells_below_a_header_are_found() {
        let text = "| user | password |\n|---|---|\n| root | `a1` |\n| lena |  |\n\nmore | text |\n";
        assert_eq!(cells(text, "| password |"), ["---", "a1"]);
        assert_eq!(cells("host,pw\r\ndb1,\"x y\"\r\ndb2,z\r\nend", ",pw\r\n"), ["x y", "z"]);
        assert_eq!(cells("pw;host\nx;db1", "pw;"), ["x"]);
        assert_eq!(cells("\"pw\",\n\"path\",\n", "pw\","), [""; 0]);
    }

    #[test]
    fn a_header_without_rows_has_no_cells() {
        for text in ["a,pw", "a,pw\n", "a,pw\nno row\n"] {
            assert_eq!(cells(text, ",pw"), [""; 0], "{text}");
        }
    }
}

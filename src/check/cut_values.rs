//! Finds values that YAML cuts at a `#`, because what follows looks like a comment: `title: Crash after PR #532`.

use crate::{
    text::Span,
    ticket::{YamlEntry, YamlNode, YamlNodeKind, YamlStyle, yaml_scalar},
};

/// A value that YAML cuts.
pub(super) struct CutValue {
    /// The bytes of the whole value, with the part that YAML ignores.
    pub(super) span: Span,
    /// The value as the author meant it, with quotes.
    pub(super) quoted: String,
    /// The bytes to replace, and the text for them. An empty value is replaced from the end of its key.
    pub(super) edit: (Span, String),
    /// The part that YAML ignores.
    pub(super) ignored: String,
    /// Whether the part is certainly no comment. People write a blank after the `#` of a comment.
    pub(super) is_certain: bool,
}

/// The nodes of a YAML block that decide about a `#`.
#[derive(Default)]
struct Nodes<'a> {
    /// Scalars without quotes, and the entry of each that is a value of a top-level key.
    plain: Vec<(&'a Span, Option<&'a YamlEntry>)>,
    /// Quoted scalars, blocks, and lists and maps in brackets: a `#` in them is no comment, or theirs.
    closed: Vec<&'a Span>,
    /// Keys whose value is empty, with the end of the key.
    empty: Vec<&'a YamlEntry>,
}

/// Finds the cut values in the YAML block at `block` of `text`, whose entries are `entries`.
pub(super) fn cut_values(text: &str, block: &Span, entries: &[YamlEntry]) -> Vec<CutValue> {
    let mut nodes = Nodes::default();
    entries.iter().for_each(|entry| nodes.add_entry(entry, text));
    let mut cut = Vec::new();
    let mut at = block.start;
    for line in text.get(block.clone()).unwrap_or_default().split_inclusive('\n') {
        let line_span = at..at + line.trim_end().len();
        at += line.len();
        cut.extend(
            comment_in(text, &line_span, &nodes).and_then(|hash| nodes.cut_at(text, &line_span, hash)),
        );
    }
    cut
}

/// Returns the position of the `#` that begins a comment after other text of a line.
fn comment_in(text: &str, line: &Span, nodes: &Nodes<'_>) -> Option<usize> {
    let content = text.get(line.clone())?;
    let is_start = |at: &usize| content[..*at].ends_with([' ', '\t']) && !content[..*at].trim().is_empty();
    let is_open = |at: &usize| {
        !nodes.closed.iter().any(|span| span.start < line.start + at && line.start + at < span.end)
    };
    content.match_indices('#').map(|(at, _)| at).filter(is_start).find(is_open).map(|at| line.start + at)
}

impl<'a> Nodes<'a> {
    fn add_entry(&mut self, entry: &'a YamlEntry, text: &str) {
        match entry.value.is_null() && entry.value.span.is_empty() {
            true => self.empty.push(entry),
            false => self.add(&entry.value, Some(entry), text),
        }
    }

    fn add(&mut self, node: &'a YamlNode, entry: Option<&'a YamlEntry>, text: &str) {
        match &node.kind {
            YamlNodeKind::Scalar(_, YamlStyle::Plain) => self.plain.push((&node.span, entry)),
            YamlNodeKind::Scalar(..) => self.closed.push(&node.span),
            YamlNodeKind::List(_) | YamlNodeKind::Map(_)
                if text[node.span.start..].starts_with(['[', '{']) =>
            {
                self.closed.push(&node.span);
            }
            YamlNodeKind::List(items) => items.iter().for_each(|item| self.add(item, None, text)),
            YamlNodeKind::Map(entries) => entries.iter().for_each(|entry| self.add_entry(entry, text)),
        }
    }

    /// Returns the value that ends before the `#` at `hash` of the line `line`.
    fn cut_at(&self, text: &str, line: &Span, hash: usize) -> Option<CutValue> {
        let ignored = text.get(hash..line.end)?;
        let starts_word =
            ignored[1..].starts_with(|c: char| !c.is_whitespace() && !matches!(c, '#' | '!' | '-' | '='));
        let before = self.plain.iter().find(|(span, _)| {
            span.end <= hash
                && span.end > line.start
                && text[span.end..hash].trim().is_empty()
                && !span.is_empty()
        });
        if let Some((span, entry)) = before {
            let is_title = entry.is_some_and(|entry| entry.key == "title");
            let value = format!("{} {}", one_line(&text[(*span).clone()]), ignored);
            let cut = CutValue::of(span.start..line.end, quoted(&value), ignored);
            return (starts_word || is_title).then_some(CutValue { is_certain: starts_word, ..cut });
        }
        let key =
            self.empty.iter().find(|entry| entry.key_span.start >= line.start && entry.key_span.end < hash);
        if let Some(entry) = key {
            let colon = text.get(entry.key_span.end..hash)?;
            let is_key = colon.trim_start_matches(['"', '\'']).trim() == ":";
            let cut = CutValue::of(hash..line.end, quoted(ignored), ignored);
            let edit = (entry.key_span.end..line.end, format!("{colon}{}", cut.quoted));
            return (is_key && starts_word).then_some(CutValue { edit, ..cut });
        }
        // An item of a list: `- #urgent`.
        let is_item = text.get(line.start..hash)?.split_whitespace().all(|part| part == "-");
        (is_item && starts_word).then(|| CutValue::of(hash..line.end, quoted(ignored), ignored))
    }
}

impl CutValue {
    fn of(span: Span, quoted: String, ignored: &str) -> Self {
        let edit = (span.clone(), quoted.clone());
        Self { span, quoted, edit, ignored: ignored.to_owned(), is_certain: true }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(value: &str) -> String {
    let written = yaml_scalar(value.trim_end());
    if written.starts_with('"') { written } else { format!("\"{written}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::parse_yaml;

    /// Returns the corrected text.
    fn corrected(yaml: &str) -> String {
        let (entries, _) = parse_yaml(yaml, 0);
        let mut text = yaml.to_owned();
        for cut in cut_values(yaml, &(0..yaml.len()), &entries).into_iter().rev() {
            text.replace_range(cut.edit.0, &cut.edit.1);
        }
        text
    }

    #[test]
    fn a_value_with_a_hash_is_quoted() {
        for (yaml, expected) in [
            ("title: Crash after PR #532 was merged\n", "title: \"Crash after PR #532 was merged\"\n"),
            ("tags: #urgent\n", "tags: \"#urgent\"\n"),
            ("tags:\n  - a #b\n  - #c\nx: 1\n", "tags:\n  - \"a #b\"\n  - \"#c\"\nx: 1\n"),
            ("set: \n  note: see #7\n", "set: \n  note: \"see #7\"\n"),
            ("title: One\n  two #3 \"four\"\r\nx: 1\n", "title: \"One two #3 \\\"four\\\"\"\r\nx: 1\n"),
            ("title: C # and F # interop\n", "title: \"C # and F # interop\"\n"),
        ] {
            assert_eq!(corrected(yaml), expected);
        }
    }

    #[test]
    fn comments_and_quoted_values_stay() {
        for yaml in [
            "priority: high # set by oncall\n",
            "# a comment\n#another\n  #third\n",
            "title: \"a #b\" #c\n",
            "note: |\n  a #b\n  c\n",
            "tags: [a, b] #c\n",
            "url: https://a.example/#b\n",
            "service: # none\n",
            "title: C#\n",
            "x: 1 #---\n",
        ] {
            assert_eq!(corrected(yaml), yaml);
        }
    }
}

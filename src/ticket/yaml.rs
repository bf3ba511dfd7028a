//! Parses YAML and keeps the byte range of every key and value. Front matter, templates and settings are parsed
//! here.

use granit_parser::{Event, Parser, ScalarStyle, options};

use super::value::YamlValue;
use crate::text::Span;

/// The maximum depth of nested lists and maps.
const MAX_DEPTH: usize = 16;
/// The maximum number of nodes in a text.
const MAX_NODES: usize = 20_000;

/// A value and its byte range.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlNode {
    pub kind: YamlNodeKind,
    /// The byte range in the file, including quotes. The end of a list or map in block style is approximate.
    pub span: Span,
}

/// A scalar, list or map.
#[derive(Clone, Debug, PartialEq)]
pub enum YamlNodeKind {
    /// A text and how it is written.
    Scalar(String, YamlStyle),
    List(Vec<YamlNode>),
    /// A map in source order, without duplicate keys.
    Map(Vec<YamlEntry>),
}

/// The notation of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YamlStyle {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// `|` or `>`.
    Block,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlEntry {
    pub key: String,
    /// The byte range of the key.
    pub key_span: Span,
    pub value: YamlNode,
}

/// A syntax error or an unsupported feature in YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlProblem {
    pub span: Span,
    pub message: String,
    /// A fix: title, byte range, replacement.
    pub fix: Option<(String, Span, String)>,
    /// A second place with its label, such as the first of two equal keys.
    pub also: Option<(Span, String)>,
}

impl YamlNode {
    /// Returns the text of a scalar; `None` for null, lists and maps.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            YamlNodeKind::Scalar(text, style) => {
                let null = *style == YamlStyle::Plain && YamlValue::of_plain(text) == YamlValue::Null;
                (!null).then_some(text)
            }
            YamlNodeKind::List(_) | YamlNodeKind::Map(_) => None,
        }
    }

    /// Returns true if the value is `null`, `~` or empty.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, YamlNodeKind::Scalar(text, YamlStyle::Plain) if YamlValue::of_plain(text) == YamlValue::Null)
    }

    /// Returns the items of a list. A single node counts as a list with one item, null as an empty list.
    pub fn items(&self) -> &[YamlNode] {
        match &self.kind {
            YamlNodeKind::List(items) => items,
            _ if self.is_null() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the entries of a map; empty for other nodes.
    pub fn entries(&self) -> &[YamlEntry] {
        match &self.kind {
            YamlNodeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the entry of `key` in a map.
    pub fn get(&self, key: &str) -> Option<&YamlEntry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Returns the value without byte ranges.
    pub fn value(&self) -> YamlValue {
        match &self.kind {
            YamlNodeKind::Scalar(text, YamlStyle::Plain) => YamlValue::of_plain(text),
            YamlNodeKind::Scalar(text, _) => YamlValue::Text(text.clone()),
            YamlNodeKind::List(items) => YamlValue::List(items.iter().map(Self::value).collect()),
            YamlNodeKind::Map(entries) => {
                YamlValue::Map(entries.iter().map(|entry| (entry.key.clone(), entry.value.value())).collect())
            }
        }
    }

    /// Returns a description for messages: `text`, `a list`, `a map`, `nothing`.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            YamlNodeKind::Scalar(..) if self.is_null() => "nothing",
            YamlNodeKind::Scalar(..) => "text",
            YamlNodeKind::List(_) => "a list",
            YamlNodeKind::Map(_) => "a map",
        }
    }
}

/// Parses one map. Returns a syntax error as `Err`; smaller problems are added to `problems`.
pub(super) fn parse_piece(
    source: &str,
    offset: usize,
    problems: &mut Vec<YamlProblem>,
) -> Result<Vec<YamlEntry>, Box<YamlProblem>> {
    let mut builder = Builder { offset, end: offset + source.len(), ..Builder::default() };
    let mut parser = Parser::new_from_str_with_options(
        source,
        options! { flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH, disallow_directives: true },
    );
    // Findings cut the text at these positions, so they must be between characters and inside the text.
    let in_file = |span: Span| {
        let start = source.floor_char_boundary(span.start);
        offset + start..offset + source.ceil_char_boundary(span.end).max(start)
    };
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => builder.add_event(event, in_file(span.byte_range().unwrap_or(0..0)))?,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                return Err(syntax_error(in_file(at..at.saturating_add(1)), error.kind().to_string()));
            }
        }
    }
    problems.append(&mut builder.problems);
    match builder.root {
        None => Ok(Vec::new()),
        Some(node) if node.is_null() => Ok(Vec::new()),
        Some(YamlNode { kind: YamlNodeKind::Map(entries), .. }) => Ok(entries),
        Some(node) => Err(syntax_error(node.span, "expected `key: value`")),
    }
}

/// A builder of the node tree from parser events.
#[derive(Default)]
struct Builder {
    offset: usize,
    end: usize,
    nodes: usize,
    documents: usize,
    stack: Vec<Open>,
    root: Option<YamlNode>,
    problems: Vec<YamlProblem>,
}

/// A list or map that is not complete yet.
enum Open {
    List(usize, Vec<YamlNode>),
    Map(usize, Vec<YamlEntry>, Option<(String, Span)>),
}

impl Builder {
    fn add_event(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<YamlProblem>> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(syntax_error(span, "unexpected second YAML document"));
                }
            }
            Event::Alias(_) => return Err(syntax_error(span, "aliases (`*name`) are not supported")),
            Event::Scalar(text, style, anchor, tag) => {
                self.check_node(anchor, tag.is_some(), &span)?;
                let style = match style {
                    ScalarStyle::Plain => YamlStyle::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => YamlStyle::Quoted,
                    _ => YamlStyle::Block,
                };
                self.scalar(text.into_owned(), style, span)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_node(anchor, tag.is_some(), &span)?;
                self.open(Open::List(span.start, Vec::new()), &span)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_node(anchor, tag.is_some(), &span)?;
                self.open(Open::Map(span.start, Vec::new(), None), &span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&span)?,
            _ => {}
        }
        Ok(())
    }

    /// Rejects anchors, tags and too many values.
    fn check_node(&mut self, anchor: usize, tagged: bool, span: &Span) -> Result<(), Box<YamlProblem>> {
        self.nodes += 1;
        if anchor > 0 {
            Err(syntax_error(span.clone(), "anchors (`&name`) are not supported"))
        } else if tagged {
            Err(syntax_error(span.clone(), "tags (`!name`) are not supported"))
        } else if self.nodes > MAX_NODES {
            Err(syntax_error(span.clone(), format!("too many values: the limit is {MAX_NODES}")))
        } else {
            Ok(())
        }
    }

    fn open(&mut self, open: Open, span: &Span) -> Result<(), Box<YamlProblem>> {
        if let Some(Open::Map(_, _, None)) = self.stack.last() {
            return Err(syntax_error(span.clone(), "a key must be plain text"));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(syntax_error(
                span.clone(),
                format!("lists and maps are nested too deep: the limit is {MAX_DEPTH} levels"),
            ));
        }
        self.stack.push(open);
        Ok(())
    }

    fn scalar(&mut self, text: String, style: YamlStyle, span: Span) -> Result<(), Box<YamlProblem>> {
        if let Some(Open::Map(_, _, key @ None)) = self.stack.last_mut() {
            *key = Some((text, span));
            return Ok(());
        }
        self.value(YamlNode { kind: YamlNodeKind::Scalar(text, style), span })
    }

    fn close(&mut self, span: &Span) -> Result<(), Box<YamlProblem>> {
        let (start, kind) = match self.stack.pop() {
            Some(Open::List(start, items)) => (start, YamlNodeKind::List(items)),
            Some(Open::Map(start, entries, _)) => (start, YamlNodeKind::Map(entries)),
            None => return Ok(()),
        };
        let last = match &kind {
            YamlNodeKind::List(items) => items.last().map_or(start, |item| item.span.end),
            YamlNodeKind::Map(entries) => entries.last().map_or(start, |entry| entry.value.span.end),
            YamlNodeKind::Scalar(..) => start,
        };
        // Flow style ends with its closing bracket; block style ends with its last value.
        let end = if span.end > span.start { span.end.max(last) } else { last };
        self.value(YamlNode { kind, span: start..end })
    }

    fn value(&mut self, node: YamlNode) -> Result<(), Box<YamlProblem>> {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => {
                let Some((key, key_span)) = key.take() else {
                    return Err(syntax_error(node.span, "a key must be plain text"));
                };
                push_entry(entries, YamlEntry { key, key_span, value: node }, &mut self.problems);
            }
        }
        debug_assert!(self.offset <= self.end);
        Ok(())
    }
}

/// Adds an entry. The first of two equal keys is used, and the second is a problem.
pub(super) fn push_entry(entries: &mut Vec<YamlEntry>, entry: YamlEntry, problems: &mut Vec<YamlProblem>) {
    match entries.iter().find(|known| known.key == entry.key) {
        None => entries.push(entry),
        Some(first) => problems.push(YamlProblem {
            also: Some((first.key_span.clone(), "first used here".into())),
            ..problem(entry.key_span, format!("duplicate key `{}`; the first one is used", entry.key))
        }),
    }
}

fn syntax_error(span: Span, message: impl Into<String>) -> Box<YamlProblem> {
    Box::new(problem(span, message))
}

pub(super) fn problem(span: Span, message: impl Into<String>) -> YamlProblem {
    YamlProblem { span, message: message.into(), fix: None, also: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::yaml_pieces::parse_yaml;

    fn entry<'a>(entries: &'a [YamlEntry], key: &str) -> &'a YamlEntry {
        entries.iter().find(|entry| entry.key == key).unwrap_or_else(|| panic!("no `{key}` in {entries:?}"))
    }

    #[test]
    fn every_key_and_value_has_its_byte_range() {
        let text = "title: 发票 x\nservice: \"a b\"\ntags: [one, two]\nset:\n  tags: [+a]\n  x: ~\n";
        let (entries, problems) = parse_yaml(text, 0);
        assert_eq!(problems, []);
        let cut = |span: &Span| &text[span.clone()];
        assert_eq!(cut(&entry(&entries, "title").value.span), "发票 x");
        assert_eq!(cut(&entry(&entries, "service").value.span), "\"a b\"");
        assert_eq!(cut(&entry(&entries, "tags").value.span), "[one, two]");
        assert_eq!(cut(&entry(&entries, "tags").value.items()[1].span), "two");
        let set = &entry(&entries, "set").value;
        assert_eq!(cut(&set.get("tags").unwrap().key_span), "tags");
        assert!(set.get("x").unwrap().value.is_null());
    }

    #[test]
    fn other_values_survive_an_invalid_value_and_the_fix_adds_quotes() {
        let text = "title: x\nassignee: @mei\nnote: Error: y\nstatus: open\n";
        let (entries, problems) = parse_yaml(text, 10);
        assert_eq!(entry(&entries, "status").value.text(), Some("open"));
        assert_eq!(problems.len(), 2, "{problems:?}");
        let (_, span, replacement) = problems[0].fix.clone().unwrap();
        assert_eq!((&text[span.start - 10..span.end - 10], replacement.as_str()), ("@mei", "mei"));
        let (_, span, replacement) = problems[1].fix.clone().unwrap();
        assert_eq!(
            (&text[span.start - 10..span.end - 10], replacement.as_str()),
            ("Error: y", "\"Error: y\"")
        );
    }

    #[test]
    fn the_first_of_two_equal_keys_is_used() {
        let (entries, problems) = parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 2\n", 0);
        assert_eq!(entry(&entries, "a").value.text(), Some("1"));
        assert_eq!(problems.len(), 2);
        assert_eq!(problems[1].span, 21..22);
    }

    #[test]
    fn conflict_markers_do_not_hide_the_keys_around_them() {
        let (entries, problems) = parse_yaml("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\nc: 3\n", 0);
        assert_eq!(entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn yaml_bombs_are_rejected_quickly() {
        let laughs = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        assert_eq!(parse_yaml(laughs, 0).1.len(), 3);
        let deep = format!("a: {}", "[".repeat(20_000));
        assert_eq!(parse_yaml(&deep, 0).1.len(), 1);
        assert_eq!(parse_yaml("!!python/object:x {}\n", 0).1.len(), 1);
        assert_eq!(parse_yaml("? [a]\n: b\n", 0).1.len(), 1);
        let keys: String = (0..100_000).map(|n| format!("k{n}: @\n")).collect();
        let (entries, problems) = parse_yaml(&keys, 0);
        assert_eq!(entries.len() + problems.len(), crate::ticket::yaml_pieces::MAX_PIECES + 1);
    }

    #[test]
    fn plain_text_is_not_a_map() {
        let (entries, problems) = parse_yaml("just words\n", 0);
        assert!(entries.is_empty());
        assert_eq!(problems.len(), 1);
        assert_eq!(parse_yaml("", 0), (vec![], vec![]));
        assert_eq!(parse_yaml("# only a comment\n", 0), (vec![], vec![]));
    }

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_text_is_parsed_without_panic_and_spans_stay_inside_it(text in "\\PC*|[-a:\\[\\]{}&*!|>'\"%@`#,?\\n \\t\\ré发]{0,80}") {
            let (entries, problems) = parse_yaml(&text, 0);
            for span in entries.iter().map(|e| &e.key_span).chain(problems.iter().map(|p| &p.span)) {
                proptest::prop_assert!(text.get(span.clone()).is_some(), "{span:?}");
            }
        }
    }
}

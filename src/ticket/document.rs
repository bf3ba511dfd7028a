//! A Markdown file with front matter, with byte spans.

use std::borrow::Cow;

use super::yaml::{YamlEntry, YamlNode};
use super::yaml_pieces::parse_yaml;
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Span},
};

/// The maximum size of a text file in bytes. A larger file is not read and gets a finding.
pub(crate) const MAX_TEXT: usize = 16 * 1024 * 1024;

/// The way out for files that another tool wrote.
pub(crate) const OTHER_TOOL: &str = "for files that another tool wrote, move their folder out of `tickets/` or `knowledge/`, and run \
     `casebook import markdown FOLDER`";

/// A Markdown file in memory, split into front matter and body. All spans are byte ranges of the file as it is on
/// disk.
#[derive(Clone, Debug)]
pub struct Document {
    pub path: RepoPath,
    /// The whole text. If the file is not UTF-8, invalid bytes are replaced with U+FFFD.
    pub text: String,
    /// `None` if the file does not begin with a closed block of front matter.
    pub front: Option<FrontMatter>,
    /// The byte range after the front matter.
    pub body: Span,
    /// Problems of the file's form: size, encoding, front matter.
    pub problems: Vec<Finding>,
}

/// The block of front matter between two `---` lines.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// The byte range of the YAML, without the `---` lines.
    pub span: Span,
    pub entries: Vec<YamlEntry>,
}

impl FrontMatter {
    pub fn entry(&self, key: &str) -> Option<&YamlEntry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Returns the value of `key`.
    pub fn get(&self, key: &str) -> Option<&YamlNode> {
        self.entry(key).map(|entry| &entry.value)
    }
}

impl Document {
    /// Parses the bytes of the file `path`. Never fails: problems are returned as findings.
    pub fn parse(path: &RepoPath, bytes: &[u8]) -> Self {
        let mut problems = Vec::new();
        if bytes.len() > MAX_TEXT {
            let size = bytes.len() / (1024 * 1024);
            problems.push(
                Finding::deny("huge-file", path, format!("file is {size} MB; the limit is 16 MB"))
                    .help("move logs and dumps into an attachment, and quote the relevant lines"),
            );
            return Self { path: path.clone(), text: String::new(), front: None, body: 0..0, problems };
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let at = error.valid_up_to();
                let line = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count();
                problems.push(
                    Finding::deny(
                        "not-utf8",
                        path,
                        format!("file is not UTF-8: invalid byte at offset {at}, line {line}"),
                    )
                    .at(at..at + 3)
                    .help("save the file as UTF-8, for example with `iconv -f latin1 -t utf-8`"),
                );
                String::from_utf8_lossy(bytes).into_owned()
            }
        };
        let (front, body) = split(path, &text, &mut problems);
        Self { path: path.clone(), text, front, body, problems }
    }

    /// Returns the text after the front matter.
    pub fn body_text(&self) -> &str {
        &self.text[self.body.clone()]
    }

    /// Returns the line ending of the file, so that added lines use the same one.
    pub fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }
}

/// Decodes the text of a file like [`Document::parse`], without parsing the front matter.
pub(crate) fn text_of_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.len() > MAX_TEXT { Cow::Borrowed("") } else { String::from_utf8_lossy(bytes) }
}

/// Returns the same text as [`Document::body_text`], without parsing the front matter.
pub(crate) fn body_of(bytes: &[u8]) -> String {
    let text = text_of_bytes(bytes);
    let start = match find_block(&text) {
        Block::Closed { body, .. } => body,
        Block::Open { start, .. } | Block::None { start } => start,
    };
    text[start..].to_owned()
}

/// The position of the front matter in a text. `start` is the offset of the text after a byte order mark.
enum Block {
    Closed { yaml: Span, body: usize },
    Open { start: usize, first: Span },
    None { start: usize },
}

fn find_block(text: &str) -> Block {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        return Block::None { start };
    }
    let yaml_start = start + first.len();
    let mut at = yaml_start;
    for line in lines {
        if matches!(line.trim_end(), "---" | "...") {
            return Block::Closed { yaml: yaml_start..at, body: at + line.len() };
        }
        at += line.len();
    }
    Block::Open { start, first: start..start + first.trim_end().len() }
}

/// Finds the block of front matter and parses its YAML.
fn split(path: &RepoPath, text: &str, problems: &mut Vec<Finding>) -> (Option<FrontMatter>, Span) {
    let (yaml, body) = match find_block(text) {
        Block::Closed { yaml, body } => (yaml, body),
        Block::None { start } => {
            problems.push(no_front(path, text, start));
            return (None, start..text.len());
        }
        Block::Open { start, first } => {
            problems.push(
                Finding::deny("no-front-matter", path, "front matter is not closed")
                    .at(first)
                    .label("opened here")
                    .help("add a line `---` after the last key"),
            );
            return (None, start..text.len());
        }
    };
    let (entries, yaml_problems) = parse_yaml(&text[yaml.clone()], yaml.start);
    for problem in yaml_problems {
        let code = if problem.also.is_some() { "duplicate-key" } else { "broken-yaml" };
        let mut finding = Finding::deny(code, path, problem.message).at(problem.span);
        if let Some((span, label)) = problem.also {
            finding = finding.also(span, label);
        }
        finding = match problem.fix {
            Some((title, span, replacement)) => finding.fix(title, span, replacement),
            None if code == "broken-yaml" => {
                finding.help("put the value in double quotes, or indent with spaces")
            }
            None => finding.help("delete one of the two keys"),
        };
        problems.push(finding);
    }
    (Some(FrontMatter { span: yaml, entries }), body..text.len())
}

fn no_front(path: &RepoPath, text: &str, start: usize) -> Finding {
    let first = text[start..].lines().next().unwrap_or_default();
    let finding = Finding::deny("no-front-matter", path, "missing front matter")
        .at(start..start + first.len())
        .label("the first line must be `---`")
        .help("begin the file with a line `---`, the keys, and another line `---`; `casebook new` writes them for you");
    match path.is_below("tickets") || path.is_below("knowledge") {
        true => finding.help(OTHER_TOOL),
        false => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(&RepoPath::new("tickets/a.md"), text.as_bytes())
    }

    #[test]
    fn a_file_with_a_byte_order_mark_and_crlf_is_parsed_and_unchanged() {
        let text = "\u{feff}---\r\ntitle: x\r\n---\r\nbody\r\n";
        let document = parse(text);
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        assert_eq!(document.text, text);
        assert_eq!(document.body_text(), "body\r\n");
        let title = document.front.as_ref().and_then(|front| front.get("title")).unwrap();
        assert_eq!(&text[title.span.clone()], "x");
        assert_eq!(document.line_end(), "\r\n");
    }

    #[test]
    fn a_file_without_front_matter_is_a_problem_and_keeps_its_body() {
        for text in ["", "hello", "---\ntitle: x\n", "\n---\na: 1\n---\n"] {
            let document = parse(text);
            assert_eq!(document.problems.len(), 1, "{text:?}");
            assert_eq!(document.problems[0].code, "no-front-matter");
            assert!(document.front.is_none());
        }
    }

    #[test]
    fn a_file_that_is_not_utf8_is_reported_at_the_invalid_byte() {
        let document = Document::parse(&RepoPath::new("tickets/a.md"), b"---\ntitle: caf\xe9\n---\n");
        assert_eq!(document.problems[0].code, "not-utf8");
        assert_eq!(document.problems[0].span, Some(14..17));
        assert!(document.front.is_some());
    }

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let document = Document::parse(&RepoPath::new("tickets/a.md"), &bytes);
            proptest::prop_assert_eq!(body_of(&bytes), document.body_text());
            proptest::prop_assert_eq!(text_of_bytes(&bytes), document.text.as_str());
            proptest::prop_assert!(document.body.end <= document.text.len());
        }

        #[test]
        fn any_front_matter_is_read_without_panic(front in "\\PC{0,60}(\\n\\PC{0,30}){0,5}", body in "\\PC{0,40}") {
            let text = format!("---\n{front}\n---\n{body}");
            let document = parse(&text);
            proptest::prop_assert_eq!(document.text, text);
        }
    }
}

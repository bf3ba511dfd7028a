//! Notes and contents lists in the syntax of other programs: `!!! note` (MkDocs), `::: note` (Docusaurus, VitePress),
//! `{{< hint note >}}` (Hugo) and `[[_TOC_]]` (GitLab).

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::code_and_html;

static START: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let start = r#"(?x)^(?:
        (?P<mkdocs> !!! | \?\?\?\+? ) \s* (?P<a>[A-Za-z]+) (?:\s+ [A-Za-z-]+)* (?:\s+ "(?P<title>[^"]*)")?
        | (?P<colons> :{3,} ) \s* \{? \.? (?P<b>[A-Za-z]+) \}? (?:\s+ (?P<heading>\S.*?))?
        | \{\{ [<%] \s* (?P<hugo> hint|note|notice|alert|callout|admonition ) (?:\s+ (?:type=)? "? (?P<c>[A-Za-z]+) "? )? [^}]* [>%] \}\}
        )\s*$"#;
    Regex::new(start).ok()
});

static CONTENTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:\[TOC\]|\[\[_?TOC_?\]\]|\{:toc\})\s*$").ok());

/// The number of levels of notes in notes.
const MAX_DEPTH: usize = 3;

/// The line that means a contents list.
pub(crate) const CONTENTS_MARK: &str = "[TOC]";

/// Returns `text` with these notes as alerts of GitHub, and these marks of contents lists as [`CONTENTS_MARK`].
pub(super) fn with_alerts(text: &str) -> Cow<'_, str> {
    nested(text, MAX_DEPTH)
}

/// Converts the notes in `text`, and the notes in them up to `depth` levels.
fn nested(text: &str, depth: usize) -> Cow<'_, str> {
    let marks = ["!!!", "???", ":::", "{{<", "{{%", "[TOC]", "[toc]", "[Toc]", "TOC_]]", "{:toc}"];
    if depth == 0 || !marks.iter().any(|mark| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let (Some(start), Some(contents)) = (&*START, &*CONTENTS) else { return Cow::Borrowed(text) };
    let code = code_and_html(text);
    let mut out = String::with_capacity(text.len() + 64);
    let mut lines = Lines { text, at: 0 };
    while let Some((at, line)) = lines.next() {
        let is_code = {
            let before = code.partition_point(|span| span.start <= at);
            code[..before].iter().rev().take(2).any(|span| span.contains(&at))
        };
        let found = start.captures(line.trim_end()).filter(|_| !is_code);
        let Some(found) = found else {
            let is_mark = !is_code && contents.is_match(line.trim_end());
            match is_mark {
                true => out.push_str(&format!("\n{CONTENTS_MARK}\n\n")),
                false => out.push_str(line),
            }
            continue;
        };
        let name = |group: &str| found.name(group).map(|name| name.as_str());
        let kind = name("a").or(name("b")).or(name("c")).unwrap_or("note");
        let content = match (name("mkdocs"), name("colons"), name("hugo")) {
            (Some(_), ..) => lines.indented(),
            (_, Some(colons), _) => lines.until(|line| line == colons),
            (.., Some(hugo)) => lines.until(|line| is_end_of(line, hugo)),
            _ => None,
        };
        match content {
            Some(content) => {
                let content = nested(&content.concat(), depth - 1).into_owned();
                alert(&mut out, kind, name("title").or(name("heading")), &content);
            }
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// Returns whether `line` is `{{< /name >}}`.
fn is_end_of(line: &str, name: &str) -> bool {
    let inner = line.strip_prefix("{{<").or(line.strip_prefix("{{%"));
    let inner = inner.and_then(|inner| inner.strip_suffix(">}}").or(inner.strip_suffix("%}}")));
    inner.and_then(|inner| inner.trim().strip_prefix('/')).is_some_and(|end| end.trim() == name)
}

fn alert(out: &mut String, kind: &str, title: Option<&str>, content: &str) {
    let lower = kind.to_ascii_lowercase();
    let alert = match lower.as_str() {
        "tip" | "success" | "hint" | "check" | "done" => "TIP",
        "important" => "IMPORTANT",
        "warning" | "warn" | "attention" => "WARNING",
        "caution" | "danger" | "error" | "failure" | "fail" | "bug" => "CAUTION",
        _ => "NOTE",
    };
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out.push_str(&format!("> [!{alert}]\n"));
    // The name of another kind, such as `abstract`, is its title.
    let is_other = alert == "NOTE" && !matches!(lower.as_str(), "note" | "info");
    let title = title.filter(|title| !title.trim().is_empty()).or(is_other.then_some(kind));
    if let Some(title) = title {
        out.push_str(&format!("> **{}**\n>\n", title.trim()));
    }
    for line in content.lines() {
        out.push_str("> ");
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
}

/// The lines of a text with their line ends.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = self.text[self.at..].split_inclusive('\n').next()?;
        let at = self.at;
        self.at += line.len();
        Some((at, line))
    }

    /// Takes the lines that are indented by four spaces or a tab, without the indentation.
    fn indented(&mut self) -> Option<Vec<&'a str>> {
        let mut found: Vec<&str> = Vec::new();
        let mut end = self.at;
        while let Some((_, line)) = self.next() {
            match line.strip_prefix("    ").or(line.strip_prefix('\t')) {
                Some(inner) => {
                    found.push(inner);
                    end = self.at;
                }
                None if line.trim().is_empty() => found.push(line),
                None => break,
            }
        }
        self.at = end;
        while found.last().is_some_and(|line| line.trim().is_empty()) {
            found.pop();
        }
        (!found.is_empty()).then_some(found)
    }

    /// Takes the lines before the first line for which `is_end` is true, and that line. Takes nothing without it.
    fn until(&mut self, is_end: impl Fn(&str) -> bool) -> Option<Vec<&'a str>> {
        let start = self.at;
        let mut found = Vec::new();
        while let Some((_, line)) = self.next() {
            if is_end(line.trim()) {
                return Some(found);
            }
            found.push(line);
        }
        self.at = start;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_other_programs_become_alerts() {
        for (text, expected) in [
            ("!!! note\n    One.\n\n    - two\n\nAfter.\n", "> [!NOTE]\n> One.\n> \n> - two\n\n\nAfter.\n"),
            ("??? danger \"Stop it\"\n\tOne.\n", "> [!CAUTION]\n> **Stop it**\n>\n> One.\n\n"),
            ("Before.\n::: warning\nOne.\n:::\nAfter.\n", "Before.\n\n> [!WARNING]\n> One.\n\nAfter.\n"),
            (":::tip Use it\nOne.\n:::\n", "> [!TIP]\n> **Use it**\n>\n> One.\n\n"),
            ("{{< hint info >}}\nOne.\n{{< /hint >}}\n", "> [!NOTE]\n> One.\n\n"),
            ("{{% notice abstract %}}\nOne.\n{{% /notice %}}\n", "> [!NOTE]\n> **abstract**\n>\n> One.\n\n"),
            ("[[_TOC_]]\n", "\n[TOC]\n\n"),
            ("!!!note inline end\n    One.\n", "> [!NOTE]\n> One.\n\n"),
            (":::: note\nA.\n::: tip\nB.\n:::\n::::\n", "> [!NOTE]\n> A.\n> \n> > [!TIP]\n> > B.\n> \n\n"),
        ] {
            assert_eq!(with_alerts(text), expected, "{text}");
        }
    }

    #[test]
    fn other_lines_stay() {
        for text in [
            "!!! note without a text\n",
            "Stop!!!\n",
            "::: note\nnever closed\n",
            "{{< figure src=\"x\" >}}\n",
            "```\n!!! note\n    One.\n[TOC]\n```\n",
            "{{< hint info >}}\nx\n",
        ] {
            assert_eq!(with_alerts(text), text);
        }
    }
}

//! Blocks that need other HTML than the Markdown library writes: tables without inline styles (which the content policy
//! forbids), code blocks that the keyboard can scroll, alerts with a title, and task boxes that screen readers
//! announce.

use pulldown_cmark::{Alignment, BlockQuoteKind};

use super::{MarkdownWords, escape_into};

/// The table that is being written. Markdown tables cannot be nested.
#[derive(Default)]
pub(super) struct MarkdownTable {
    alignments: Vec<Alignment>,
    column: usize,
    head: bool,
}

impl MarkdownTable {
    /// Opens a `<table>` inside a box that scrolls sideways. The box is a group and no region, because a page with several
    /// tables would have several regions of the same name.
    pub(super) fn start(alignments: Vec<Alignment>, words: &MarkdownWords) -> (Self, String) {
        let mut html = String::from("<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"");
        escape_into(&mut html, &words.table);
        html.push_str("\"><table>");
        (Self { alignments, column: 0, head: false }, html)
    }

    pub(super) fn start_head(&mut self) -> &'static str {
        self.head = true;
        self.column = 0;
        "<thead><tr>"
    }

    pub(super) fn end_head(&mut self) -> &'static str {
        self.head = false;
        "</tr></thead><tbody>\n"
    }

    pub(super) fn start_row(&mut self) -> &'static str {
        self.column = 0;
        "<tr>"
    }

    pub(super) fn start_cell(&mut self) -> String {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::None) | None => "",
        };
        self.column += 1;
        if self.head { format!("<th scope=\"col\"{class}>") } else { format!("<td{class}>") }
    }

    pub(super) fn end_cell(&self) -> &'static str {
        if self.head { "</th>" } else { "</td>" }
    }
}

/// The HTML after the last row.
pub(super) const TABLE_END: &str = "</tbody></table></div>\n";

/// Diagrams as code, with the names of their languages. Readers see the name and the code.
const DIAGRAMS: &[(&str, &str)] = &[
    ("blockdiag", "BlockDiag"),
    ("d2", "D2"),
    ("ditaa", "Ditaa"),
    ("dot", "Graphviz"),
    ("geojson", "GeoJSON"),
    ("graphviz", "Graphviz"),
    ("mermaid", "Mermaid"),
    ("nomnoml", "Nomnoml"),
    ("plantuml", "PlantUML"),
    ("puml", "PlantUML"),
    ("seqdiag", "SeqDiag"),
    ("stl", "STL"),
    ("topojson", "TopoJSON"),
    ("vega", "Vega"),
    ("vega-lite", "Vega-Lite"),
    ("wavedrom", "WaveDrom"),
];

/// Returns whether a code block is a formula.
pub(super) fn is_math(info: &str) -> bool {
    language(info).eq_ignore_ascii_case("math")
}

/// Opens a code block; `info` is the text after the opening fence.
pub(super) fn code_start(info: &str) -> String {
    let language = language(info);
    let small = language.to_ascii_lowercase();
    let caption = match DIAGRAMS.iter().find(|(known, _)| *known == small) {
        Some((_, name)) => format!("<p class=\"caption\">{name}</p>\n"),
        None => String::new(),
    };
    match language.is_empty() {
        true => "<pre tabindex=\"0\"><code>".to_owned(),
        false => format!("{caption}<pre tabindex=\"0\" data-language=\"{language}\"><code>"),
    }
}

/// Returns the language of a code block. GitLab's Markdown allows braces around it.
pub(super) fn language(info: &str) -> String {
    let first =
        info.trim_start_matches(['{', '.']).split([' ', ',', '{', '}', '\t']).next().unwrap_or_default();
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.');
    first.chars().filter(is_allowed).take(24).collect()
}

pub(super) const CODE_END: &str = "</code></pre>\n";

/// Opens an alert with its title.
pub(super) fn alert_start(kind: BlockQuoteKind, words: &MarkdownWords) -> String {
    let (name, title) = match kind {
        BlockQuoteKind::Note => ("note", &words.note),
        BlockQuoteKind::Tip => ("tip", &words.tip),
        BlockQuoteKind::Important => ("important", &words.important),
        BlockQuoteKind::Warning => ("warning", &words.warning),
        BlockQuoteKind::Caution => ("caution", &words.caution),
    };
    let mut html = format!("<blockquote class=\"alert alert-{name}\"><p class=\"alert-title\">");
    escape_into(&mut html, title);
    html.push_str("</p>\n");
    html
}

/// Returns the box of a task. It is a character rather than a form control, because a reader cannot tick it.
pub(super) fn task_box(done: bool, words: &MarkdownWords) -> String {
    let (mark, label) = if done { ('☑', &words.done) } else { ('☐', &words.to_do) };
    let mut html = String::from("<span class=\"box\" role=\"img\" aria-label=\"");
    escape_into(&mut html, label);
    html.push_str("\">");
    html.push(mark);
    html.push_str("</span> ");
    html
}

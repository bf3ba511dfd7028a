//! Renders findings like rustc does. This is the only module that uses the rendering library.

use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Patch, Renderer, Snippet};

use super::{Finding, Level, Quoted};
use crate::text::{Span, harmless};

/// The maximum size of the source text shown for one finding, in bytes.
const MAX_WINDOW: usize = 16 * 1024;

/// Renders one finding with its source. `text` is the file of the finding, `width` the terminal's columns.
pub(crate) fn human(finding: &Finding, text: Option<&Quoted>, colour: bool, width: usize) -> String {
    let level = if finding.level == Level::Deny { SnippetLevel::ERROR } else { SnippetLevel::WARNING };
    let path = plain(finding.path.as_str());
    let path = path.as_str();
    let message = plain(&finding.message);
    let title = level.primary_title(message).id(finding.code);
    let window = text.zip(finding.span.as_ref()).map(|(text, span)| Window::around(text, span, finding));
    let mut groups: Vec<Group<'_>> = Vec::new();
    match &window {
        Some(window) => {
            let mut snippet = Snippet::source(window.text).line_start(window.first_line).path(path);
            if let Some(span) = finding.span.as_ref().and_then(|span| window.cut(span)) {
                snippet = snippet.annotation(AnnotationKind::Primary.span(span).label(plain(&finding.label)));
            }
            for (span, label) in &finding.also {
                if let Some(span) = window.cut(span) {
                    snippet = snippet.annotation(AnnotationKind::Context.span(span).label(plain(label)));
                }
            }
            groups.push(title.element(snippet));
        }
        None => groups.push(title.element(annotate_snippets::Origin::path(path))),
    }
    let patched = window.as_ref().and_then(|window| {
        let fix = finding.fix.as_ref()?;
        let mut snippet = Snippet::source(window.text).line_start(window.first_line).fold(true);
        for (span, replacement) in &fix.edits {
            snippet = snippet.patch(Patch::new(window.cut(span)?, replacement.as_str()));
        }
        Some(SnippetLevel::HELP.secondary_title(plain(&fix.title)).element(snippet))
    });
    for help in &finding.help {
        let message = SnippetLevel::HELP.message(plain(help));
        match groups.pop() {
            Some(group) => groups.push(group.element(message)),
            None => groups.push(Group::with_title(SnippetLevel::HELP.primary_title(plain(help)))),
        }
    }
    groups.extend(patched);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(width).render(&groups)
}

/// The part of a file that is shown for a finding.
struct Window<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Window<'a> {
    fn around(quoted: &'a Quoted, span: &Span, finding: &Finding) -> Self {
        let text = quoted.text();
        let mut all: Span = span.clone();
        let more = finding.also.iter().map(|(span, _)| span);
        let edits = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| span));
        for other in more.chain(edits) {
            let joined = all.start.min(other.start)..all.end.max(other.end);
            if joined.len() <= MAX_WINDOW {
                all = joined;
            }
        }
        let first_line = quoted.place(all.start).line;
        let last_line = quoted.place(all.end.min(text.len())).line;
        let start = quoted.line(first_line).map_or(0, |span| span.start);
        let end = quoted.line(last_line).map_or(text.len(), |span| span.end);
        Self { text: &text[start..end], start, first_line }
    }

    /// Returns `span` relative to the window, on whole characters; `None` when it is outside.
    fn cut(&self, span: &Span) -> Option<Span> {
        let end = self.start + self.text.len();
        if span.start < self.start || span.start > end {
            return None;
        }
        let mut from = span.start - self.start;
        let mut to = span.end.clamp(span.start, end) - self.start;
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        while !self.text.is_char_boundary(to) {
            to += 1;
        }
        Some(from..to)
    }
}

/// Returns `text` on one line without control characters, so that a ticket cannot control the terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::RepoPath;

    const TEXT: &str = "---\ntitle: x\nassignee: @mei\n---\n";

    fn quoted(text: &str) -> Quoted {
        Quoted::new(text.to_owned(), &[])
    }

    fn finding() -> Finding {
        let path = RepoPath::new("tickets/a.md");
        Finding::deny("broken-yaml", &path, "a value may not begin with `@`")
            .at(23..27)
            .label("here")
            .help("quote it")
            .fix("write `mei`", 23..27, "mei")
    }

    #[test]
    fn a_finding_looks_like_a_compiler_error() {
        let shown = human(&finding(), Some(&quoted(TEXT)), false, 80);
        assert_eq!(
            shown,
            "error[broken-yaml]: a value may not begin with `@`
 --> tickets/a.md:3:11
  |
3 | assignee: @mei
  |           ^^^^ here
  |
  = help: quote it
help: write `mei`
  |
3 - assignee: @mei
3 + assignee: mei
  |"
        );
    }

    #[test]
    fn masked_text_is_not_shown() {
        let path = RepoPath::new("tickets/a.md");
        let mut finding = Finding::deny("secret", &path, "a password").at(10..17);
        finding.masked = std::iter::once(10..17).collect();
        let text = Quoted::new("password: hunter2 # x\n".to_owned(), &finding.masked);
        let shown = human(&finding, Some(&text), false, 80);
        assert!(shown.contains("password: ******* # x") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_ticket_cannot_control_the_terminal() {
        let path = RepoPath::new("tickets/\u{1b}a.md");
        let text = quoted("a \u{1b}[31m b");
        let finding = Finding::deny("x", &path, "red \u{1b}[31m\nalert").at(0..3).label("\u{7}bell");
        for text in [Some(&text), None] {
            let shown = human(&finding, text, false, 80);
            assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_span_of_any_text_is_shown(text in "\\PC{0,20}\n\\PC{0,20}", start in 0usize..60, len in 0usize..60) {
            let path = RepoPath::new("tickets/a.md");
            let finding = Finding::deny("x", &path, "m").at(start..start + len).also(len..start.max(len), "also");
            proptest::prop_assert!(human(&finding, Some(&quoted(&text)), false, 80).contains("error[x]"));
        }
    }
}

//! Renders findings like rustc does. This is the only module that uses the rendering library.

use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Patch, Renderer, Snippet};

use super::{Finding, Level, Quoted, window::Window};
use crate::text::{LineColumn, harmless};

/// The maximum number of further places that are marked for one finding.
const MAX_MARKS: usize = 20;
/// The maximum length of a message or of an edit that is shown, in bytes.
const MAX_TEXT: usize = 4_000;

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
            let mut snippet = Snippet::source(&*window.text).line_start(window.first_line).path(path);
            if let Some(span) = finding.span.as_ref().and_then(|span| window.cut(span)) {
                snippet = snippet.annotation(AnnotationKind::Primary.span(span).label(plain(&finding.label)));
            }
            for (span, label) in finding.also.iter().take(MAX_MARKS) {
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
        let mut snippet = Snippet::source(&*window.text).line_start(window.first_line).fold(true);
        for (span, replacement) in &fix.edits {
            if !window.has(span) || replacement.len() > MAX_TEXT {
                return None;
            }
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
    let shown = renderer.term_width(width).render(&groups);
    match window.as_ref().and_then(|window| Some((window.place?, window.cut(finding.span.as_ref()?)?))) {
        Some((place, span)) => {
            let before = &window.as_ref().map_or("", |window| &window.text)[..span.start];
            let counted = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            at_column(&shown, path, place, counted)
        }
        None => shown,
    }
}

/// Replaces the column `counted` in the line below the message. The renderer counts in the window, which does not begin
/// at the start of a long line.
fn at_column(shown: &str, path: &str, place: LineColumn, counted: usize) -> String {
    let LineColumn { line, column } = place;
    let (message, rest) = shown.split_once('\n').unwrap_or((shown, ""));
    let rest = rest.replacen(&format!("{path}:{line}:{counted}"), &format!("{path}:{line}:{column}"), 1);
    format!("{message}\n{rest}")
}

/// Returns `text` on one line without control characters, so that a ticket cannot control the terminal.
pub(super) fn plain(text: &str) -> String {
    let shown = &text[..text.floor_char_boundary(MAX_TEXT)];
    let rest = if shown.len() < text.len() { "…" } else { "" };
    shown.chars().map(harmless).chain(rest.chars()).collect()
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
    fn a_finding_in_a_very_long_line_shows_the_line_around_it() {
        let text = format!("a\n{}password{}\nb\n", "发x ".repeat(100_000), " y".repeat(100_000));
        let start = text.find("password").unwrap();
        let path = RepoPath::new("tickets/a.md");
        let finding = Finding::deny("secret", &path, "a password").at(start..start + 8);
        let finding = finding.label("here").suggest("delete it", start..start + 8, "***");
        let shown = human(&finding, Some(&quoted(&text)), false, 80);
        assert!(
            shown.starts_with("error[secret]: a password\n --> tickets/a.md:2:300001\n  |\n2 | ..."),
            "{shown}"
        );
        let line = shown.lines().nth(3).unwrap();
        assert!(line.contains("password y y"), "{shown}");
        let column =
            |line: &str, part: &str| unicode_width::UnicodeWidthStr::width(line.split(part).next().unwrap());
        assert_eq!(column(line, "password"), column(shown.lines().nth(4).unwrap(), "^"), "{shown}");
        assert!(shown.contains("delete it") && shown.contains("*** y y"), "{shown}");
        assert!(shown.len() < 8_000, "{}", shown.len());
    }

    #[test]
    fn the_size_of_a_finding_has_a_limit() {
        let text = format!("{}\n", "word ".repeat(400)).repeat(500);
        let path = RepoPath::new("tickets/a.md");
        let mut finding = Finding::deny("x", &path, "m".repeat(1 << 20)).at(5..text.len());
        finding = finding.help("h".repeat(1 << 20)).label("l".repeat(1 << 20));
        for n in 0..500 {
            finding = finding.also(n..n + 1, "also");
        }
        for finding in [finding.clone(), finding.suggest("t".repeat(1 << 20), 0..5, "r".repeat(1 << 20))] {
            let shown = human(&finding, Some(&quoted(&text)), false, 80);
            assert!(shown.len() < 100_000, "{}", shown.len());
        }
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

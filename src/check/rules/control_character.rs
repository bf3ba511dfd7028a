//! `control-character`: an invisible control character.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::Span,
};

pub(super) const RULE: Rule = Rule {
    code: "control-character",
    level: Level::Warn,
    requirement: "A text contains no control characters except line ends and tabs.",
    why: "Readers do not see them. Terminals act on them, searches for the text miss it, and feeds show a replacement \
          character instead.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: \"Exports \\a time out\"\ntemplate: note\n---\nThey end after 30 s.\n",
            ),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\nThey end \u{7}after 30 s.\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\nThey end\tafter 30 s.\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(document) = file.document.filter(|_| {
        matches!(
            file.content,
            CheckedContent::Ticket(..) | CheckedContent::Reply(..) | CheckedContent::Article(_)
        )
    }) else {
        return;
    };
    for entry in document.front.iter().flat_map(|front| &front.entries) {
        let found = entry.value.value().texts().iter().find_map(|text| text.chars().find(is_control));
        if let Some(c) = found {
            findings.push(finding(file, c, file.span_of(&entry.key)));
        }
    }
    // A pasted log can contain thousands of them, so only the first one is reported.
    let body = document.body_text();
    if may_have_control(body)
        && let Some((at, c)) = body.char_indices().find(|(_, c)| is_control(c))
    {
        let start = document.body.start + at;
        findings.push(finding(file, c, start..start + c.len_utf8()));
    }
}

/// Returns whether `text` has a byte of a control character. It looks at all bytes, because processors do this for many
/// bytes at once.
fn may_have_control(text: &str) -> bool {
    let may = |byte: u8| {
        (byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')) || matches!(byte, 0x7f | 0xc2 | 0xef)
    };
    text.bytes().fold(false, |any, byte| any | may(byte))
}

fn is_control(c: &char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn finding(file: &File<'_>, c: char, span: Span) -> Finding {
    RULE.finding(file.path(), format!("control character U+{:04X}", u32::from(c)))
        .at(span)
        .help("delete the character, or attach the output of a program as a file")
}

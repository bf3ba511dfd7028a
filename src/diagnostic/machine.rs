//! Renders findings for programs: one line each, or commands for a forge's log.

use super::{Finding, Level, Quoted, human::plain};
use crate::text::{LineColumn, harmless};

/// Returns the start and end of a finding; line 1, column 1 for a finding about a whole file.
pub(crate) fn places(finding: &Finding, text: Option<&Quoted>) -> (LineColumn, LineColumn) {
    let start = LineColumn { line: 1, column: 1 };
    match (text, &finding.span) {
        (Some(text), Some(span)) => (text.place(span.start), text.place(span.end)),
        _ => (start, start),
    }
}

/// Returns `path:line:column: error[code]: message`, the form that editors parse.
pub(crate) fn short(finding: &Finding, text: Option<&Quoted>) -> String {
    let (from, _) = places(finding, text);
    let word = if finding.level == Level::Deny { "error" } else { "warning" };
    let Finding { code, message, path, .. } = finding;
    format!("{}:{}:{}: {word}[{code}]: {}", plain(path.as_str()), from.line, from.column, plain(message))
}

/// Returns a log command of GitHub Actions, which shows the finding at its line in a pull request.
///
/// Escapes as GitHub's own toolkit does (`%`, CR, LF; in properties also `:` and `,`). A zero-width space breaks
/// mentions, so that a ticket cannot notify people through an annotation.
pub(crate) fn github(finding: &Finding, text: Option<&Quoted>) -> String {
    let (from, to) = places(finding, text);
    let command = if finding.level == Level::Deny { "error" } else { "warning" };
    let mut message = finding.message.clone();
    for help in finding.help.iter().chain(finding.fix.as_ref().map(|fix| &fix.title)) {
        message.push('\n');
        message.push_str(help);
    }
    // The runner accepts columns only for a finding on one line.
    let columns = if from.line == to.line {
        format!(",col={},endColumn={}", from.column, to.column)
    } else {
        String::new()
    };
    format!(
        "::{command} file={},line={},endLine={}{columns},title={}::{}",
        property(finding.path.as_str()),
        from.line,
        to.line,
        property(finding.code),
        data(&message)
    )
}

fn data(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { harmless(c) }).collect();
    plain.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace('@', "@\u{200b}")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::RepoPath;

    fn quoted() -> Quoted {
        Quoted::new("---\ntitle".to_owned(), &[])
    }

    fn finding() -> Finding {
        let path = RepoPath::new("tickets/a,b.md");
        Finding::deny("unknown-key", &path, "100% wrong\n::error::ask @everyone").at(4..5).help("so")
    }

    #[test]
    fn text_of_a_ticket_is_never_run_as_a_log_command() {
        assert_eq!(
            github(&finding(), Some(&quoted())),
            "::error file=tickets/a%2Cb.md,line=2,endLine=2,col=1,endColumn=2,title=unknown-key::100%25 wrong%0A::error::ask @\u{200b}everyone%0Aso"
        );
        assert_eq!(github(&finding(), None).lines().count(), 1);
    }

    #[test]
    fn control_characters_of_a_ticket_are_replaced() {
        let finding = Finding { message: "a\u{9b}31m \u{202e}b\u{1b}[0m".to_owned(), ..finding() };
        for line in [github(&finding, None), short(&finding, None)] {
            assert!(line.contains("a\u{fffd}31m \u{fffd}b\u{fffd}[0m"), "{line:?}");
        }
    }

    #[test]
    fn a_short_finding_is_one_line() {
        assert_eq!(
            short(&finding(), Some(&quoted())),
            "tickets/a,b.md:2:1: error[unknown-key]: 100% wrong\u{fffd}::error::ask @everyone"
        );
    }
}

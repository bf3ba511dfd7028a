//! The sentence that names a source: what was reported before, and what became of it.

use super::sources::Source;
use crate::{text::one_line, ticket::Resolution};

/// Returns the sentence about the first source, or about another one. `is_quoted` tells whether sentences of the source
/// follow.
pub(super) fn introduction(source: &Source<'_>, is_first: bool, is_quoted: bool, language: &str) -> String {
    let (id, title) = (&source.id, plain(&source.title));
    let is_chinese = language == "zh";
    let Some(thread) = source.thread else {
        return match is_chinese {
            true => format!("来自 {id}（{title}）："),
            false => format!("From {id} ({title}):"),
        };
    };
    let day = thread.state.resolved.map(|time| time.date().to_string()).unwrap_or_default();
    let resolution = thread.state.resolution;
    let (start, start_zh) = match (is_first, source.is_sure) {
        (true, true) => ("This was reported before as", "此问题此前已在以下工单中报告："),
        (true, false) => ("This looks like", "此问题与以下工单相似："),
        (false, _) => ("See also", "另见"),
    };
    let (end, end_zh) = match (is_quoted, resolution) {
        (true, _) => ("The answer was:", "当时的答复："),
        (false, Some(Resolution::Fixed)) if is_first => AFTER_FIX,
        (false, _) => ("", ""),
    };
    let (outcome, outcome_zh) = outcome(resolution);
    let text = match is_chinese {
        true => format!("{start_zh} {id}（{title}），{day} {outcome_zh}。{end_zh}"),
        false => format!("{start} {id} ({title}), which was {outcome} on {day}. {end}"),
    };
    text.trim_end().to_owned()
}

/// What to do if the answer is only that the problem was fixed.
const AFTER_FIX: (&str, &str) = (
    "Please try a version from after that day, and tell us if the problem is still there.",
    "请使用该日期之后的版本再试一次；如果问题仍然存在，请告诉我们。",
);

/// Returns how a ticket was resolved, in English and in Chinese.
fn outcome(resolution: Option<Resolution>) -> (&'static str, &'static str) {
    match resolution {
        Some(Resolution::Fixed) => ("fixed", "已修复"),
        Some(Resolution::Workaround) => ("resolved with a workaround", "已提供临时解决办法"),
        Some(Resolution::Answered) => ("answered", "已答复"),
        Some(Resolution::Declined) => ("closed without a change", "已关闭，未作更改"),
        Some(Resolution::Duplicate) => ("closed as a duplicate", "已作为重复问题关闭"),
        Some(Resolution::NotReproducible) | None => ("resolved", "已解决"),
    }
}

/// Returns a title as Markdown without markup, on one line.
fn plain(title: &str) -> String {
    let mut plain = String::with_capacity(title.len());
    for c in one_line(title).chars() {
        if matches!(c, '\\' | '[' | ']' | '<' | '>' | '`' | '*' | '!') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

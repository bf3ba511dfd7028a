//! The sentence that names a source: what was reported before, and what became of it.

use super::sources::{Relation, Source};
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
    let relation = is_first.then_some(source.relation);
    let is_wish = relation == Some(Relation::SimilarWish);
    let (outcome, outcome_zh) = outcome(resolution, is_wish);
    let (ticket, ticket_zh) = (format!("{id} ({title})"), format!("{id}（{title}）"));
    let (start, start_zh) = match relation {
        Some(Relation::Same) => (
            format!("This was reported before as {ticket}, which was"),
            format!("此问题此前已在以下工单中报告：{ticket_zh}，"),
        ),
        Some(Relation::Possible) => (
            format!("This may be related to {ticket}, which was"),
            format!("此问题可能与以下工单有关：{ticket_zh}，"),
        ),
        Some(Relation::SimilarWish) => (
            format!("{ticket} asked for something similar, and was"),
            format!("以下工单提出过类似的需求：{ticket_zh}，"),
        ),
        None => (format!("See also {ticket}, which was"), format!("另见 {ticket_zh}，")),
    };
    let (question, question_zh) = match relation {
        Some(Relation::Possible) => SAME_PROBLEM,
        // Only that it was closed does not help, so the requester can say what is different now.
        Some(Relation::Same) if !is_quoted && resolution != Some(Resolution::Fixed) => SAME_PROBLEM,
        Some(Relation::SimilarWish) if !is_quoted && resolution == Some(Resolution::Fixed) => {
            (" Does that cover what you need?", "是否已满足您的需要？")
        }
        _ => ("", ""),
    };
    let (end, end_zh) = match (is_quoted, resolution, relation) {
        (true, Some(Resolution::Declined), _) => (" The reason was:", "当时的理由："),
        (true, ..) => (" The answer was:", "当时的答复："),
        (false, Some(Resolution::Fixed), Some(Relation::Same)) => AFTER_FIX,
        (false, ..) => ("", ""),
    };
    match is_chinese {
        true => format!("{start_zh}{day} {outcome_zh}。{question_zh}{end_zh}"),
        false => format!("{start} {outcome} on {day}.{question}{end}"),
    }
}

/// What to ask if it is not certain that the problem is the same, or if its answer says little.
const SAME_PROBLEM: (&str, &str) = (" Is it the same problem?", "是同一个问题吗？");

/// What to do if the answer is only that the problem was fixed.
const AFTER_FIX: (&str, &str) = (
    " Please try a version from after that day, and tell us if the problem is still there.",
    "请使用该日期之后的版本再试一次；如果问题仍然存在，请告诉我们。",
);

/// Returns how a ticket was resolved, in English and in Chinese.
fn outcome(resolution: Option<Resolution>, is_wish: bool) -> (&'static str, &'static str) {
    match resolution {
        Some(Resolution::Fixed) if is_wish => ("done", "已完成"),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
    };

    /// Returns the first sentence about a ticket with this resolution.
    fn sentence(relation: Relation, resolution: &str, is_quoted: bool, language: &str) -> String {
        let reply = format!(
            "---\nauthor: mei\ncreated: 2026-01-02T09:00:00Z\nstatus: resolved\nresolution: {resolution}\n---\nIt is.\n"
        );
        let files = MemorySource::new()
            .with(
                "tickets/old-export.md",
                "---\ntitle: Export stops\nrequester: lena\ncreated: 2026-01-01T09:00:00Z\n---\nIt stops.\n",
            )
            .with("tickets/old-export/r.md", reply.as_str());
        let store = load(Arc::new(files), &CacheSlot::nowhere()).unwrap();
        let (id, title) = ("old-export".to_owned(), "Export stops".to_owned());
        let source = Source { id, title, thread: Some(&store.threads[0]), answer: String::new(), relation };
        introduction(&source, true, is_quoted, language)
    }

    #[test]
    fn the_first_sentence_says_as_much_as_is_certain() {
        let fixed = |relation| sentence(relation, "fixed", false, "en");
        assert_eq!(
            fixed(Relation::Same),
            "This was reported before as old-export (Export stops), which was fixed on 2026-01-02. Please try a version from \
             after that day, and tell us if the problem is still there."
        );
        assert_eq!(
            fixed(Relation::Possible),
            "This may be related to old-export (Export stops), which was fixed on 2026-01-02. Is it the same problem?"
        );
        assert_eq!(
            fixed(Relation::SimilarWish),
            "old-export (Export stops) asked for something similar, and was done on 2026-01-02. Does that cover what you need?"
        );
        assert_eq!(
            sentence(Relation::SimilarWish, "declined", false, "en"),
            "old-export (Export stops) asked for something similar, and was closed without a change on 2026-01-02."
        );
        assert_eq!(
            sentence(Relation::Same, "declined", true, "en"),
            "This was reported before as old-export (Export stops), which was closed without a change on 2026-01-02. The reason was:"
        );
        assert_eq!(
            sentence(Relation::Possible, "fixed", false, "zh"),
            "此问题可能与以下工单有关：old-export（Export stops），2026-01-02 已修复。是同一个问题吗？"
        );
    }
}

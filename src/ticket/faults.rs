//! Tells tickets about a fault from tasks and wishes.

/// Words of somebody who reports a fault, in lower case and sorted.
#[rustfmt::skip]
const FAULT_WORDS: [&str; 82] = [
    "actual", "break", "breaks", "broke", "broken", "bug", "bugs", "can't", "cannot", "couldn't", "crash", "crashed",
    "crashes", "crashing", "didn't", "disappear", "disappears", "doesn't", "don't", "error", "errors", "exception",
    "exceptions", "expected", "fail", "failed", "failing", "fails", "failure", "failures", "freeze", "freezes", "frozen",
    "full", "hang", "hanging", "hangs", "ignore", "ignored", "ignores", "ignoring", "incorrect", "incorrectly", "invalid",
    "isn't", "issue", "issues", "leak", "leaking", "leaks", "lose", "loses", "lost", "missing", "never", "no", "not", "null",
    "outage", "problem", "problems", "refused", "regression", "slow", "slower", "slowly", "stuck", "threw", "throw",
    "throwing", "throws", "timeout", "timeouts", "unable", "undefined", "unexpected", "unexpectedly", "unreachable", "won't",
    "wouldn't", "wrong", "wrongly",
];

/// Words without spaces around them of somebody who reports a fault.
const UNSPACED_FAULT_WORDS: [&str; 10] =
    ["不能", "失败", "异常", "报错", "无法", "错误", "崩溃", "超时", "卡死", "故障"];

/// Returns whether a text has a word of somebody who reports a fault.
pub(super) fn has_fault_word(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
    words.any(|word| {
        let letters = || word.chars().map(|c| if c == '’' { '\'' } else { c.to_ascii_lowercase() });
        FAULT_WORDS.binary_search_by(|known| known.chars().cmp(letters())).is_ok()
            || !word.is_ascii() && UNSPACED_FAULT_WORDS.iter().any(|one| word.contains(one))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_words_are_sorted() {
        assert!(FAULT_WORDS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_report_of_a_fault_is_no_task() {
        for fault in ["The export doesn’t end", "Login is SLOW", "导出任务超时了", "crash: null pointer"]
        {
            assert!(has_fault_word(fault), "{fault}");
        }
        for task in ["Implement getWidth", "Add docs for the pager", "编写导出文档", ""] {
            assert!(!has_fault_word(task), "{task}");
        }
    }
}

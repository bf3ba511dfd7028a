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

/// Words with which the title of a task begins, in lower case and sorted.
#[rustfmt::skip]
const TASK_WORDS: [&str; 44] = [
    "add", "allow", "build", "change", "clean", "convert", "create", "define", "deploy", "design", "develop", "document",
    "enable", "extend", "finish", "implement", "improve", "include", "integrate", "introduce", "investigate", "merge",
    "migrate", "move", "port", "prepare", "provide", "publish", "refactor", "release", "remove", "rename", "replace",
    "review", "rewrite", "setup", "support", "test", "translate", "update", "upgrade", "use", "verify", "write",
];

/// Words without spaces around them with which the title of a task begins.
const UNSPACED_TASK_WORDS: [&str; 8] = ["新增", "增加", "添加", "实现", "编写", "更新", "支持", "创建"];

/// Returns whether a ticket reports a fault. A title that names a fault decides, then one that begins with a task, and else the
/// body, which mentions faults for other reasons too.
pub(super) fn reports_fault(title: &str, body: &str) -> bool {
    has_fault_word(title) || !names_task(title) && has_fault_word(body)
}

/// Returns whether a title, or a part of it after a colon, begins with a task.
fn names_task(title: &str) -> bool {
    title.split([':', '：']).map(str::trim_start).any(|part| {
        let first = part.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        TASK_WORDS.binary_search(&first.to_lowercase().as_str()).is_ok()
            || UNSPACED_TASK_WORDS.iter().any(|word| part.starts_with(word))
    })
}

/// Returns whether a text has a word of somebody who reports a fault.
fn has_fault_word(text: &str) -> bool {
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
    fn the_words_are_sorted() {
        assert!(FAULT_WORDS.is_sorted_by(|a, b| a < b) && TASK_WORDS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_task_can_mention_faults() {
        for (title, body) in [
            ("Reorderer: Review the README", "List the known issues."),
            ("Implement getWidth", "It is not there yet."),
            ("支持导出", "现在无法导出。"),
        ] {
            assert!(!reports_fault(title, body), "{title}");
        }
        assert!(reports_fault("Update fails", "") && reports_fault("Map is grey", "It does not load."));
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

//! Words that people use for a condition, but that the query language does not have.

use super::{KEYS, ValueKind};

/// Words with the condition that people mean by them. Values of other keys, such as `status:overdue`, need no entry.
pub(crate) const MEANT: &[(&str, &str)] = &[
    ("all", "is:any"),
    ("everything", "is:any"),
    ("me", "assignee:me"),
    ("mine", "assignee:me"),
    ("my", "assignee:me"),
    ("closed", "is:resolved"),
    ("done", "is:resolved"),
    ("solved", "is:resolved"),
    ("active", "is:unresolved"),
    ("new", "is:unanswered"),
    ("late", "is:overdue"),
    ("nobody", "is:unassigned"),
    ("waiting", "is:pending"),
    ("blocked", "is:on-hold"),
    ("hold", "is:on-hold"),
    ("review", "is:in-review"),
    ("blocker", "priority:urgent"),
    ("critical", "priority:urgent"),
    ("highest", "priority:urgent"),
    ("major", "priority:high"),
    ("medium", "priority:normal"),
    ("lowest", "priority:low"),
    ("minor", "priority:low"),
    ("rejected", "resolution:declined"),
    ("wontfix", "resolution:declined"),
    ("private", "visibility:internal"),
    ("newest", "sort:-created"),
    ("latest", "sort:-created"),
    ("oldest", "sort:created"),
    ("date", "sort:-created"),
];

/// Returns the condition that people mean by `word`.
pub(crate) fn condition_meant_by(word: &str) -> Option<&'static str> {
    let is_word = |(known, _): &&(&str, &str)| known.eq_ignore_ascii_case(word);
    MEANT.iter().find(is_word).map(|(_, condition)| *condition)
}

/// Returns the condition that people mean when they write the unknown value `text` for `key`. `own` has the values of
/// `key`.
pub(super) fn condition_for(text: &str, key: &str, own: &[&str]) -> Option<String> {
    let is_sort = key == "sort";
    if let Some(condition) = condition_meant_by(text) {
        let (other, value) = condition.split_once(':')?;
        if own.contains(&value) {
            return Some(format!("{key}:{value}"));
        }
        return (is_sort == (other == "sort")).then(|| condition.to_owned());
    }
    if is_sort {
        return None;
    }
    KEYS.iter().filter(|other| !matches!(other.kind, ValueKind::Sort)).find_map(|other| {
        let choices = other.kind.choices(&[]);
        let value = choices.iter().find(|choice| choice.name.eq_ignore_ascii_case(text))?;
        Some(format!("{}:{}", other.name, value.name))
    })
}

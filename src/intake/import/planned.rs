//! A planned file: its path, its keys and its text.

use crate::{
    text::RepoPath,
    ticket::{Document, YamlValue, compose_front},
};

/// A file of the source.
#[derive(Debug)]
pub(super) struct PlannedFile {
    pub(super) path: RepoPath,
    pub(super) text: PlannedText,
}

/// The parts of a planned file's text.
#[derive(Clone, Debug)]
pub(super) struct PlannedText {
    /// The front matter keys; keys without a value are skipped.
    pub(super) front: Vec<(String, Option<YamlValue>)>,
    pub(super) body: String,
}

impl PlannedText {
    /// Creates the text of a file. A body gets a line end, which belongs to the file.
    pub(super) fn new(front: Vec<(&str, Option<YamlValue>)>, body: &str) -> Self {
        Self::exact(front, if body.is_empty() { String::new() } else { format!("{body}\n") })
    }

    /// Creates the text of a file whose text after the front matter is exactly `body`.
    pub(super) fn exact(front: Vec<(&str, Option<YamlValue>)>, body: String) -> Self {
        let front = front.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { front, body }
    }

    /// Returns the front matter and the unchanged body.
    pub(super) fn compose(&self) -> String {
        let mut text = self.compose_front();
        text.push_str(&self.body);
        text
    }

    fn compose_front(&self) -> String {
        let front: Vec<(&str, Option<YamlValue>)> =
            self.front.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        compose_front(&front)
    }

    /// Removes the values that would not be read back from the file as they are, such as lists that are nested too
    /// deep. Returns the removed keys, each with the reason.
    pub(super) fn drop_unreadable(&mut self) -> Vec<(String, String)> {
        let mut dropped = Vec::new();
        if problem_of(&self.front).is_none() {
            return dropped;
        }
        self.front.retain(|entry| match problem_of(std::slice::from_ref(entry)) {
            Some(problem) => {
                dropped.push((entry.0.clone(), problem));
                false
            }
            None => true,
        });
        // Each value is readable alone, but together they are too many: the largest ones go first.
        while let Some(problem) = problem_of(&self.front) {
            let size = |value: &Option<YamlValue>| value.as_ref().map_or(0, count);
            let largest = (0..self.front.len()).max_by_key(|at| size(&self.front[*at].1));
            let Some(at) = largest else { break };
            dropped.push((self.front.remove(at).0, problem));
        }
        dropped
    }
}

/// The maximum length of a key in YAML, in characters.
const MAX_KEY: usize = 1024;

/// Returns the reason why these keys and values are not read back as they are.
fn problem_of(front: &[(String, Option<YamlValue>)]) -> Option<String> {
    let text = PlannedText { front: front.to_vec(), body: String::new() }.compose_front();
    let document = Document::parse(&RepoPath::new("tickets/a.md"), text.as_bytes());
    if let Some(problem) = document.problems.first() {
        if front.iter().any(|(key, _)| key.chars().count() > MAX_KEY) {
            return Some(format!("the name is longer than {MAX_KEY} characters"));
        }
        return Some(match problem.message.contains("recursion limit") {
            true => "the value is nested too deeply".to_owned(),
            false => problem.message.clone(),
        });
    }
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let given = front.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let read = entries.iter().map(|entry| (&entry.key, entry.value.value()));
    let is_equal = given.clone().count() == entries.len()
        && given.zip(read).all(|(given, read)| given.0 == read.0 && *given.1 == read.1);
    (!is_equal).then(|| "it would be read as another value".to_owned())
}

/// Returns the number of values in a value.
fn count(value: &YamlValue) -> usize {
    match value {
        YamlValue::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        YamlValue::Map(entries) => 1 + entries.iter().map(|(_, value)| 1 + count(value)).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Option<YamlValue> {
        Some(YamlValue::Text(value.to_owned()))
    }

    fn list(count: usize) -> Option<YamlValue> {
        Some(YamlValue::List(vec![YamlValue::Text("x".to_owned()); count]))
    }

    #[test]
    fn what_the_reader_refuses_is_dropped_with_the_reason() {
        let deep = (0..20).fold(YamlValue::Null, |inner, _| YamlValue::List(vec![inner]));
        let long = "n".repeat(2_000);
        let front = vec![
            ("title", text("x")),
            ("deep", Some(deep)),
            (long.as_str(), text("y")),
            ("tags", list(21_000)),
        ];
        let mut planned = PlannedText::new(front, "");
        let (dropped, reasons): (Vec<String>, Vec<String>) = planned.drop_unreadable().into_iter().unzip();
        assert_eq!(dropped, ["deep", long.as_str(), "tags"]);
        assert_eq!(reasons[0], "the value is nested too deeply");
        assert_eq!(reasons[1], "the name is longer than 1024 characters");
        assert_eq!(planned.compose(), "---\ntitle: x\n---\n");
    }

    #[test]
    fn of_too_many_values_the_largest_are_dropped() {
        let names: Vec<String> = (0..1_100).map(|number| format!("n{number}")).collect();
        let mut front = vec![("title", text("x")), ("large", list(10_000))];
        front.extend(names.iter().map(|name| (name.as_str(), list(10))));
        let mut planned = PlannedText::new(front, "");
        let dropped: Vec<String> = planned.drop_unreadable().into_iter().map(|(key, _)| key).collect();
        assert_eq!(dropped, ["large"]);
        assert!(planned.drop_unreadable().is_empty());
    }
}

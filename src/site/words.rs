//! The texts of the site's user interface, in the language of the settings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use foldhash::HashMap;

use super::Html;
use super::markdown::{MarkdownWords, escape, escape_into};
use super::theme_problem::ThemeProblem;
use crate::text::Lines;
use crate::ticket::{YamlEntry, YamlNodeKind, parse_yaml};

/// The value of a key in a words file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum WordsEntry {
    Text(String),
    /// A text that depends on a number. `one` is missing in languages without a singular.
    Plural {
        one: Option<String>,
        other: String,
    },
}

/// The value for a `{name}` in a text.
pub enum TextArgument<'a> {
    /// Text, which is escaped.
    Text(&'a str),
    /// HTML that is already safe.
    Html(&'a str),
    /// A number. The part with the name `n` selects the singular or the plural.
    Number(usize),
}

/// The texts of one language. English texts are used if the language has no translation.
#[derive(Clone, Debug, Default)]
pub struct Words {
    entries: HashMap<String, WordsEntry>,
}

impl Words {
    /// Adds the words of the file `name` below `site/`, which replace words with the same keys. A file with a problem
    /// changes nothing.
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<(), ThemeProblem> {
        let problem = |at: usize, reason: String| {
            ThemeProblem::new(name, Some(Lines::of(text).place(text, at).line), reason)
        };
        let (entries, problems) = parse_yaml(text, 0);
        if let Some(first) = problems.into_iter().next() {
            return Err(problem(first.span.start, first.message));
        }
        let mut added = BTreeMap::new();
        flatten("", &entries, &mut added).map_err(|(at, reason)| problem(at, reason))?;
        self.entries.extend(added);
        Ok(())
    }

    /// Returns the text for `key` as HTML, with its `parts` filled in. Returns `None` if the key is unknown, which is
    /// an error in a template.
    pub fn say(&self, key: &str, parts: &[(&str, TextArgument<'_>)]) -> Option<Html> {
        let text = match self.entries.get(key)? {
            WordsEntry::Text(text) => text,
            WordsEntry::Plural { one, other } => {
                let single =
                    parts.iter().any(|(name, part)| *name == "n" && matches!(part, TextArgument::Number(1)));
                one.as_ref().filter(|_| single).unwrap_or(other)
            }
        };
        Some(Html::new(fill(text, parts)))
    }

    /// Returns all texts as HTML without any parts, by their keys.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Html)> {
        self.entries.keys().filter_map(|key| Some((key.as_str(), self.say(key, &[])?)))
    }

    /// Returns the text for `key` as plain text without filling in any parts, or the key itself if it is unknown.
    pub fn plain<'a>(&'a self, key: &'a str) -> &'a str {
        match self.entries.get(key) {
            Some(WordsEntry::Text(text) | WordsEntry::Plural { other: text, .. }) => text,
            None => key,
        }
    }

    /// Returns the word for `value` of the enumeration `group` (`status`, `resolution` and so on), or the value itself.
    pub fn label<'a>(&'a self, group: &str, value: &'a str) -> &'a str {
        match self.entries.get(&format!("{group}.{value}")) {
            Some(WordsEntry::Text(text)) => text,
            _ => value,
        }
    }

    /// Returns the texts whose keys are below `key`, by the rest of their keys. Their parts are not filled in.
    pub fn texts_below(&self, key: &str) -> BTreeMap<String, String> {
        let rest =
            |known: &str| known.strip_prefix(key).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned);
        let texts = self.entries.iter().filter_map(|(known, entry)| match entry {
            WordsEntry::Text(text) => Some((rest(known)?, text.clone())),
            WordsEntry::Plural { .. } => None,
        });
        texts.collect()
    }

    /// Formats a duration as a whole number of the largest possible unit: `40 minutes`, `3 hours`, `2 days`.
    pub fn duration(&self, seconds: i64) -> String {
        let seconds = usize::try_from(seconds.max(0)).unwrap_or(usize::MAX);
        let (key, n) = match seconds {
            0..3_600 => ("duration.minutes", (seconds / 60).max(1)),
            3_600..172_800 => ("duration.hours", seconds / 3_600),
            _ => ("duration.days", seconds / 86_400),
        };
        self.say(key, &[("n", TextArgument::Number(n))]).map(Html::into_string).unwrap_or_default()
    }

    pub fn markdown(&self) -> MarkdownWords {
        let word = |name: &str| self.plain(&format!("markdown.{name}")).to_owned();
        MarkdownWords {
            note: word("note"),
            tip: word("tip"),
            important: word("important"),
            warning: word("warning"),
            caution: word("caution"),
            done: word("done"),
            to_do: word("to_do"),
            table: word("table"),
            contents: word("contents"),
        }
    }
}

/// Formats a number with narrow spaces as the separators of thousands, because no language uses a space as the decimal
/// separator.
pub(crate) fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// Adds the texts below the key `prefix`. Returns the offset and the description of the first problem.
fn flatten(
    prefix: &str,
    map: &[YamlEntry],
    entries: &mut BTreeMap<String, WordsEntry>,
) -> Result<(), (usize, String)> {
    let text = |name: &str| {
        map.iter().find(|entry| entry.key == name).and_then(|entry| entry.value.text()).map(str::to_owned)
    };
    if let Some(other) = text("other")
        && map.iter().all(|entry| matches!(entry.key.as_str(), "one" | "other"))
    {
        entries.insert(prefix.to_owned(), WordsEntry::Plural { one: text("one"), other });
        return Ok(());
    }
    for YamlEntry { key, value, key_span } in map {
        let path = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        match (&value.kind, value.text()) {
            (YamlNodeKind::Map(map), _) => flatten(&path, map, entries)?,
            (_, Some(text)) => _ = entries.insert(path, WordsEntry::Text(text.to_owned())),
            _ => {
                let reason = format!("`{path}` must be text or a map, not {}", value.describe());
                return Err((key_span.start, reason));
            }
        }
    }
    Ok(())
}

fn fill(text: &str, parts: &[(&str, TextArgument<'_>)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        escape_into(&mut out, &rest[..open]);
        let after = &rest[open + 1..];
        let named = after.find('}').map(|close| (&after[..close], &after[close + 1..]));
        let part = named.and_then(|(name, tail)| {
            parts.iter().find(|(known, _)| *known == name).map(|(_, part)| (part, tail))
        });
        match part {
            Some((TextArgument::Text(text), tail)) => {
                out.push_str(&escape(text));
                rest = tail;
            }
            Some((TextArgument::Html(html), tail)) => {
                out.push_str(html);
                rest = tail;
            }
            Some((TextArgument::Number(n), tail)) => {
                let _ = write!(out, "{}", number(*n));
                rest = tail;
            }
            // The caller did not give this part, because a script in the page fills it in.
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    escape_into(&mut out, rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Words {
        let mut words = Words::default();
        files.iter().for_each(|(name, text)| words.add(name, text).unwrap());
        words
    }

    const EN: &str = "a: { b: 'Hello {who}', n: { one: '{n} ticket', other: '{n} tickets' } }\nc: only here";

    #[test]
    fn parts_are_filled_in_and_escaped() {
        let words = read(&[("en", EN)]);
        let hello = words.say("a.b", &[("who", TextArgument::Text("<b>"))]).unwrap();
        assert_eq!(hello.as_str(), "Hello &lt;b&gt;");
        assert_eq!(words.say("a.b", &[("who", TextArgument::Html("<b>"))]).unwrap().as_str(), "Hello <b>");
        assert_eq!(words.say("a.b", &[]).unwrap().as_str(), "Hello {who}");
        assert!(words.say("a.x", &[]).is_none());
    }

    #[test]
    fn a_number_selects_the_singular_or_the_plural() {
        let words = read(&[("en", EN)]);
        let say = |n| words.say("a.n", &[("n", TextArgument::Number(n))]).unwrap().into_string();
        assert_eq!(
            (say(1), say(0), say(12_345)),
            ("1 ticket".into(), "0 tickets".into(), "12\u{202f}345 tickets".into())
        );
    }

    #[test]
    fn a_text_without_a_translation_is_english() {
        let words = read(&[("en", EN), ("zh", "a: { b: '你好 {who}' }")]);
        assert_eq!((words.plain("a.b"), words.plain("c")), ("你好 {who}", "only here"));
    }

    #[test]
    fn a_duration_is_a_whole_number_of_the_largest_unit() {
        let words = read(&[("en", include_str!("../../site/words/en.yml"))]);
        let durations = [20, 2_400, 3_700, 100_000, 200_000].map(|seconds| words.duration(seconds));
        assert_eq!(durations, ["1 minute", "40 minutes", "1 hour", "27 hours", "2 days"]);
    }

    #[test]
    fn every_language_has_every_key() {
        let english = read(&[("en", include_str!("../../site/words/en.yml"))]);
        let chinese = read(&[("zh", include_str!("../../site/words/zh.yml"))]);
        let keys = |words: &Words| words.entries.keys().cloned().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(keys(&english), keys(&chinese));
    }

    #[test]
    fn a_problem_in_a_words_file_names_the_file_and_the_line() {
        let mut words = read(&[("en", EN)]);
        let problem = words.add("words/fr.yml", "c: autre\na: [").unwrap_err().to_string();
        assert!(problem.starts_with("site/words/fr.yml:2: "), "{problem}");
        assert_eq!(words.plain("c"), "only here", "a file with a problem changes nothing");
    }
}

//! Reads typed values from YAML entries and reports invalid values at their exact bytes.

use jiff::tz::TimeZone;

use super::{
    document::Document,
    keys::{CORE_KEYS, REPLY_KEYS},
    status::Visibility,
    yaml::{YamlEntry, YamlNode, YamlNodeKind, YamlStyle},
};
use crate::{
    diagnostic::{Finding, MissingPart},
    text::{RepoPath, Span, Time, nearest},
};

/// Problems of a file's form that can hide a key of its front matter.
const UNREAD_FRONT: [&str; 4] = ["broken-yaml", "duplicate-key", "huge-file", "no-front-matter"];

/// A reader for the keys of one map of a file, which collects problems.
pub(crate) struct YamlReader<'a> {
    path: &'a RepoPath,
    entries: &'a [YamlEntry],
    pub findings: Vec<Finding>,
}

impl<'a> YamlReader<'a> {
    /// Creates a reader of `entries` from the file `path`.
    pub(crate) fn new(path: &'a RepoPath, entries: &'a [YamlEntry]) -> Self {
        Self { path, entries, findings: Vec::new() }
    }

    /// Returns the value of `key`, or `None` if it is missing or null.
    pub(crate) fn node(&self, key: &str) -> Option<&'a YamlNode> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
            .filter(|node| !node.is_null())
    }

    /// Adds a finding `bad-value` at `node`.
    pub(crate) fn bad(&mut self, node: &YamlNode, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::deny("bad-value", self.path, message).at(node.span.clone()).help(help));
    }

    /// Reads a text. A number is returned as it is written; the line ending after a block (`|`) is removed.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.node(key)?;
        match &node.kind {
            YamlNodeKind::Scalar(text, style) => Some(scalar(text, *style)),
            _ => {
                self.bad(node, format!("`{key}` must be text, not {}", node.describe()), "write one value");
                None
            }
        }
    }

    /// Reads a list of texts. A single text is read as a list with one item.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<String> {
        self.node(key).map(|node| self.texts_of(node, key)).unwrap_or_default()
    }

    /// Reads the texts of `node`, the value of `key`.
    pub(crate) fn texts_of(&mut self, node: &YamlNode, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for item in node.items() {
            match &item.kind {
                YamlNodeKind::Scalar(text, style) if !item.is_null() => texts.push(scalar(text, *style)),
                _ => self.bad(
                    item,
                    format!("`{key}` must be a list of texts, but one item is {}", item.describe()),
                    format!("write it as `{key}: [one, two]`"),
                ),
            }
        }
        texts
    }

    /// Reads an RFC 3339 time, or a date or time without an offset, which is a time in `zone`.
    pub(crate) fn time(&mut self, key: &str, zone: &TimeZone) -> Option<Time> {
        let node = self.node(key)?;
        let time = Time::parse_in(node.text().unwrap_or_default(), zone);
        if time.is_none() {
            self.bad(
                node,
                format!("`{key}` is not a time"),
                "write it as `2026-11-22T09:14:00Z` or `2026-11-22`",
            );
        }
        time
    }

    /// Reads a date or a time. A date is midnight UTC.
    pub(crate) fn date(&mut self, key: &str) -> Option<Time> {
        let node = self.node(key)?;
        let text = node.text().unwrap_or_default();
        let time = Time::parse_date(text).or_else(|| Time::parse(text));
        if time.is_none() {
            self.bad(node, format!("`{key}` is not a date"), "write it as `2026-11-22`");
        }
        time
    }

    /// Reads `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &str) -> Option<bool> {
        let node = self.node(key)?;
        match node.value() {
            super::value::YamlValue::Bool(value) => Some(value),
            _ => {
                self.bad(
                    node,
                    format!("`{key}` must be true or false"),
                    "write `true` or `false` without quotes",
                );
                None
            }
        }
    }

    /// Reads a whole number.
    pub(crate) fn count(&mut self, key: &str) -> Option<usize> {
        let node = self.node(key)?;
        let number = node.text().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.bad(
                node,
                format!("`{key}` must be a whole number"),
                "write a whole number, for example `8`",
            );
        }
        number
    }

    /// Reads one word of a closed set, whose spellings are `names`.
    pub(crate) fn word<T>(
        &mut self,
        key: &str,
        names: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(key)?;
        let text = node.text().unwrap_or_default().trim();
        if let Some(word) = parse(text) {
            return Some(word);
        }
        let mut finding = Finding::deny("bad-value", self.path, format!("invalid {key} `{text}`"))
            .at(node.span.clone())
            .missing(MissingPart::Field(key.to_owned()))
            .help(format!("use one of: {}", names.join(", ")));
        if let Some(near) = nearest(text, names.iter().copied()) {
            finding = finding.suggest(format!("write `{near}`"), node.span.clone(), near);
        }
        self.findings.push(finding);
        None
    }

    /// Reads the visibility of the file. If it is unclear (misspelled word or key, front matter that cannot be
    /// parsed), the file is internal until the problem is fixed, because a typing error must not publish anything.
    pub(crate) fn visibility(&mut self, document: &Document) -> Option<Visibility> {
        let is_meant = |key: &str| key != "visibility" && is_visibility(key);
        let visibility = self.word("visibility", Visibility::NAMES, Visibility::parse);
        let unclear = match visibility {
            // Two equal keys may come from a merge, so it is unclear which of them is correct.
            Some(_) => document.problems.iter().any(|problem| problem.code == "duplicate-key"),
            None => {
                self.node("visibility").is_some()
                    || self.entries.iter().any(|entry| is_meant(&entry.key))
                    || Self::front_is_unclear(document)
            }
        };
        if unclear { Some(Visibility::Internal) } else { visibility }
    }

    /// Returns true if a problem of the file's form can hide a key of its front matter.
    pub(super) fn front_is_unclear(document: &Document) -> bool {
        document.problems.iter().any(|problem| UNREAD_FRONT.contains(&problem.code))
    }

    /// Reports every key that is not in `known`.
    pub(crate) fn refuse_unknown(&mut self, known: &[&str]) {
        for entry in self.entries {
            if !known.contains(&entry.key.as_str()) {
                self.findings.push(unknown_key(self.path, &entry.key, entry.key_span.clone(), known));
            }
        }
    }
}

/// Returns true for the key `visibility` and for misspellings of it.
pub(super) fn is_visibility(key: &str) -> bool {
    // The other keys are compared for each file, and comparing letters takes time.
    let is_other = key != "visibility" && (CORE_KEYS.contains(&key) || REPLY_KEYS.contains(&key));
    !is_other && nearest(key, ["visibility"]).is_some()
}

fn scalar(text: &str, style: YamlStyle) -> String {
    match style {
        YamlStyle::Block => text.trim_end_matches('\n').to_owned(),
        YamlStyle::Plain | YamlStyle::Quoted => text.to_owned(),
    }
}

/// Returns the finding for an unknown key; the fix is the most similar known key.
pub(crate) fn unknown_key(path: &RepoPath, key: &str, span: Span, known: &[&str]) -> Finding {
    let finding = Finding::deny("unknown-key", path, format!("unknown key `{key}`")).at(span.clone());
    match nearest(key, known.iter().copied()) {
        Some(near) => {
            finding.label(format!("did you mean `{near}`?")).suggest(format!("write `{near}`"), span, near)
        }
        None => finding.help(format!("use one of: {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{parse_article, parse_reply, parse_ticket};

    #[test]
    fn a_misspelled_visibility_keeps_the_file_internal() {
        let path = RepoPath::new("tickets/a.md");
        let visibility_of = |text: &str| {
            let document = Document::parse(&path, text.as_bytes());
            let (ticket, article) = (parse_ticket(&document, &TimeZone::UTC).0, parse_article(&document).0);
            let reply = parse_reply(&document, &TimeZone::UTC).0.visibility;
            assert_eq!((ticket.visibility, article.visibility), (reply, reply), "{text}");
            reply
        };
        for slip in [
            "---\nvisibility: Internal\n---\n",
            "---\nvisibility: [internal]\n---\n",
            "---\nvisiblity: internal\n---\n",
            "---\nVisibility: internal\n---\n",
            "---\ntags: [a\nvisibility: internal\n---\n",
            "---\nvisibility: public\nvisibility: internal\n---\n",
            "---\n<<<<<<< a\nvisibility: public\n=======\nvisibility: internal\n>>>>>>> b\n---\n",
            "---\nvisibility: internal\n  x: [\n---\n",
            "---\nvisibility: internal\n",
            "visibility: internal\n",
        ] {
            assert_eq!(visibility_of(slip), Some(Visibility::Internal), "{slip}");
        }
        assert_eq!(visibility_of("---\nauthor: mei\nversion: 1\n---\n"), None);
        assert_eq!(visibility_of("---\nvisibility: ~\n---\n"), None);
        assert_eq!(visibility_of("---\nvisibility: public\n---\n"), Some(Visibility::Public));
    }
}

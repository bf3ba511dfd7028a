//! The mapping of an import: what the keys and words of another tool are in Casebook. It is a YAML file that
//! `--dry-run` proposes and `--map` reads.

use super::words::ImportedState;
use crate::ticket::{Priority, YamlEntry, YamlNodeKind, parse_yaml, yaml_scalar};

/// What the keys and words of the files are in Casebook.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mapping {
    pub(super) keys: Vec<(String, KeyTarget)>,
    pub(super) statuses: Vec<(String, ImportedState)>,
    /// The state of a file without a status.
    pub(super) without_status: ImportedState,
    pub(super) priorities: Vec<(String, Priority)>,
    /// People as they are written, with their ids.
    pub(super) people: Vec<(String, String)>,
    /// The sections that tell how a ticket was resolved. The first one with text is used.
    pub(super) resolution_sections: Vec<String>,
    /// Whether a `README.md` stands for its folder.
    pub(super) imports_readmes: bool,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            statuses: Vec::new(),
            without_status: ImportedState::OPEN,
            priorities: Vec::new(),
            people: Vec::new(),
            resolution_sections: Vec::new(),
            imports_readmes: false,
        }
    }
}

/// What a key of the files becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyTarget {
    Title,
    /// The id of the ticket in the other tool.
    Source,
    Requester,
    Created,
    /// When the ticket was resolved.
    Resolved,
    Status,
    Assignee,
    Tags,
    Priority,
    Service,
    Related,
    Aliases,
    Visibility,
    /// A field with another name.
    Field(String),
}

impl KeyTarget {
    const NAMED: &[(&str, Self)] = &[
        ("title", Self::Title),
        ("source", Self::Source),
        ("requester", Self::Requester),
        ("created", Self::Created),
        ("resolved", Self::Resolved),
        ("status", Self::Status),
        ("assignee", Self::Assignee),
        ("tags", Self::Tags),
        ("priority", Self::Priority),
        ("service", Self::Service),
        ("related", Self::Related),
        ("aliases", Self::Aliases),
        ("visibility", Self::Visibility),
    ];

    fn parse(name: &str) -> Self {
        let named = Self::NAMED.iter().find(|(known, _)| *known == name);
        named.map_or_else(|| Self::Field(name.to_owned()), |(_, target)| target.clone())
    }

    fn name(&self) -> &str {
        match self {
            Self::Field(name) => name,
            named => Self::NAMED.iter().find(|(_, target)| target == named).map_or("", |(name, _)| name),
        }
    }
}

const KEYS: &[&str] =
    &["keys", "statuses", "without_status", "priorities", "people", "resolution_sections", "readme"];

impl Mapping {
    /// Parses the text of a mapping.
    ///
    /// # Errors
    /// Each problem with its line.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let line = |at: usize| 1 + text.get(..at).unwrap_or_default().matches('\n').count();
        let (entries, broken) = parse_yaml(text, 0);
        problems.extend(
            broken.iter().map(|broken| format!("line {}: {}", line(broken.span.start), broken.message)),
        );
        let mut mapping = Self::default();
        let mut bad = |entry: &YamlEntry, message: String| {
            problems.push(format!("line {}: {message}", line(entry.key_span.start)));
        };
        for entry in &entries {
            let value = entry.value.text().unwrap_or_default();
            match entry.key.as_str() {
                "keys" => {
                    for (key, target) in words(entry, &mut bad) {
                        mapping.keys.push((key, KeyTarget::parse(&target)));
                    }
                }
                "statuses" => {
                    for (word, state) in words(entry, &mut bad) {
                        match ImportedState::parse(&state) {
                            Some(state) => mapping.statuses.push((word, state)),
                            None => bad(entry, format!("invalid state `{state}`; use one of: {}", states())),
                        }
                    }
                }
                "without_status" => match ImportedState::parse(value) {
                    Some(state) => mapping.without_status = state,
                    None => bad(entry, format!("invalid state `{value}`; use one of: {}", states())),
                },
                "priorities" => {
                    for (word, priority) in words(entry, &mut bad) {
                        match Priority::parse(&priority) {
                            Some(priority) => mapping.priorities.push((word, priority)),
                            None => {
                                let names = Priority::NAMES.join(", ");
                                bad(entry, format!("invalid priority `{priority}`; use one of: {names}"));
                            }
                        }
                    }
                }
                "people" => mapping.people = words(entry, &mut bad),
                "resolution_sections" => {
                    let names = entry.value.items().iter().filter_map(|item| item.text());
                    mapping.resolution_sections = names.map(str::to_owned).collect();
                }
                "readme" => match value {
                    "skip" => mapping.imports_readmes = false,
                    "folder" => mapping.imports_readmes = true,
                    _ => bad(entry, format!("invalid value `{value}` for `readme`; use `skip` or `folder`")),
                },
                key => bad(entry, format!("unknown key `{key}`; use one of: {}", KEYS.join(", "))),
            }
        }
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    /// Returns the text of the mapping.
    pub(crate) fn compose(&self) -> String {
        let mut text = String::from(
            "# A mapping for `casebook import markdown`. Change it, then pass it back with `--map FILE`.\n",
        );
        let mut part = |comment: &str, key: &str, lines: Vec<(String, String)>| {
            text.push_str(&format!("\n# {comment}\n{key}:"));
            if lines.is_empty() {
                text.push_str(" {}");
            }
            text.push('\n');
            for (name, value) in lines {
                text.push_str(&format!("  {}: {}\n", yaml_scalar(&name), yaml_scalar(&value)));
            }
        };
        let own = |name: &str| name.to_owned();
        let keys = self.keys.iter().map(|(key, target)| (key.clone(), own(target.name())));
        part(
            "What the keys of the files become. Other keys stay fields; another name renames the field.",
            "keys",
            keys.collect(),
        );
        let statuses = self.statuses.iter().map(|(word, state)| (word.clone(), own(state.name())));
        part(&format!("What the words of `status` mean: {}.", states()), "statuses", statuses.collect());
        let priorities = self.priorities.iter().map(|(word, priority)| (word.clone(), own(priority.name())));
        let names = Priority::NAMES.join(", ");
        part(&format!("What the words of `priority` mean: {names}."), "priorities", priorities.collect());
        part(
            "People and their ids. The ids of other people are made in the same way.",
            "people",
            self.people.clone(),
        );
        let sections: Vec<String> = self
            .resolution_sections
            .iter()
            .map(|name| serde_json::Value::from(name.as_str()).to_string())
            .collect();
        text.push_str(&format!(
            "\n# The state of a file without a status. A resolved one is only for files with a section below.\nwithout_status: {}\n\n\
             # The sections with the resolution. The first one with text is used.\nresolution_sections: [{}]\n\n\
             # `skip` a README, or import it under the name of its `folder`.\nreadme: {}\n",
            self.without_status.name(),
            sections.join(", "),
            if self.imports_readmes { "folder" } else { "skip" },
        ));
        text
    }
}

fn states() -> String {
    ImportedState::NAMES.join(", ")
}

/// Returns the names and texts of a map.
fn words(entry: &YamlEntry, bad: &mut impl FnMut(&YamlEntry, String)) -> Vec<(String, String)> {
    if !entry.value.is_null() && !matches!(entry.value.kind, YamlNodeKind::Map(_)) {
        bad(entry, format!("`{}` must be a map of `name: value`", entry.key));
    }
    let mut words = Vec::new();
    for inner in entry.value.entries() {
        match inner.value.text() {
            Some(text) => words.push((inner.key.clone(), text.to_owned())),
            None => bad(inner, format!("`{}` must have one value", inner.key)),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        Mapping {
            keys: vec![
                ("eip".into(), KeyTarget::Source),
                ("advisory.date".into(), KeyTarget::Created),
                ("kind of: thing".into(), KeyTarget::Field("category".into())),
            ],
            statuses: vec![
                ("Final".into(), ImportedState::parse("fixed").unwrap()),
                ("yes".into(), ImportedState::OPEN),
                ("Won't Do".into(), ImportedState::parse("declined").unwrap()),
            ],
            priorities: vec![("1".into(), Priority::Urgent)],
            people: vec![("Mei \"M\" Lin (@mei), \\".into(), "mei".into())],
            resolution_sections: vec!["Final Summary".into(), "Fix, or: not".into()],
            imports_readmes: true,
            ..Mapping::default()
        }
    }

    #[test]
    fn a_composed_mapping_parses_to_the_same_mapping() {
        let text = mapping().compose();
        assert_eq!(Mapping::parse(&text), Ok(mapping()), "{text}");
        assert_eq!(Mapping::parse(&Mapping::default().compose()), Ok(Mapping::default()));
        assert_eq!(Mapping::parse(""), Ok(Mapping::default()));
    }

    #[test]
    fn every_problem_of_a_mapping_has_its_line() {
        let text = "keys: { a: title }\nstatuses:\n  Done: finished\nreadme: maybe\nstatus: x\npeople: mei\n";
        let problems = Mapping::parse(text).unwrap_err().join("\n");
        for part in [
            "line 2: invalid state `finished`",
            "line 4: invalid value",
            "line 5: unknown key `status`",
            "line 6: `people` must be a map",
        ] {
            assert!(problems.contains(part), "{problems}");
        }
    }
}

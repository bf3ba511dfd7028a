//! Proposes a mapping from the names and values of the keys of all files.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::tz::TimeZone;

use super::{
    collection::{Collection, SourceFile},
    front::plain_key,
    mapping::{KeyTarget, Mapping},
    names::{date_of, has_login, people_of, person_id, person_name},
    sources::{reference_name, references},
    usual_names::{
        ASSIGNEES, CREATED, NO_SOURCES, PRIORITIES, RELATED, REQUESTERS, RESOLUTION_SECTIONS, RESOLVED,
        SOURCES, STATUSES, TAGS, TITLES,
    },
    words::{ImportedState, before_remark, common_state, plain_word, priority_of, state_of},
};
use crate::{
    settings::Settings,
    text::{is_id, markdown::without_comments},
    ticket::{Priority, Resolution, YamlValue, sections},
};

/// The maximum number of people that a mapping lists.
const MAX_PEOPLE: usize = 100;
/// The maximum length of such a word, in characters.
const MAX_WORD: usize = 60;
/// The maximum number of words of a status or priority that a mapping lists.
const MAX_WORDS: usize = 200;

impl Mapping {
    /// Proposes a mapping for the files of `collection`, whose READMEs are settled here.
    pub(crate) fn propose(collection: &mut Collection, settings: &Settings) -> Self {
        let imports_readmes = collection.is_of_readmes();
        collection.settle_readmes(imports_readmes);
        let survey = Survey::of(&collection.files, settings);
        let mut mapping = Self { imports_readmes, ..Self::default() };
        survey.propose_keys(&mut mapping);
        survey.propose_words(&mut mapping);
        survey.propose_people(&mut mapping);
        survey.propose_sections(&mut mapping);
        mapping
    }
}

/// The keys of all files with their values.
struct Survey<'a> {
    files: &'a [SourceFile],
    settings: &'a Settings,
    zone: TimeZone,
    /// The values that are not empty, of each key.
    values: BTreeMap<String, Vec<&'a YamlValue>>,
}

impl<'a> Survey<'a> {
    fn of(files: &'a [SourceFile], settings: &'a Settings) -> Self {
        let mut values: BTreeMap<String, Vec<&YamlValue>> = BTreeMap::new();
        for (key, value) in files.iter().flat_map(SourceFile::all_keys) {
            // The name of an author is not the name of a ticket.
            let outer = key.split_once('.').map(|(outer, _)| plain_key(outer));
            let is_inner = outer.is_some_and(|outer| {
                outer == "menu" || REQUESTERS.contains(&outer.as_str()) || ASSIGNEES.contains(&outer.as_str())
            });
            if !is_empty(value) && !is_inner {
                values.entry(key).or_default().push(value);
            }
        }
        Self { files, settings, zone: settings.zone(), values }
    }

    fn propose_keys(&self, mapping: &mut Mapping) {
        let mut taken: HashSet<&str> = HashSet::new();
        let mut add = |mapping: &mut Mapping, key: Option<&'_ String>, target: KeyTarget| {
            if let Some(key) = key.and_then(|key| self.values.get_key_value(key)).map(|(key, _)| key)
                && taken.insert(key.as_str())
            {
                mapping.keys.push((key.clone(), target));
            }
        };
        let is_date =
            |value: &YamlValue| value.as_text().is_some_and(|text| date_of(&text, &self.zone).is_some());
        let is_text = |value: &YamlValue| value.as_text().is_some();
        for key in self.ranked(TITLES, 0.5, is_text) {
            add(mapping, Some(key), KeyTarget::Title);
        }
        add(mapping, self.source(), KeyTarget::Source);
        let created = self.ranked(CREATED, 0.6, is_date);
        for key in &created {
            add(mapping, Some(key), KeyTarget::Created);
        }
        if created.is_empty() {
            // Another name whose values are nearly all dates.
            let dates = self.values.iter().filter(|(key, values)| {
                let known = RESOLVED.contains(&last_part(key).as_str());
                !known && values.len() * 2 > self.files.len() && share(values, is_date) > 0.9
            });
            add(mapping, dates.map(|(key, _)| key).next(), KeyTarget::Created);
        }
        let is_state = |value: &YamlValue| value.as_text().is_some_and(|text| state_of(&text).is_some());
        let status = self.ranked(STATUSES, 0.5, is_state);
        // The other names may mean something else, such as the stage of a release.
        let status = status.first().copied().or_else(|| {
            let few = |values: &Vec<&YamlValue>| {
                let words: BTreeSet<String> = values.iter().filter_map(|value| value.as_text()).collect();
                values.len() * 2 > self.files.len()
                    && (2..=12).contains(&words.len())
                    && words.len() * 3 <= values.len() + 3
            };
            let is_word =
                |value: &YamlValue| matches!(value, YamlValue::Text(text) if common_state(text).is_some());
            let states = self.values.iter().filter(|(_, values)| few(values) && share(values, is_word) > 0.8);
            states.map(|(key, _)| key).next()
        });
        add(mapping, status, KeyTarget::Status);
        let is_person = |value: &YamlValue| {
            !people_of(value).is_empty() && !matches!(value, YamlValue::Bool(_) | YamlValue::Number(_))
        };
        for key in self.ranked(ASSIGNEES, 0.5, is_person) {
            add(mapping, Some(key), KeyTarget::Assignee);
        }
        for key in self.ranked(REQUESTERS, 0.5, is_person) {
            add(mapping, Some(key), KeyTarget::Requester);
        }
        // The most exact name is first, in however few files it is.
        for name in RESOLVED {
            for key in self.ranked(&[name], 0.6, is_date) {
                add(mapping, Some(key), KeyTarget::Resolved);
            }
        }
        let is_priority =
            |value: &YamlValue| value.as_text().is_some_and(|text| priority_of(&text).is_some());
        let priority = self.ranked(PRIORITIES, 0.6, is_priority);
        add(mapping, priority.first().copied(), KeyTarget::Priority);
        for key in self.all(TAGS, |value| matches!(value, YamlValue::List(_) | YamlValue::Text(_))) {
            add(mapping, Some(key), KeyTarget::Tags);
        }
        let is_service = |value: &YamlValue| value.as_text().is_some_and(|text| is_id(&text));
        add(mapping, self.ranked(&["service"], 0.9, is_service).first().copied(), KeyTarget::Service);
        let names = self.names(mapping);
        let is_reference = |value: &YamlValue| {
            let texts = references(value);
            let known = texts.iter().filter(|text| names.contains(&reference_name(text))).count();
            !texts.is_empty() && known * 2 >= texts.len()
        };
        for key in self.all(RELATED, is_reference) {
            add(mapping, Some(key), KeyTarget::Related);
        }
        for key in self.all(&["aliases", "redirect-from", "former-ids", "old-ids"], |_| true) {
            add(mapping, Some(key), KeyTarget::Aliases);
        }
        add(mapping, self.ranked(&["visibility"], 0.0, is_text).first().copied(), KeyTarget::Visibility);
    }

    /// Returns the keys with one of `names` of whose values at least the share `least` is as `test` says. The first is
    /// the best name of those in many files; the others follow if they are in files without it.
    fn ranked(&self, names: &[&str], least: f64, test: impl Fn(&YamlValue) -> bool) -> Vec<&String> {
        let keys =
            names.iter().flat_map(|name| self.values.iter().filter(move |(key, _)| last_part(key) == *name));
        let mut keys: Vec<(&String, usize)> = keys
            .filter(|(_, values)| share(values, &test) >= least.max(f64::MIN_POSITIVE))
            .map(|(key, values)| (key, values.len()))
            .collect();
        let most = keys.iter().map(|(_, count)| *count).max().unwrap_or(0);
        keys.sort_by_key(|(_, count)| count * 2 < most);
        let mut ranked: Vec<&String> = Vec::new();
        for (key, _) in keys {
            let has = |file: &SourceFile, key: &str| file.get(key).is_some_and(|value| !is_empty(value));
            let is_new =
                |file: &&SourceFile| has(file, key) && !ranked.iter().any(|known| has(file, known.as_str()));
            if self.files.iter().any(|file| is_new(&file)) {
                ranked.push(key);
            }
        }
        ranked
    }

    /// Returns all keys with one of `names` most of whose values are as `test` says.
    fn all(&self, names: &[&str], test: impl Fn(&YamlValue) -> bool) -> Vec<&String> {
        let named =
            names.iter().flat_map(|name| self.values.iter().filter(move |(key, _)| last_part(key) == *name));
        named.filter(|(_, values)| share(values, &test) >= 0.5).map(|(key, _)| key).collect()
    }

    /// Returns the key with the id: its values differ from file to file, and its name or its values tell it.
    fn source(&self) -> Option<&String> {
        // An id that two files share by mistake is still an id.
        let differ = |key: &str, values: &[&YamlValue]| {
            let least = if last_part(key) == "id" { 0.7 } else { 0.95 };
            let texts: Vec<String> = values.iter().filter_map(|value| value.as_text()).collect();
            let different: HashSet<&String> = texts.iter().collect();
            texts.len() == values.len() && different.len() as f64 >= texts.len() as f64 * least
        };
        let is_short =
            |value: &YamlValue| value.as_text().is_some_and(|text| text.len() <= 60 && !text.contains(' '));
        let candidates = || {
            self.values.iter().filter(|(key, values)| {
                values.len() * 2 > self.files.len() && differ(key, values) && share(values, is_short) > 0.95
            })
        };
        let is_named = |key: &str| {
            let name = last_part(key);
            SOURCES.iter().position(|known| *known == name || name.ends_with(&format!("-{known}")))
        };
        let candidates = || candidates().filter(|(key, _)| !NO_SOURCES.contains(&last_part(key).as_str()));
        let named = candidates().filter_map(|(key, _)| Some((is_named(key)?, key))).min();
        named.map(|(_, key)| key).or_else(|| {
            // The names of the files contain the values, as `eip: 1559` in `eip-1559.md`.
            let in_name = |key: &str| {
                let with =
                    self.files.iter().filter(|file| file.get(key).is_some_and(|value| !is_empty(value)));
                let (mut all, mut found) = (0_usize, 0_usize);
                for file in with {
                    let text = file.get(key).and_then(YamlValue::as_text).unwrap_or_default();
                    all += 1;
                    found += usize::from(has_part(file.stem(), &text));
                }
                all > 0 && found * 10 >= all * 9
            };
            candidates().map(|(key, _)| key).find(|key| in_name(key))
        })
    }

    /// Returns the names by which a file may refer to another one.
    fn names(&self, mapping: &Mapping) -> HashSet<String> {
        let source = mapping.keys.iter().find(|(_, target)| *target == KeyTarget::Source).map(|(key, _)| key);
        let ids = self.files.iter().filter_map(|file| file.get(source?)?.as_text());
        let stems = self.files.iter().map(|file| file.stem().to_owned());
        ids.chain(stems).map(|name| reference_name(&name)).collect()
    }

    fn propose_words(&self, mapping: &mut Mapping) {
        for (word, _) in self.words_of(mapping, &KeyTarget::Status) {
            let state = state_of(&word).unwrap_or(ImportedState::OPEN);
            mapping.statuses.push((word, state));
        }
        for (word, _) in self.words_of(mapping, &KeyTarget::Priority) {
            mapping.priorities.extend(priority_of(&word).map(|priority: Priority| (word, priority)));
        }
    }

    /// Returns the different values of the key with this target, the most frequent first.
    fn words_of(&self, mapping: &Mapping, target: &KeyTarget) -> Vec<(String, usize)> {
        let mut words: HashMap<String, (String, usize)> = HashMap::new();
        for (key, _) in mapping.keys.iter().filter(|(_, known)| known == target) {
            for text in self.values.get(key).into_iter().flatten().filter_map(|value| value.as_text()) {
                // Of a long text, the part before a remark is the word.
                let text = match plain_word(&text).chars().count() > MAX_WORD {
                    true => before_remark(&text),
                    false => text.as_str(),
                };
                let word = plain_word(text);
                if !word.is_empty() && word.chars().count() <= MAX_WORD {
                    words.entry(word).or_insert_with(|| (text.trim().to_owned(), 0)).1 += 1;
                }
            }
        }
        most_frequent(words.into_values().collect(), MAX_WORDS)
    }

    fn propose_people(&self, mapping: &mut Mapping) {
        let mut people: HashMap<String, usize> = HashMap::new();
        for (key, target) in &mapping.keys {
            if !matches!(target, KeyTarget::Requester | KeyTarget::Assignee) {
                continue;
            }
            for value in self.values.get(key).into_iter().flatten() {
                for person in people_of(value).into_iter().take(1).filter(|person| person.len() <= 200) {
                    *people.entry(person).or_default() += 1;
                }
            }
        }
        let logins = self.logins(people.keys());
        let shown = most_frequent(
            people.iter().map(|(person, count)| (person.clone(), *count)).collect(),
            MAX_PEOPLE,
        );
        let shown: HashSet<String> = shown.into_iter().map(|(person, _)| person).collect();
        for (person, _) in most_frequent(people.into_iter().collect(), usize::MAX) {
            let own = person_id(&person, self.settings);
            let login = logins.get(&person_name(&person)).cloned().flatten();
            let id = login.filter(|_| !has_login(&person)).unwrap_or_else(|| own.clone());
            // A person whose login is in another file cannot be found without the mapping.
            if id != person && (shown.contains(&person) || id != own) {
                mapping.people.push((person, id));
            }
        }
    }

    /// Returns the ids of the people who are written with a login somewhere, by their names; `None` for a name with
    /// several logins.
    fn logins<'p>(&self, people: impl Iterator<Item = &'p String>) -> HashMap<String, Option<String>> {
        let mut logins: HashMap<String, Option<String>> = HashMap::new();
        for person in people.filter(|person| has_login(person)) {
            let (name, id) = (person_name(person), Some(person_id(person, self.settings)));
            let known = logins.entry(name).or_insert_with(|| id.clone());
            if *known != id {
                *known = None;
            }
        }
        logins.remove("");
        logins
    }

    fn propose_sections(&self, mapping: &mut Mapping) {
        let mut counts: HashMap<usize, (String, usize)> = HashMap::new();
        let status = mapping.keys.iter().find(|(_, target)| *target == KeyTarget::Status).map(|(key, _)| key);
        let has_status =
            |file: &SourceFile| status.and_then(|key| file.get(key)).is_some_and(|value| !is_empty(value));
        // The files without a status, and how many of these have a section.
        let (mut without_status, mut with_section) = (0, 0);
        for file in self.files {
            let mut has_section = false;
            for section in sections(&file.body) {
                let name = section.heading.trim().to_lowercase();
                let text = file.body.get(section.span.clone()).unwrap_or_default();
                if let Some(at) = RESOLUTION_SECTIONS.iter().position(|known| *known == name)
                    && !without_comments(text).trim().is_empty()
                {
                    counts.entry(at).or_insert_with(|| (section.heading.trim().to_owned(), 0)).1 += 1;
                    has_section = true;
                }
            }
            if !has_status(file) {
                without_status += 1;
                with_section += usize::from(has_section);
            }
        }
        let mut known: Vec<(usize, String)> = counts.into_iter().map(|(at, (name, _))| (at, name)).collect();
        known.sort();
        mapping.resolution_sections = known.into_iter().map(|(_, name)| name).collect();
        if without_status * 2 < self.files.len() {
            return;
        }
        // A text that says how to solve a problem has no open question. In a collection where few texts do, the section
        // is something else.
        if with_section * 5 < without_status {
            mapping.resolution_sections.clear();
        } else if !mapping.resolution_sections.is_empty() {
            mapping.without_status = ImportedState::Resolved(Resolution::Answered);
        }
    }
}

/// Sorts by frequency and then by name, and cuts.
fn most_frequent(mut words: Vec<(String, usize)>, most: usize) -> Vec<(String, usize)> {
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(most);
    words
}

fn last_part(key: &str) -> String {
    plain_key(key.rsplit('.').next().unwrap_or(key))
}

fn share(values: &[&YamlValue], test: impl Fn(&YamlValue) -> bool) -> f64 {
    let count = values.iter().filter(|value| test(value)).count();
    count as f64 / values.len().max(1) as f64
}

fn is_empty(value: &YamlValue) -> bool {
    match value {
        YamlValue::Null => true,
        YamlValue::Text(text) => text.trim().is_empty(),
        YamlValue::List(items) => items.is_empty(),
        YamlValue::Map(entries) => entries.is_empty(),
        YamlValue::Bool(_) | YamlValue::Number(_) => false,
    }
}

/// Returns whether `part` is a whole part of a name: `1559` of `eip-1559`.
fn has_part(name: &str, part: &str) -> bool {
    let (name, part) = (name.to_lowercase(), part.to_lowercase());
    let is_between = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !part.is_empty()
        && name.match_indices(&part).any(|(at, _)| {
            let before = name[..at].trim_end_matches('0').chars().next_back();
            is_between(before) && is_between(name[at + part.len()..].chars().next())
        })
}

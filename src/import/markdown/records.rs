//! Converts the files of a collection to tickets, by a mapping.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;

use super::{
    collection::{Collection, SourceFile},
    fields::Fields,
    mapping::{KeyTarget, Mapping},
    names::{date_of, people_of, person_id},
    sources::{Names, references, sources_of},
    words::{ImportedState, before_remark, plain_word},
};
use crate::{
    settings::Settings,
    text::{Plural, Time, is_id, is_reserved_name, markdown::without_comments},
    ticket::{ReplyRecord, Section, Status, TicketRecord, Visibility, YamlValue, sections},
};

/// The tickets of a collection.
#[derive(Default)]
pub(crate) struct MarkdownRecords {
    pub(crate) records: Vec<TicketRecord>,
    /// The path of the file of each record.
    pub(crate) paths: Vec<String>,
    /// Notes about data that is not imported as it was, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// Converts all files. Keys that the mapping does not name become fields.
pub(crate) fn records_of(
    collection: &Collection,
    mapping: &Mapping,
    settings: &Settings,
    with_replies: bool,
) -> MarkdownRecords {
    let sources = sources_of(&collection.files, mapping);
    let names = Names::of(&collection.files, &sources);
    let converter = Converter { mapping, settings, zone: settings.zone(), names: &names, with_replies };
    let mut converted = MarkdownRecords::default();
    let (mut undated, mut published, mut unknown) = (Vec::new(), 0, HashMap::<String, usize>::new());
    for (file, source) in collection.files.iter().zip(&sources) {
        let record = converter.record(file, source);
        // Articles have no date.
        if record.is_undated && with_replies {
            undated.push(file.path.as_str());
        }
        published += usize::from(record.was_public);
        for word in record.unknown_words {
            *unknown.entry(word).or_default() += 1;
        }
        converted.records.push(record.record);
        converted.paths.push(file.path.to_string());
    }
    let mut unknown: Vec<(String, usize)> = unknown.into_iter().collect();
    unknown.sort();
    for (word, count) in unknown {
        converted.notes.push(format!("the mapping has no {word}, found in {}", Plural(count, "file")));
    }
    if let Some(first) = undated.first() {
        converted.notes.push(format!(
            "neither a date nor a commit in {}, such as {first}; the time of the last change on the disk is used",
            Plural(undated.len(), "file")
        ));
    }
    if published > 0 {
        converted.notes.push(format!(
            "`visibility: public` is not taken over from {}; the settings of this repository apply",
            Plural(published, "file")
        ));
    }
    converted
}

struct Converter<'a> {
    mapping: &'a Mapping,
    settings: &'a Settings,
    zone: TimeZone,
    names: &'a Names<'a>,
    with_replies: bool,
}

/// A ticket, and what is told about its conversion.
#[derive(Default)]
struct Converted {
    record: TicketRecord,
    is_undated: bool,
    was_public: bool,
    /// Words that the mapping does not have, such as ``status `Lost` ``.
    unknown_words: Vec<String>,
}

impl Converter<'_> {
    fn record(&self, file: &SourceFile, source: &str) -> Converted {
        let mut done = Converted::default();
        let mut fields = Fields::of(file);
        let title = self.title(file, &mut fields);
        let created = self.created(file, &mut fields, &mut done);
        let requester = self.person(file, &KeyTarget::Requester, &mut fields).or_else(|| {
            let commit = file.history.as_ref()?.added.as_ref()?;
            Some(self.settings.author_id(&commit.name, &commit.email))
        });
        fields.use_text(self.first(file, &KeyTarget::Source), source);
        let id = self.id(file, source);
        let aliases = self.aliases(file, source, &id, &mut fields);
        done.record = TicketRecord {
            title,
            created: Some(created.clone()),
            priority: self.priority(file, &mut fields, &mut done),
            service: self.service(file, &mut fields),
            tags: self.texts(file, &KeyTarget::Tags, &mut fields),
            visibility: self.visibility(file, &mut fields, &mut done),
            related: self.related(file),
            replies: if self.with_replies {
                self.reply(file, &created, requester.as_deref(), &mut fields, &mut done)
            } else {
                Vec::new()
            },
            requester: requester.filter(|_| self.with_replies),
            id,
            aliases,
            source: Some(source.to_owned()),
            body: file.body.clone(),
            has_exact_body: true,
            ..TicketRecord::default()
        };
        done.record.fields = fields.rest(self.mapping);
        done
    }

    /// Returns the values of the keys with this target, in the order of the mapping.
    fn all<'f>(&self, file: &'f SourceFile, target: &KeyTarget) -> Vec<(&str, &'f YamlValue)> {
        let keys = self.mapping.keys.iter().filter(|(_, known)| known == target);
        keys.filter_map(|(key, _)| Some((key.as_str(), file.get(key)?)))
            .filter(|(_, value)| **value != YamlValue::Null)
            .collect()
    }

    fn first<'f>(&self, file: &'f SourceFile, target: &KeyTarget) -> Option<(&str, &'f YamlValue)> {
        self.all(file, target).into_iter().next()
    }

    fn title(&self, file: &SourceFile, fields: &mut Fields<'_>) -> String {
        let given = self.first(file, &KeyTarget::Title);
        let text = given.and_then(|(_, value)| value.as_text()).filter(|text| !text.trim().is_empty());
        let title = match (&text, &file.heading) {
            // The name of a feature is shorter than the heading that explains it.
            (Some(text), _) => text.trim().to_owned(),
            (None, Some(heading)) => heading.clone(),
            (None, None) => file.stem().replace(['-', '_'], " "),
        };
        fields.use_text(given, &title);
        title
    }

    fn created(&self, file: &SourceFile, fields: &mut Fields<'_>, done: &mut Converted) -> String {
        for (key, value) in self.all(file, &KeyTarget::Created) {
            let Some(date) = value.as_text().and_then(|text| date_of(&text, &self.zone)) else { continue };
            fields.use_text(Some((key, value)), &date);
            return date;
        }
        if let Some(commit) = file.history.as_ref().and_then(|history| history.added.as_ref()) {
            return commit.time.to_string();
        }
        done.is_undated = true;
        file.history.as_ref().map_or(file.modified, |history| history.changed).to_string()
    }

    fn person(&self, file: &SourceFile, target: &KeyTarget, fields: &mut Fields<'_>) -> Option<String> {
        let (key, value, person) = self
            .all(file, target)
            .into_iter()
            .find_map(|(key, value)| Some((key, value, people_of(value).into_iter().next()?)))?;
        let named = self.mapping.people.iter().find(|(name, _)| *name == person).map(|(_, id)| id.clone());
        let id = named.unwrap_or_else(|| person_id(&person, self.settings));
        fields.use_text(Some((key, value)), &id);
        Some(id)
    }

    /// Returns the id that the ticket should have. A number alone is not a good name, so the file's name is used.
    fn id(&self, file: &SourceFile, source: &str) -> String {
        let is_number = source.chars().all(|c| !c.is_alphabetic());
        let words = file.stem().to_lowercase();
        let words = words.split([' ', '_', '.', '-']).filter(|word| !word.is_empty());
        let stem = words.collect::<Vec<_>>().join("-");
        let is_good = is_id(&stem) && !is_reserved_name(&stem) && self.names.has_unique_stem(file);
        match is_good && stem.chars().any(char::is_alphabetic) {
            true if is_number || source == file.place => stem,
            _ if is_number => format!("t-{source}"),
            _ => source.to_owned(),
        }
    }

    /// Returns the names under which other files may link to this one.
    fn aliases(&self, file: &SourceFile, source: &str, id: &str, fields: &mut Fields<'_>) -> Vec<String> {
        let mut aliases = self.texts(file, &KeyTarget::Aliases, fields);
        if self.names.has_unique_stem(file) {
            aliases.push(file.stem().to_owned());
        }
        aliases.push(file.place.clone());
        aliases.push(source.to_owned());
        let mut seen: HashSet<String> = HashSet::from([id.to_owned()]);
        // A path inside the folder is the source or an alias; the source itself needs no alias unless it is an id.
        aliases.retain(|alias| !alias.trim().is_empty() && seen.insert(alias.clone()));
        aliases.retain(|alias| alias != source || (!alias.contains('/') && alias.to_lowercase() != id));
        aliases
    }

    fn texts(&self, file: &SourceFile, target: &KeyTarget, fields: &mut Fields<'_>) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (key, value) in self.all(file, target) {
            let is_list =
                matches!(value, YamlValue::List(items) if items.iter().all(|item| item.as_text().is_some()));
            // A text holds several words between commas, or between blanks as in Jekyll.
            let is_jekyll = *target == KeyTarget::Tags && file.get("layout").is_some();
            let words: Vec<String> = match value {
                YamlValue::Text(text) if text.contains(',') => text.split(',').map(str::to_owned).collect(),
                YamlValue::Text(text) if is_jekyll => text.split_whitespace().map(str::to_owned).collect(),
                value => value.texts(),
            };
            if is_list || words.len() <= 1 && value.as_text().is_some() {
                fields.used.insert(key.to_owned());
            }
            for word in words.into_iter().map(|word| word.trim().to_owned()) {
                if !word.is_empty() && !texts.contains(&word) {
                    texts.push(word);
                }
            }
        }
        texts
    }

    fn related(&self, file: &SourceFile) -> Vec<String> {
        let mut related: Vec<String> = Vec::new();
        for (_, value) in self.all(file, &KeyTarget::Related) {
            for source in references(value).iter().filter_map(|text| self.names.source(text)) {
                if !related.iter().any(|known| known == source) {
                    related.push(source.to_owned());
                }
            }
        }
        related
    }

    fn priority(&self, file: &SourceFile, fields: &mut Fields<'_>, done: &mut Converted) -> Option<String> {
        let (key, value) = self.first(file, &KeyTarget::Priority)?;
        let text = value.as_text().filter(|text| !text.trim().is_empty())?;
        let word = plain_word(&text);
        let priority = self.mapping.priorities.iter().find(|(known, _)| plain_word(known) == word);
        match priority {
            Some((_, priority)) => fields.use_text(Some((key, value)), priority.name()),
            None => done.unknown_words.push(format!("priority `{}`", text.trim())),
        }
        priority.map(|(_, priority)| priority.name().to_owned())
    }

    fn service(&self, file: &SourceFile, fields: &mut Fields<'_>) -> Option<String> {
        let (key, value) = self.first(file, &KeyTarget::Service)?;
        let service = value.as_text().filter(|text| is_id(text))?;
        fields.use_text(Some((key, value)), &service);
        Some(service)
    }

    /// Returns the visibility, which is kept only if it is internal. The meaning of other words is not known, so they
    /// hide the ticket too.
    fn visibility(&self, file: &SourceFile, fields: &mut Fields<'_>, done: &mut Converted) -> Option<String> {
        let given = self.first(file, &KeyTarget::Visibility);
        let given = given.or_else(|| Some(("visibility", file.get("visibility")?)));
        let (key, value) = given.filter(|(_, value)| **value != YamlValue::Null)?;
        let internal = Visibility::Internal.name();
        match value.as_text().as_deref().map(str::trim).and_then(Visibility::parse) {
            Some(Visibility::Public) => {
                fields.used.insert(key.to_owned());
                done.was_public = true;
                None
            }
            Some(Visibility::Internal) => {
                fields.used.insert(key.to_owned());
                Some(internal.to_owned())
            }
            None => Some(internal.to_owned()),
        }
    }

    /// Returns the state of the file.
    fn state(&self, file: &SourceFile, done: &mut Converted) -> ImportedState {
        let given = self.first(file, &KeyTarget::Status).and_then(|(_, value)| value.as_text());
        let Some(text) = given.filter(|text| !plain_word(text).is_empty()) else {
            return self.mapping.without_status;
        };
        let find = |word: &str| {
            let word = plain_word(word);
            self.mapping.statuses.iter().find(|(known, _)| plain_word(known) == word).map(|(_, state)| *state)
        };
        find(&text).or_else(|| find(before_remark(&text))).unwrap_or_else(|| {
            done.unknown_words.push(format!("status `{}`", text.trim()));
            ImportedState::OPEN
        })
    }

    /// Returns the reply that holds the state, the assignee and the resolution, if there is any.
    fn reply(
        &self,
        file: &SourceFile,
        created: &str,
        requester: Option<&str>,
        fields: &mut Fields<'_>,
        done: &mut Converted,
    ) -> Vec<ReplyRecord> {
        let mut state = self.state(file, done);
        let section = self.resolution_section(file);
        let has_status = self.first(file, &KeyTarget::Status).is_some();
        if !has_status
            && section.is_none()
            && matches!(state, ImportedState::Resolved(_))
            && !self.mapping.resolution_sections.is_empty()
        {
            // The state of files without a status is about those that tell a solution.
            state = ImportedState::OPEN;
        }
        let assignee = self.person(file, &KeyTarget::Assignee, fields);
        if state == ImportedState::OPEN && assignee.is_none() {
            return Vec::new();
        }
        let opened = Time::parse_in(created, &self.zone);
        let closed = self.all(file, &KeyTarget::Resolved).into_iter().find_map(|(_, value)| {
            let date = value.as_text().and_then(|text| date_of(&text, &self.zone))?;
            Time::parse_in(&date, &self.zone).map(|time| (time, date))
        });
        let closed = closed.or_else(|| {
            let changed = file.history.as_ref()?.changed;
            Some((changed, changed.to_string()))
        });
        // An open ticket was assigned at some time that nobody knows.
        let closed = closed.filter(|(time, _)| state != ImportedState::OPEN && Some(*time) >= opened);
        let (status, resolution) = match state {
            ImportedState::Unresolved(Status::Open) => (None, None),
            ImportedState::Unresolved(status) => (Some(status.name().to_owned()), None),
            ImportedState::Resolved(resolution) => {
                (Some(Status::Resolved.name().to_owned()), Some(resolution.name().to_owned()))
            }
        };
        let is_resolved = resolution.is_some();
        vec![ReplyRecord {
            author: assignee.clone().or_else(|| requester.map(str::to_owned)),
            created: Some(closed.map_or_else(|| created.to_owned(), |(_, date)| date)),
            status,
            resolution,
            assignee: assignee.map(Some),
            body: section.filter(|_| is_resolved).unwrap_or_default(),
            ..ReplyRecord::default()
        }]
    }

    /// Returns the text of the first section with a resolution.
    fn resolution_section(&self, file: &SourceFile) -> Option<String> {
        let all = sections(&file.body);
        let text = |section: &Section| {
            let text = file.body.get(section.span.clone()).unwrap_or_default();
            let is_filled = !without_comments(text).trim().is_empty();
            is_filled.then(|| text.trim_matches(['\r', '\n']).to_owned())
        };
        let named = |name: &String| all.iter().filter(|section| section.is(name)).find_map(text);
        self.mapping.resolution_sections.iter().find_map(named)
    }
}

//! The rules of the forms as data. One file of the site has them, so that each rule is written once.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::RULES;
use crate::detectors::{personal::PersonalTables, substance::PLACEHOLDERS, title::TitleWords};
use crate::settings::{Settings, path_expressions};
use crate::site::Site;
use crate::site::forge::FormForge;
use crate::template::{Field, MAX_VALUE_LENGTH, Need, SectionRule, Stage, Template};
use crate::text::{Letters, browser_pattern, latin_slugs};
use crate::ticket::{MAX_TAG, MAX_TITLE, MAX_VALUES, Priority, Resolution, Status, Visibility};
use crate::view::Audience;

/// The rules of all forms.
#[derive(Serialize)]
pub(in crate::site) struct FormRules<'a> {
    templates: BTreeMap<&'a str, TemplateRules<'a>>,
    services: Vec<FormService<'a>>,
    people: Vec<FormPerson<'a>>,
    /// Whether `services` and `people` are complete. A public site lists only those that public tickets name.
    is_complete: bool,
    /// The level of each rule: `allow`, `warn` or `deny`.
    levels: BTreeMap<&'static str, &'static str>,
    limits: Limits,
    priorities: &'static [&'static str],
    visibilities: &'static [&'static str],
    statuses: &'static [&'static str],
    resolutions: &'static [&'static str],
    title_words: TitleWords,
    /// Texts that are no answer.
    placeholders: &'static [&'static str],
    personal: PersonalTables,
    /// The slug of each Latin letter that is not of ASCII.
    latin: BTreeMap<char, String>,
    forge: Option<FormForge>,
    /// The words of the scripts.
    words: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Limits {
    title: usize,
    tag: usize,
    values: usize,
    /// The length in bytes of a value with a pattern.
    pattern_value: usize,
}

#[derive(Serialize)]
struct FormService<'a> {
    id: &'a str,
    name: &'a str,
    paths: Vec<FormPath>,
    /// The names of the people who are on call.
    oncall: Vec<&'a str>,
}

/// A pattern of a service's paths.
#[derive(Serialize)]
struct FormPath {
    /// The length of the pattern in characters: of several that match, the longest is used.
    length: usize,
    /// Expressions for JavaScript, of which one must match.
    expressions: Vec<String>,
}

impl FormPath {
    fn of(pattern: &str) -> Self {
        let all = path_expressions(pattern).into_iter();
        Self {
            length: pattern.chars().count(),
            expressions: all.filter_map(|one| browser_pattern(&one, Letters::Ascii)).collect(),
        }
    }
}

#[derive(Serialize)]
struct FormPerson<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct TemplateRules<'a> {
    title: &'a str,
    fields: Vec<FieldRules<'a>>,
    sections: Vec<SectionRules<'a>>,
    resolution: Vec<SectionRules<'a>>,
}

/// The conditions under which a field or section is required.
#[derive(Serialize)]
struct Requirement<'a> {
    /// The stages at which it is required.
    required: Vec<&'static str>,
    /// Each field with the values of which it must have one.
    when: &'a [(String, Vec<String>)],
    /// The time before which tickets are exempt.
    since: Option<String>,
}

#[derive(Serialize)]
struct FieldRules<'a> {
    name: &'a str,
    kind: &'static str,
    many: bool,
    #[serde(flatten)]
    requirement: Requirement<'a>,
    options: &'a [String],
    /// The expression as written in the template.
    pattern: Option<&'a str>,
    /// The expression for JavaScript; `None` if the browser could read it differently.
    browser_pattern: Option<String>,
    example: Option<&'a str>,
}

#[derive(Serialize)]
struct SectionRules<'a> {
    name: &'a str,
    #[serde(flatten)]
    requirement: Requirement<'a>,
    min_words: usize,
    needs: Vec<&'static str>,
    /// The template's text in the section, which is no answer.
    hint: String,
}

impl<'a> FormRules<'a> {
    /// Returns the rules of all forms of `site`.
    pub(in crate::site) fn of(site: &'a Site) -> Self {
        let store = site.store();
        let rules = Self::new(&store.settings, &store.templates, site.view().audience);
        Self {
            forge: site.forge.as_ref().map(FormForge::of),
            words: site.words().texts_below("form.script"),
            ..rules
        }
    }

    /// Returns the rules for a repository with these settings and templates.
    pub(in crate::site) fn new(
        settings: &'a Settings,
        templates: &'a [Template],
        audience: Audience,
    ) -> Self {
        let people = |ids: &'a [String]| ids.iter().map(|id| settings.person_name(id)).collect();
        let service = |service: &'a crate::settings::Service| FormService {
            id: &service.id,
            name: if service.name.is_empty() { &service.id } else { &service.name },
            paths: service.paths.iter().map(|pattern| FormPath::of(pattern)).collect(),
            oncall: people(settings.oncall_of(&service.id)),
        };
        let level = |rule: &&crate::check::Rule| (rule.code, settings.level_of(rule.code, rule.level).name());
        Self {
            templates: templates
                .iter()
                .map(|template| (template.name.as_str(), of_template(template)))
                .collect(),
            services: settings.services.iter().map(service).collect(),
            people: settings
                .people
                .iter()
                .map(|person| FormPerson { id: &person.id, name: &person.name })
                .collect(),
            is_complete: audience == Audience::Internal,
            levels: RULES.iter().map(level).collect(),
            limits: Limits {
                title: MAX_TITLE,
                tag: MAX_TAG,
                values: MAX_VALUES,
                pattern_value: MAX_VALUE_LENGTH,
            },
            priorities: Priority::NAMES,
            visibilities: Visibility::NAMES,
            statuses: Status::NAMES,
            resolutions: Resolution::NAMES,
            title_words: TitleWords::builtin(),
            placeholders: PLACEHOLDERS,
            personal: PersonalTables::builtin(),
            latin: latin_slugs(),
            forge: None,
            words: BTreeMap::new(),
        }
    }
}

fn of_template(template: &Template) -> TemplateRules<'_> {
    TemplateRules {
        title: &template.title,
        fields: template.fields.iter().map(of_field).collect(),
        sections: template.sections.iter().map(|rule| of_section(rule, template.hint(&rule.name))).collect(),
        resolution: template.resolution.iter().map(|rule| of_section(rule, String::new())).collect(),
    }
}

fn of_field(field: &Field) -> FieldRules<'_> {
    let pattern = field.pattern.as_ref().map(crate::template::Pattern::text);
    FieldRules {
        name: &field.name,
        kind: field.kind.name,
        many: field.many,
        requirement: requirement(&field.required, &field.when, field.since),
        options: &field.options,
        pattern,
        browser_pattern: pattern.and_then(|pattern| browser_pattern(pattern, Letters::Unicode)),
        example: field.example.as_deref(),
    }
}

fn of_section(rule: &SectionRule, hint: String) -> SectionRules<'_> {
    SectionRules {
        name: &rule.name,
        requirement: requirement(&rule.required, &rule.when, rule.since),
        min_words: rule.min_words,
        needs: rule.needs.iter().copied().map(Need::name).collect(),
        hint,
    }
}

fn requirement<'a>(
    required: &[Stage],
    when: &'a [(String, Vec<String>)],
    since: Option<crate::text::Time>,
) -> Requirement<'a> {
    Requirement {
        required: required.iter().copied().map(Stage::name).collect(),
        when,
        since: since.map(|since| since.to_string()),
    }
}

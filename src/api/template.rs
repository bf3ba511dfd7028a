//! The JSON of templates.

use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    template::{Field, Need, SectionRule, Stage, Template},
    text::Time,
};

/// A template and its requirements
#[derive(Serialize, ToSchema)]
struct TemplateDetail {
    /// The name that tickets use: the name of the template's file, without `.md`
    name: String,
    title: String,
    /// When to use the template, in one sentence
    about: String,
    /// The fields, in the order of the template's file
    fields: Vec<FieldDetail>,
    /// Sections of the ticket's text
    sections: Vec<SectionDetail>,
    /// Sections of the reply that resolves the ticket
    resolution: Vec<SectionDetail>,
    /// The headings of sections that contain the answer of a resolved ticket
    answer_sections: Vec<String>,
    /// Whether a ticket may have fields that are not listed
    any_fields: bool,
    /// The text that a new ticket starts with, including hints
    body: String,
}

/// A field of a template
#[derive(Serialize, ToSchema)]
struct FieldDetail {
    /// The key in front matter
    name: String,
    /// The type of the value
    #[serde(rename = "type")]
    kind: &'static str,
    /// Whether the value is a list
    many: bool,
    /// When the field is required
    required: Vec<Stage>,
    /// The field is required only if each of these other fields has one of its listed values
    when: IndexMap<String, Vec<String>>,
    /// The field is not required in tickets created before this time
    #[schema(required)]
    since: Option<Time>,
    /// The allowed values of a `choice`
    options: Vec<String>,
    /// The regular expression that a `text` must match
    #[schema(required)]
    pattern: Option<String>,
    #[schema(required)]
    example: Option<String>,
    /// The question that asks for the field
    #[schema(required)]
    ask: Option<String>,
    /// The built-in detector that can fill the field
    #[schema(required)]
    detect: Option<String>,
}

/// A section of a text
#[derive(Serialize, ToSchema)]
struct SectionDetail {
    /// The heading
    name: String,
    /// When the section is required
    required: Vec<Stage>,
    /// The section is required only if each of these fields has one of its listed values
    when: IndexMap<String, Vec<String>>,
    /// The section is not required in tickets created before this time
    #[schema(required)]
    since: Option<Time>,
    /// The minimum number of words
    min_words: usize,
    /// Markdown elements, at least one of which the section must contain
    needs: Vec<Need>,
    /// The question that asks for the section
    #[schema(required)]
    ask: Option<String>,
}

/// The templates of the repository
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateList {
    templates: Vec<TemplateDetail>,
}

impl TemplateList {
    pub(crate) fn of(templates: &[Template]) -> Self {
        Self { templates: templates.iter().map(TemplateDetail::of).collect() }
    }
}

impl TemplateDetail {
    fn of(template: &Template) -> Self {
        let sections = |rules: &[SectionRule]| rules.iter().map(SectionDetail::of).collect();
        Self {
            name: template.name.clone(),
            title: template.title.clone(),
            about: template.about.clone(),
            fields: template.fields.iter().map(FieldDetail::of).collect(),
            sections: sections(&template.sections),
            resolution: sections(&template.resolution),
            answer_sections: template.answer_sections.clone(),
            any_fields: template.any_fields,
            body: template.body.clone(),
        }
    }
}

impl FieldDetail {
    fn of(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            kind: field.kind.name,
            many: field.many,
            required: field.required.clone(),
            when: field.when.iter().cloned().collect(),
            since: field.since,
            options: field.options.clone(),
            pattern: field.pattern.as_ref().map(|pattern| pattern.text().to_owned()),
            example: field.example.clone(),
            ask: field.ask.clone(),
            detect: field.detect.clone(),
        }
    }
}

impl SectionDetail {
    fn of(rule: &SectionRule) -> Self {
        Self {
            name: rule.name.clone(),
            required: rule.required.clone(),
            when: rule.when.iter().cloned().collect(),
            since: rule.since,
            min_words: rule.min_words,
            needs: rule.needs.clone(),
            ask: rule.ask.clone(),
        }
    }
}

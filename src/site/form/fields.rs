//! What the pages of the forms show of a template: its fields and sections, with their hints.

use serde::Serialize;

use crate::site::Site;
use crate::site::html::Html;
use crate::site::markdown::escape;
use crate::site::urls::folder_of;
use crate::template::{Field, Need, SectionRule, Stage, Template};
use crate::text::markdown::comments;

#[derive(Serialize)]
pub(in crate::site) struct TemplateContext {
    name: String,
    title: String,
    about: Html,
    href: String,
    /// The names of the fields and sections that every ticket must have.
    needs: Vec<String>,
}

#[derive(Serialize)]
pub(in crate::site) struct FieldContext {
    name: String,
    label: String,
    kind: &'static str,
    many: bool,
    required: bool,
    /// The conditions under which it is required: each with the label of a field and its values.
    conditions: Vec<Condition>,
    ask: Option<Html>,
    example: Option<String>,
    options: Vec<String>,
    /// Whether the field has a pattern that only `casebook check` checks.
    unchecked: bool,
}

#[derive(Serialize)]
pub(in crate::site) struct Condition {
    field: String,
    values: String,
}

#[derive(Serialize)]
pub(in crate::site) struct SectionContext {
    name: String,
    required: bool,
    conditions: Vec<Condition>,
    min_words: usize,
    /// `list`, `code`, or both of which one is enough.
    needs: Vec<&'static str>,
    /// The paragraphs of the hint.
    hint: Vec<Html>,
}

/// A value with the name that is shown.
#[derive(Serialize)]
pub(in crate::site) struct NamedContext {
    pub id: String,
    pub name: String,
}

/// The fields and sections of a template that a resolution can need.
#[derive(Serialize)]
pub(in crate::site) struct ResolutionContext {
    name: String,
    fields: Vec<FieldContext>,
    sections: Vec<SectionContext>,
}

pub(in crate::site) fn form_folder(template: &Template) -> String {
    format!("new/{}/", folder_of(&template.name))
}

pub(in crate::site) fn services(site: &Site) -> Vec<NamedContext> {
    let services = site.model.settings().services.iter();
    services
        .map(|service| NamedContext { id: service.id.clone(), name: site.service_name(&service.id) })
        .collect()
}

pub(in crate::site) fn people(site: &Site) -> Vec<NamedContext> {
    let people = site.model.settings().people.iter();
    people.map(|person| NamedContext { id: person.id.clone(), name: person.name.clone() }).collect()
}

impl Site {
    pub(in crate::site) fn template_context(&self, template: &Template) -> TemplateContext {
        let is_needed =
            |required: &[Stage], is_conditional: bool| required.contains(&Stage::Open) && !is_conditional;
        let fields =
            template.fields.iter().filter(|field| is_needed(&field.required, !field.when.is_empty()));
        let sections =
            template.sections.iter().filter(|rule| is_needed(&rule.required, !rule.when.is_empty()));
        TemplateContext {
            name: template.name.clone(),
            title: template.title.clone(),
            about: with_code(&template.about),
            href: self.page_href(&form_folder(template)),
            needs: fields
                .map(|field| self.field_label(&field.name))
                .chain(sections.map(|rule| rule.name.clone()))
                .collect(),
        }
    }

    pub(in crate::site) fn field_context(&self, field: &Field) -> FieldContext {
        let required = field.required.contains(&Stage::Open);
        FieldContext {
            name: field.name.clone(),
            label: self.field_label(&field.name),
            kind: field.kind.name,
            many: field.many,
            required: required && field.when.is_empty(),
            conditions: if required { self.conditions(&field.when) } else { Vec::new() },
            ask: field.ask.as_deref().map(with_code),
            example: field.example.clone(),
            options: field.options.clone(),
            unchecked: field.pattern.as_ref().is_some_and(|pattern| {
                crate::text::browser_pattern(pattern.text(), crate::text::Letters::Unicode).is_none()
            }),
        }
    }

    pub(in crate::site) fn section_context(&self, template: &Template, rule: &SectionRule) -> SectionContext {
        let required = rule.required.contains(&Stage::Open);
        SectionContext {
            name: rule.name.clone(),
            required: required && rule.when.is_empty(),
            conditions: if required { self.conditions(&rule.when) } else { Vec::new() },
            min_words: rule.min_words,
            needs: rule.needs.iter().copied().map(Need::name).collect(),
            hint: hint_of(&template.hint(&rule.name), rule.ask.as_deref()),
        }
    }

    /// Returns what a resolution of a ticket needs. The form shows a field only if it is required.
    pub(in crate::site) fn resolution_context(&self, template: &Template) -> ResolutionContext {
        let is_for_resolution = |field: &&Field| field.required.iter().any(|stage| *stage != Stage::Open);
        let fields = template.fields.iter().filter(is_for_resolution);
        let sections = template.resolution.iter();
        ResolutionContext {
            name: template.name.clone(),
            fields: fields
                .map(|field| FieldContext { required: true, ..self.field_context(field) })
                .collect(),
            sections: sections
                .map(|rule| SectionContext {
                    required: !rule.required.is_empty(),
                    hint: rule.ask.as_deref().map(with_code).into_iter().collect(),
                    ..self.section_context(template, rule)
                })
                .collect(),
        }
    }

    fn conditions(&self, when: &[(String, Vec<String>)]) -> Vec<Condition> {
        let condition = |(field, values): &(String, Vec<String>)| Condition {
            field: self.field_label(field),
            values: values.join(", "),
        };
        when.iter().map(condition).collect()
    }
}

/// Returns the paragraphs of a template's hint: the text of its comments. Lines that only number a list are left out.
fn hint_of(hint: &str, ask: Option<&str>) -> Vec<Html> {
    let inner = comments(hint).into_iter().map(|span| {
        let comment = &hint[span];
        comment.trim_start_matches("<!--").trim_end_matches("-->").trim().to_owned()
    });
    let text = inner.collect::<Vec<_>>().join("\n\n");
    let is_number = |line: &&str| {
        let line = line.trim();
        line.len() > 1 && line.ends_with('.') && line[..line.len() - 1].bytes().all(|b| b.is_ascii_digit())
    };
    let paragraphs = text.split("\n\n").map(|part| {
        part.lines().filter(|line| !is_number(line)).map(str::trim).collect::<Vec<_>>().join(" ")
    });
    let all = ask.map(str::to_owned).into_iter().chain(paragraphs);
    all.filter(|paragraph| !paragraph.is_empty()).map(|paragraph| with_code(&paragraph)).collect()
}

/// Returns a text of a template with the parts between back-ticks as code.
fn with_code(text: &str) -> Html {
    let parts: Vec<&str> = text.split('`').collect();
    // A back-tick without another one is a character like others.
    let closed = parts.len() - (parts.len() + 1) % 2;
    let mut html = String::new();
    for (at, part) in parts.iter().enumerate() {
        match at {
            at if at >= closed => html.push_str(&escape(&format!("`{part}"))),
            at if at % 2 == 1 => html.push_str(&format!("<code>{}</code>", escape(part))),
            _ => html.push_str(&escape(part)),
        }
    }
    Html::new(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_hint_between_back_ticks_are_code() {
        for (text, html) in [
            ("Quote `504 <b>` word for word.", "Quote <code>504 &lt;b&gt;</code> word for word."),
            ("`a` and `b`", "<code>a</code> and <code>b</code>"),
            ("a ` b & `c` `", "a <code> b &amp; </code>c<code> </code>"),
            ("one ` alone", "one ` alone"),
            ("", ""),
        ] {
            assert_eq!(with_code(text).as_str(), html, "{text}");
        }
    }
}

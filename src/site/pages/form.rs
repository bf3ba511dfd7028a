//! The forms for tickets and replies. Scripts check and compose the file in the browser, from the rules in one JSON file, and
//! open the forge's page for a new file with it.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::detectors::secrets::Secrets;
use crate::site::context::PageContext;
use crate::site::form::FormRules;
use crate::site::urls::folder_of;
use crate::site::{Site, SiteError};
use crate::template::{Field, Need, SectionRule, Stage, Template};
use crate::text::markdown::comments;
use crate::ticket::{Resolution, Status};
use crate::view::Audience;

/// The context of `new.html`.
#[derive(Serialize)]
struct ChoiceContext {
    templates: Vec<TemplateContext>,
    data: FormFiles,
}

/// The context of `new-ticket.html`.
#[derive(Serialize)]
struct TicketFormContext {
    template: TemplateContext,
    /// The fields of the template, besides `service` and `priority`, which every form has.
    fields: Vec<FieldContext>,
    /// The fields that only some values of another field require.
    service: FieldContext,
    priority: FieldContext,
    sections: Vec<SectionContext>,
    services: Vec<NamedContext>,
    people: Vec<NamedContext>,
    /// Whether `services` and `people` are complete, so that other values are wrong.
    is_complete: bool,
    data: FormFiles,
    /// The name of the forge, if there is one.
    forge: Option<String>,
    /// The page of the template's file at the forge.
    template_file: Option<String>,
}

/// The context of `reply.html`.
#[derive(Serialize)]
struct ReplyFormContext {
    statuses: Vec<NamedContext>,
    resolutions: Vec<NamedContext>,
    people: Vec<NamedContext>,
    is_complete: bool,
    data: FormFiles,
    forge: Option<String>,
}

/// The files that the scripts read, relative to the root.
#[derive(Serialize)]
struct FormFiles {
    rules: String,
    secrets: String,
    index: &'static str,
}

#[derive(Serialize)]
struct TemplateContext {
    name: String,
    title: String,
    about: String,
    href: String,
    /// The names of the fields and sections that every ticket must have.
    needs: Vec<String>,
}

#[derive(Serialize)]
struct FieldContext {
    name: String,
    label: String,
    kind: &'static str,
    many: bool,
    required: bool,
    /// The conditions under which it is required: each with the label of a field and its values.
    conditions: Vec<Condition>,
    ask: Option<String>,
    example: Option<String>,
    options: Vec<String>,
    /// Whether the field has a pattern that only `casebook check` checks.
    unchecked: bool,
}

#[derive(Serialize)]
struct Condition {
    field: String,
    values: String,
}

#[derive(Serialize)]
struct SectionContext {
    name: String,
    required: bool,
    conditions: Vec<Condition>,
    min_words: usize,
    /// `list`, `code`, or both of which one is enough.
    needs: Vec<&'static str>,
    /// The paragraphs of the hint.
    hint: Vec<String>,
}

/// A value with the name that is shown.
#[derive(Serialize)]
struct NamedContext {
    id: String,
    name: String,
}

/// The page on which a user chooses a template.
pub(super) struct TemplateChoice;

impl PageKind for TemplateChoice {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("new/index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let page = form_page(site, path, site.words().plain("form.choose").to_owned(), "form/choice.js");
        let templates = offered(site).map(|template| site.template_context(template)).collect();
        site.html("new.html", page, Value::from(Serde(ChoiceContext { templates, data: site.form_files() })))
    }
}

/// The form of each template.
pub(super) struct TicketForms;

impl PageKind for TicketForms {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let folder = |template: &Template| format!("{}index.html", form_folder(template));
        offered(site).enumerate().map(|(at, template)| (folder(template), PageKey::item(at))).collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        let template = offered(site).nth(key.item).ok_or_else(missing)?;
        let page = form_page(site, path, template.title.clone(), "form/ticket.js");
        let settings = site.model.settings();
        // A field that only a resolution requires is not a question to the requester.
        let is_for_opening =
            |field: &&Field| field.required.is_empty() || field.required.contains(&Stage::Open);
        let own = |name: &str| match template.field(name) {
            Some(field) => site.field_context(field),
            None => site.field_context(&Field { name: name.to_owned(), ..Field::default() }),
        };
        let context = TicketFormContext {
            fields: template
                .fields
                .iter()
                .filter(is_for_opening)
                .filter(|field| !matches!(field.name.as_str(), "service" | "priority"))
                .map(|field| site.field_context(field))
                .collect(),
            service: own("service"),
            priority: own("priority"),
            sections: template.sections.iter().map(|rule| site.section_context(template, rule)).collect(),
            services: settings
                .services
                .iter()
                .map(|service| NamedContext { id: service.id.clone(), name: site.service_name(&service.id) })
                .collect(),
            people: people(site),
            is_complete: site.view().audience == Audience::Internal,
            data: site.form_files(),
            forge: site.forge.as_ref().map(|forge| forge.name().to_owned()),
            template_file: site.forge.as_ref().map(|forge| {
                forge.current(&format!("{}/{}.md", crate::template::TEMPLATE_FOLDER, template.name))
            }),
            template: site.template_context(template),
        };
        site.html("new-ticket.html", page, Value::from(Serde(context)))
    }
}

/// The form for replies. The address says which ticket is replied to.
pub(super) struct ReplyForm;

impl PageKind for ReplyForm {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("reply/index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let page = form_page(site, path, site.words().plain("form.reply").to_owned(), "form/reply.js");
        let named = |group: &str, names: &[&str]| -> Vec<NamedContext> {
            let word = |name: &&str| NamedContext {
                id: (*name).to_owned(),
                name: site.words().label(group, name).to_owned(),
            };
            names.iter().map(word).collect()
        };
        let context = ReplyFormContext {
            statuses: named("status", Status::NAMES),
            resolutions: named("resolution", Resolution::NAMES),
            people: people(site),
            is_complete: site.view().audience == Audience::Internal,
            data: site.form_files(),
            forge: site.forge.as_ref().map(|forge| forge.name().to_owned()),
        };
        site.html("reply.html", page, Value::from(Serde(context)))
    }
}

/// The rules of the forms. The name of each file depends on its content.
pub(super) struct FormData;

impl PageKind for FormData {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let FormFiles { rules, secrets, .. } = site.form_files();
        vec![(rules, PageKey::item(0)), (secrets, PageKey::item(1))]
    }

    fn render(&self, site: &Site, _: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let json = match key.item {
            0 => return Ok(site.form_rules().clone()),
            _ => serde_json::to_vec(&Secrets::builtin().for_browser()),
        };
        Ok(json.unwrap_or_default())
    }
}

/// Returns the templates of new tickets.
fn offered(site: &Site) -> impl Iterator<Item = &Template> {
    site.store().templates.iter().filter(|template| template.name != "imported")
}

fn form_folder(template: &Template) -> String {
    format!("new/{}/", folder_of(&template.name))
}

fn form_page(site: &Site, path: &str, title: String, module: &str) -> PageContext {
    PageContext {
        kind: "form",
        title,
        noindex: true,
        modules: site.theme.modules(module),
        ..site.page_context(path)
    }
}

fn people(site: &Site) -> Vec<NamedContext> {
    let people = site.model.settings().people.iter();
    people.map(|person| NamedContext { id: person.id.clone(), name: person.name.clone() }).collect()
}

impl Site {
    /// Returns the bytes of the file of rules.
    fn form_rules(&self) -> &Vec<u8> {
        self.form_rules.get_or_init(|| serde_json::to_vec(&FormRules::of(self)).unwrap_or_default())
    }

    fn form_files(&self) -> FormFiles {
        let hash = &blake3::hash(self.form_rules()).to_hex()[..10];
        FormFiles {
            rules: format!("new/rules.{hash}.json"),
            secrets: format!("new/secrets.{}.json", Secrets::browser_version()),
            index: "search/index.json",
        }
    }

    fn template_context(&self, template: &Template) -> TemplateContext {
        let is_needed =
            |required: &[Stage], is_conditional: bool| required.contains(&Stage::Open) && !is_conditional;
        let fields =
            template.fields.iter().filter(|field| is_needed(&field.required, !field.when.is_empty()));
        let sections =
            template.sections.iter().filter(|rule| is_needed(&rule.required, !rule.when.is_empty()));
        TemplateContext {
            name: template.name.clone(),
            title: template.title.clone(),
            about: template.about.clone(),
            href: self.page_href(&form_folder(template)),
            needs: fields
                .map(|field| self.field_label(&field.name))
                .chain(sections.map(|rule| rule.name.clone()))
                .collect(),
        }
    }

    fn field_context(&self, field: &Field) -> FieldContext {
        let required = field.required.contains(&Stage::Open);
        FieldContext {
            name: field.name.clone(),
            label: self.field_label(&field.name),
            kind: field.kind.name,
            many: field.many,
            required: required && field.when.is_empty(),
            conditions: if required { self.conditions(&field.when) } else { Vec::new() },
            ask: field.ask.clone(),
            example: field.example.clone(),
            options: field.options.clone(),
            unchecked: field.pattern.as_ref().is_some_and(|pattern| {
                crate::text::browser_pattern(pattern.text(), crate::text::Letters::Unicode).is_none()
            }),
        }
    }

    fn section_context(&self, template: &Template, rule: &SectionRule) -> SectionContext {
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

    fn conditions(&self, when: &[(String, Vec<String>)]) -> Vec<Condition> {
        let condition = |(field, values): &(String, Vec<String>)| Condition {
            field: self.field_label(field),
            values: values.join(", "),
        };
        when.iter().map(condition).collect()
    }
}

/// Returns the paragraphs of a template's hint: the text of its comments. Lines that only number a list are left out.
fn hint_of(hint: &str, ask: Option<&str>) -> Vec<String> {
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
    all.filter(|paragraph| !paragraph.is_empty()).collect()
}

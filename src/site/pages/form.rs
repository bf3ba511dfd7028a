//! The forms for tickets and replies. Scripts check and compose the file in the browser, from the rules in one JSON file, and
//! open the forge's page for a new file with it.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::detectors::secrets::Secrets;
use crate::site::context::PageContext;
use crate::site::form::{
    FieldContext, FormRules, NamedContext, ResolutionContext, SectionContext, TemplateContext, form_folder,
    people, services,
};
use crate::site::{Site, SiteError};
use crate::template::{Field, Stage, Template};
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
    /// What the tickets of each template need for a resolution.
    templates: Vec<ResolutionContext>,
    services: Vec<NamedContext>,
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
    /// The rules for secrets that only a text with one of their keywords needs.
    other_secrets: String,
    index: &'static str,
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
            services: services(site),
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
            templates: site
                .store()
                .templates
                .iter()
                .map(|template| site.resolution_context(template))
                .collect(),
            services: services(site),
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
        let FormFiles { rules, secrets, other_secrets, .. } = site.form_files();
        let all = [rules, secrets, other_secrets].into_iter().enumerate();
        all.map(|(at, path)| (path, PageKey::item(at))).collect()
    }

    fn render(&self, site: &Site, _: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let json = match key.item {
            0 => return Ok(site.form_rules().clone()),
            1 => serde_json::to_vec(&Secrets::builtin().for_browser()),
            _ => serde_json::to_vec(&Secrets::builtin().other_rules_for_browser()),
        };
        Ok(json.unwrap_or_default())
    }
}

/// Returns the templates of new tickets.
fn offered(site: &Site) -> impl Iterator<Item = &Template> {
    site.store().templates.iter().filter(|template| template.name != "imported")
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

impl Site {
    /// Returns the bytes of the file of rules.
    fn form_rules(&self) -> &Vec<u8> {
        self.form_rules.get_or_init(|| serde_json::to_vec(&FormRules::of(self)).unwrap_or_default())
    }

    fn form_files(&self) -> FormFiles {
        let hash = &blake3::hash(self.form_rules()).to_hex()[..10];
        let version = Secrets::browser_version();
        FormFiles {
            rules: format!("new/rules.{hash}.json"),
            secrets: format!("new/secrets.{version}.json"),
            other_secrets: format!("new/other-secrets.{version}.json"),
            index: "search/index.json",
        }
    }
}

//! `casebook templates`

use crate::cli::{CliError, Context, Format, Outcome, table, ui::style};
use crate::{
    api::TemplateList,
    template::{Stage, Template},
};

/// List the templates of new tickets, with what they require
///
/// `casebook new TEMPLATE` opens a ticket. A field with `*` and the listed sections are required.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(_: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    // Only imports use this template.
    let offered: Vec<&Template> =
        store.templates.iter().filter(|template| template.name != "imported").collect();
    match context.ui.format {
        Format::Json => context.ui.json(&TemplateList::of(&store.templates)),
        Format::Short => offered.iter().for_each(|template| context.ui.line(&template.name)),
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {
            let default = store.settings.default_template.as_deref();
            offered.iter().for_each(|template| show(template, default, context));
        }
    }
    Ok(Outcome::Done)
}

fn show(template: &Template, default: Option<&str>, context: &Context) {
    let ui = &context.ui;
    let is_default = if default == Some(&template.name) { "  (default)" } else { "" };
    ui.line(format!("{}{is_default}", ui.paint(style::ID, &table::one_line(&template.name))));
    if !template.about.is_empty() {
        ui.line(format!("  {}", table::one_line(&template.about)));
    }
    let star = |stages: &[Stage]| if stages.contains(&Stage::Open) { "*" } else { "" };
    let of_open = template
        .fields
        .iter()
        .filter(|field| field.required.is_empty() || field.required.contains(&Stage::Open));
    let fields: Vec<String> = of_open
        .map(|field| match field.options.is_empty() {
            true => format!("{}{}", field.name, star(&field.required)),
            false => format!("{}{} ({})", field.name, star(&field.required), field.options.join(", ")),
        })
        .collect();
    row("fields", &fields, context);
    let required = template.sections.iter().filter(|section| section.required.contains(&Stage::Open));
    let sections: Vec<String> = required.map(|section| section.name.clone()).collect();
    row("sections", &sections, context);
}

fn row(name: &str, values: &[String], context: &Context) {
    if !values.is_empty() {
        let name = context.ui.paint(style::DIM, &table::pad(name, 8));
        context.ui.line(format!("  {name}  {}", table::one_line(&values.join(", "))));
    }
}

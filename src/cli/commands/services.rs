//! `casebook services`

use crate::cli::{CliError, Context, Format, Outcome, table, ui::style};
use crate::{
    api::{ServiceDetail, ServiceList},
    settings::{Service, Settings},
};

/// List the services of the catalogue, with their owners and the people on call
///
/// A module is below the service that it is part of. Use the id in `--set service=ID` and in queries.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(_: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let settings = &store.settings;
    match context.ui.format {
        Format::Json => {
            let services = settings.services.iter().map(ServiceDetail::of).collect();
            context.ui.json(&ServiceList { services });
        }
        Format::Short => settings.services.iter().for_each(|service| context.ui.line(&service.id)),
        Format::Human | Format::Github | Format::Markdown | Format::Csv => print(settings, context),
    }
    if settings.services.is_empty() {
        context.ui.say("no services; list them under `services` in casebook.yml");
    }
    Ok(Outcome::Done)
}

fn print(settings: &Settings, context: &Context) {
    let ordered = in_order(settings);
    let width =
        ordered.iter().map(|(depth, service)| 2 * depth + service.id.chars().count()).max().unwrap_or(0);
    for (depth, service) in ordered {
        let ui = &context.ui;
        let id = table::pad(&format!("{}{}", "  ".repeat(depth), table::one_line(&service.id)), width);
        let mut facts = Vec::new();
        if service.name != service.id {
            facts.push(service.name.clone());
        }
        facts.extend(service.owner.iter().map(|owner| format!("owner {owner}")));
        let oncall = settings.oncall_of(&service.id).iter().map(|id| settings.person_name(id));
        let oncall: Vec<&str> = oncall.collect();
        if !oncall.is_empty() {
            facts.push(format!("on call: {}", oncall.join(", ")));
        }
        let line = format!("{}  {}", ui.paint(style::ID, &id), table::one_line(&facts.join(" · ")));
        ui.line(line.trim_end());
    }
}

/// Returns all services with their depth, each module after the service that it is part of.
fn in_order(settings: &Settings) -> Vec<(usize, &Service)> {
    let mut ordered: Vec<(usize, &Service)> = Vec::new();
    let is_top = |service: &&Service| {
        service.part_of.as_deref().is_none_or(|parent| settings.service(parent).is_none())
    };
    let mut waiting: Vec<(usize, &Service)> =
        settings.services.iter().filter(is_top).map(|top| (0, top)).collect();
    waiting.reverse();
    while let Some((depth, service)) = waiting.pop() {
        ordered.push((depth, service));
        let modules: Vec<_> = settings.modules_of(&service.id).map(|module| (depth + 1, module)).collect();
        waiting.extend(modules.into_iter().rev());
    }
    // Services of a cycle, which is a finding, are not below any other service.
    let is_missing = |service: &&Service| !ordered.iter().any(|(_, known)| known.id == service.id);
    let rest: Vec<(usize, &Service)> =
        settings.services.iter().filter(is_missing).map(|service| (0, service)).collect();
    ordered.extend(rest);
    ordered
}

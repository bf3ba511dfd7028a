//! Composes a draft from options and prompts.

use std::sync::Arc;

use super::{arguments::Arguments, saved_draft::SavedDraft};
use crate::{
    cli::{
        CliError, Context, argument_values, body, prompts, reply_writer, similar_hits::ShownSimilarItem,
        suggestions::Suggestions,
    },
    intake::{self, TicketDraft},
    store::Store,
    template::{Field, NamedThing, Stage, Template, applies},
    text::nearest,
};

/// The result of composing a ticket.
pub(super) enum Composition<'a> {
    /// A ticket to open.
    Draft(TicketDraft),
    /// A ticket or article that makes a new ticket unnecessary.
    SolvedBy(ShownSimilarItem<'a>),
}

/// Composes a draft and asks for missing values. Shows similar tickets as soon as there is a title.
pub(super) fn compose<'a>(
    arguments: &Arguments,
    store: &'a Arc<Store>,
    suggestions: &mut Suggestions<'a>,
    saved: &mut SavedDraft<'_>,
    context: &Context,
) -> Result<Composition<'a>, CliError> {
    let template = choose_template(arguments, store, context)?;
    let title = match &arguments.title {
        Some(title) => title.trim().to_owned(),
        None => prompts::required_line("title:", "one line that names the problem or the request", context)?
            .ok_or_else(|| {
                CliError::usage("missing title").with_hint(context.command_with(&["--title '…'".to_owned()]))
            })?,
    };
    reply_writer::say_unknown_sections(
        &arguments.section,
        &template.sections,
        &format!("template `{}`", template.name),
        context,
    );
    let mut draft = TicketDraft {
        template: template.name.clone(),
        title,
        requester: reply_writer::author(context, store)?,
        came_from: arguments.from.clone(),
        ..TicketDraft::default()
    };
    set(&mut draft, &arguments.set, Some(template));
    if context.process.can_ask
        && let Some(similar) = suggestions.ask(&draft, context, || {})?
    {
        return Ok(Composition::SolvedBy(similar));
    }
    for found in intake::detect(template, &store.settings, &context.process.folder, &draft.came_from) {
        if draft.get(&found.field).is_none() {
            context.ui.say(format!("{}: {} ({})", found.field, found.value, found.why));
            draft.set(&found.field, argument_values::typed(&found.field, &found.value, Some(template)));
        }
    }
    ask_fields(&mut draft, template, store, context)?;
    draft.body = match &arguments.body {
        Some(file) => body::fill(&body::read(file, context)?, &arguments.section),
        None if context.process.can_ask => {
            let outline = body::fill(&template.body, &arguments.section);
            let keep = |error, text: &str| {
                let so_far = TicketDraft { body: text.to_owned(), ..draft.clone() };
                saved.save_with_hint(&so_far, &so_far.compose(context.process.now), error)
            };
            let text = prompts::text("description", &outline, context, keep)?.unwrap_or(outline);
            body::without_empty(&body::without_hints(&text, &template.body), template)
        }
        None => body::fill("", &arguments.section),
    };
    Ok(Composition::Draft(draft))
}

/// Applies the values of `--set`. An empty value removes a key.
pub(super) fn set(draft: &mut TicketDraft, pairs: &[(String, String)], template: Option<&Template>) {
    for (key, text) in pairs {
        match key.as_str() {
            "requester" => draft.requester.clone_from(text),
            _ if text.trim().is_empty() => draft.clear(key),
            _ => draft.set(key, argument_values::typed(key, text, template)),
        }
    }
}

fn choose_template<'a>(
    arguments: &Arguments,
    store: &'a Store,
    context: &Context,
) -> Result<&'a Template, CliError> {
    let offered: Vec<&Template> =
        store.templates.iter().filter(|template| template.name != "imported").collect();
    let names = || offered.iter().map(|template| template.name.as_str());
    let name = match arguments.template.clone().or_else(|| store.settings.default_template.clone()) {
        Some(name) => name,
        None => {
            let labels =
                offered.iter().map(|template| format!("{} – {}", template.name, template.about)).collect();
            let chosen = prompts::choice("what kind of ticket?", labels, 0, context)?;
            chosen.and_then(|label| label.split(" – ").next().map(str::to_owned)).ok_or_else(|| {
                CliError::usage("missing template")
                    .with_hint(format!("templates: {}", names().collect::<Vec<_>>().join(", ")))
                    .with_hints(names().next().map(|name| format!("for example: `casebook new {name}`")))
            })?
        }
    };
    store.template(&name).ok_or_else(|| {
        let near =
            nearest(&name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        CliError::usage(format!("unknown template `{name}`{near}"))
            .with_hint(format!("templates: {}", names().collect::<Vec<_>>().join(", ")))
    })
}

/// Asks for the missing fields that the template requires of a new ticket.
fn ask_fields(
    draft: &mut TicketDraft,
    template: &Template,
    store: &Store,
    context: &Context,
) -> Result<(), CliError> {
    if !context.process.can_ask {
        return Ok(());
    }
    for field in template.fields.iter().filter(|field| field.required.contains(&Stage::Open)) {
        let is_required =
            applies(&field.when, field.since, Some(context.process.now), |name| draft.get(name));
        if !is_required || draft.get(&field.name).is_some() {
            continue;
        }
        if let Some(text) = ask_field(field, store, context)? {
            draft.set(&field.name, argument_values::typed(&field.name, &text, Some(template)));
        }
    }
    Ok(())
}

fn ask_field(field: &Field, store: &Store, context: &Context) -> Result<Option<String>, CliError> {
    let question = field.ask.clone().unwrap_or_else(|| format!("{}:", field.name.replace('_', " ")));
    let example = field.example.as_ref().map(|example| format!("for example {example}"));
    match field.kind.names {
        _ if field.kind.has_options => prompts::choice(&question, field.options.clone(), 0, context),
        Some(NamedThing::Service) if !store.settings.services.is_empty() => {
            let last = context.repo()?.cache_slot("last-service").read().unwrap_or_default();
            let last = String::from_utf8_lossy(&last).into_owned();
            let first = store.settings.services.iter().position(|service| service.id == last).unwrap_or(0);
            let labels = store.settings.services.iter().map(|service| match service.name == service.id {
                true => service.id.clone(),
                false => format!("{} – {}", service.id, service.name),
            });
            let chosen = prompts::choice(&question, labels.collect(), first, context)?;
            Ok(chosen.and_then(|label| label.split(" – ").next().map(str::to_owned)))
        }
        _ => prompts::line(&question, None, example.as_deref(), context),
    }
}

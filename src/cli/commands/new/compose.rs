//! Composes a draft from options and questions.

use std::sync::Arc;

use super::{arguments::Arguments, saved_draft::SavedDraft, ticket_form};
use crate::{
    cli::{
        CliError, Context, argument_values, authoring, body, prompts, similar_hits::ShownSimilarItem,
        suggestions::Suggestions,
    },
    intake::{self, TicketDraft},
    store::Store,
    template::{Stage, Template, applies},
    text::nearest,
};

/// The result of composing a ticket.
pub(super) enum Composition<'a> {
    /// A ticket to open.
    Draft(TicketDraft),
    /// A ticket or article that makes a new ticket unnecessary, and the template of the draft.
    SolvedBy(ShownSimilarItem<'a>, String),
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
    let title = title(arguments, template, store, context)?;
    authoring::say_unknown_sections(
        &arguments.section,
        &template.sections,
        &format!("template `{}`", template.name),
        context,
    );
    let mut draft = TicketDraft {
        template: template.name.clone(),
        title,
        requester: authoring::author(context, store)?,
        came_from: arguments.from.clone(),
        ..TicketDraft::default()
    };
    set(&mut draft, &arguments.set, Some(template));
    if context.process.can_ask
        && let Some(similar) = suggestions.ask(&draft, context, || {})?
    {
        return Ok(Composition::SolvedBy(similar, draft.template));
    }
    for found in intake::detect(template, &store.settings, &context.process.folder, &draft.came_from) {
        if draft.get(&found.field).is_none() {
            context.ui.say(format!("{}: {} ({})", found.field, found.value, found.why));
            draft.set(&found.field, argument_values::typed(&found.field, &found.value, Some(template)));
        }
    }
    ask_fields(&mut draft, template, store, context)?;
    let given = match &arguments.body {
        Some(file) => body::read(file, context)?,
        None => String::new(),
    };
    draft.body = body::fill(&given, &arguments.section);
    let is_complete =
        !arguments.section.is_empty() && ticket_form::has_required_sections(&draft, template, context);
    if context.process.can_ask && arguments.body.is_none() && !is_complete {
        draft.body = body::fill(&template.body, &arguments.section);
        draft = edit(&draft, suggestions, store, saved, context)?;
    }
    Ok(Composition::Draft(draft))
}

/// Opens the editor with a draft, and returns what the user wrote. If that fails, the draft is saved.
pub(super) fn edit(
    draft: &TicketDraft,
    suggestions: &Suggestions<'_>,
    store: &Store,
    saved: &mut SavedDraft<'_>,
    context: &Context,
) -> Result<TicketDraft, CliError> {
    ticket_form::edit(draft, suggestions.notes(), store, context).map_err(|failure| {
        saved.save_with_hint(&failure.draft, &failure.draft.compose(context.process.now), failure.error)
    })
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

/// Returns the title of the option. On a terminal, asks for it if it is missing or would be refused.
fn title(
    arguments: &Arguments,
    template: &Template,
    store: &Store,
    context: &Context,
) -> Result<String, CliError> {
    let problem = |title: &str| {
        let (template, title) = (template.name.clone(), title.to_owned());
        let draft = TicketDraft { template, title, ..TicketDraft::default() };
        intake::title_problem(&draft, store, context.process.now)
    };
    if let Some(title) = arguments.title.as_deref().map(str::trim) {
        let problem = if context.process.can_ask { problem(title) } else { None };
        match problem {
            None => return Ok(title.to_owned()),
            Some(problem) => context.ui.warn(problem),
        }
    }
    prompts::required_line("title:", "one line that names the problem or the request", problem, context)?
        .ok_or_else(|| {
            CliError::usage("missing title").with_hint(context.command_with(&["--title '…'".to_owned()]))
        })
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
        if let Some(text) = authoring::ask_field(field, store, context)? {
            draft.set(&field.name, argument_values::typed(&field.name, &text, Some(template)));
        }
    }
    Ok(())
}

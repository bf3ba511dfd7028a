//! `casebook resolve`

use crate::cli::{
    CliError, Context, Outcome,
    authoring::{self, ReplyManner, ReplyOptions, ReplyWriting},
    prompts, unmerged,
};
use crate::{
    api::WrittenReplies,
    intake::ReplyTo,
    store::Store,
    template::{SectionRule, Stage, Template},
    text::shell_word,
    ticket::{Resolution, Status},
};

/// Resolve tickets: record the cause and the fix for the next person with the same problem
///
/// On a terminal, asks for what the resolution requires and opens `$EDITOR`; for a duplicate, offers similar tickets.
/// Several tickets are resolved with the same text in one commit: if one of the replies has problems, none is written.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The tickets: whole ids or their last parts
    #[arg(value_name = "ID", required = true, add = crate::cli::completion_candidates::ids())]
    ids: Vec<String>,
    /// How the tickets were resolved [default: a prompt on a terminal]; `duplicate` needs `--of`, and `--of` alone implies
    /// `duplicate`
    #[arg(long = "as", value_name = "RESOLUTION", value_parser = clap::builder::PossibleValuesParser::new(Resolution::NAMES))]
    resolution: Option<String>,
    /// The original ticket of a duplicate
    #[arg(long, value_name = "ID", add = crate::cli::completion_candidates::ids())]
    of: Option<String>,
    /// A ticket or article that has the answer
    #[arg(long, value_name = "ID", add = crate::cli::completion_candidates::ids())]
    answered_by: Vec<String>,
    #[command(flatten)]
    options: ReplyOptions,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let threads = unmerged::threads("resolve", &arguments.ids, &store, context)?;
    let given = arguments.resolution.as_deref().and_then(Resolution::parse);
    if arguments.of.is_some() && given.is_some_and(|given| given != Resolution::Duplicate) {
        let given = given.map(Resolution::name).unwrap_or_default();
        return Err(CliError::usage(format!(
            "`--of` works only with `--as duplicate`, not with `--as {given}`"
        ))
        .with_hint("to name a ticket that has the answer, use `--answered-by ID`"));
    }
    let original = arguments.of.as_deref().map(|name| unmerged::thread(name, &store, context)).transpose()?;
    let original = original.map(|of| of.id().to_owned());
    let answered_by = answers(&arguments.answered_by, &store, context)?;
    let manner = ReplyManner { done: "resolved", opens_editor: true, lists_one: true };
    let mut writing = ReplyWriting::new(&arguments.options, threads.clone(), &store, manner, context)?;
    let implied = arguments.of.is_some().then_some(Resolution::Duplicate);
    let resolution = match given.or(implied).or(writing.draft.resolution) {
        Some(resolution) => resolution,
        None => choose(&arguments.ids, context)?,
    };
    writing.manner.opens_editor = resolution != Resolution::Duplicate;
    writing.draft.status = Some(Status::Resolved);
    writing.draft.resolution = Some(resolution);
    writing.draft.duplicate_of = original;
    writing.draft.answered_by = answered_by;
    for thread in &threads {
        if let Some(template) = store.template(&thread.ticket.template) {
            authoring::say_unknown_sections(
                &arguments.options.section,
                &sections_for(template, resolution),
                &format!("resolution `{resolution}`"),
                context,
            );
        }
    }
    writing.retain(|reply| should_resolve(reply, context))?;
    if writing.is_empty() {
        if context.ui.is_json() {
            context.ui.json(&WrittenReplies { replies: Vec::new() });
        }
        return Ok(Outcome::Done);
    }
    writing.run()
}

/// Returns the ids of the tickets and the slugs of the articles with the answer. `search` and `similar` print articles as
/// `knowledge/<slug>`.
fn answers(names: &[String], store: &Store, context: &Context) -> Result<Vec<String>, CliError> {
    let answer = |name: &String| {
        let slug = name.strip_prefix("knowledge/").unwrap_or(name);
        match store.article(slug) {
            Some(_) => Ok(slug.to_owned()),
            None => Ok(unmerged::thread(name, store, context)?.id().to_owned()),
        }
    };
    names.iter().map(answer).collect()
}

/// Asks how the tickets were resolved.
fn choose(ids: &[String], context: &Context) -> Result<Resolution, CliError> {
    authoring::ask_resolution(context)?.ok_or_else(|| {
        let ids: Vec<String> = ids.iter().map(|id| shell_word(id)).collect();
        CliError::usage("missing resolution")
            .with_hint(format!("`casebook resolve {} --as {}`", ids.join(" "), Resolution::NAMES[0]))
            .with_hint(format!("`--as` also takes {}", Resolution::NAMES[1..].join(", ")))
    })
}

/// Returns whether to resolve a ticket. If it is already resolved, asks the user; without a terminal, resolves it again
/// only if the new resolution differs from the old one.
fn should_resolve(reply: &ReplyTo<'_>, context: &Context) -> Result<bool, CliError> {
    let ReplyTo { thread, draft } = reply;
    let (id, state) = (thread.id(), &thread.state);
    if state.status != Status::Resolved {
        return Ok(true);
    }
    let how = state.resolution.map(|resolution| format!(" ({resolution})")).unwrap_or_default();
    if context.process.can_ask {
        return prompts::confirm(
            &format!("{id} is already resolved{how}; resolve it again?"),
            false,
            context,
        );
    }
    let is_different = draft.resolution != state.resolution
        || (draft.duplicate_of.is_some() && draft.duplicate_of != state.duplicate_of)
        || draft.answered_by.iter().any(|answer| !state.answered_by.contains(answer))
        || !draft.body.trim().is_empty()
        || !draft.set.is_empty()
        || draft.assignee.is_some();
    match is_different {
        true => {
            context.ui.say(format!("{id} is already resolved{how}; this resolution replaces the old one"))
        }
        false => context.ui.say(format!("{id} is already resolved{how}; nothing was saved")),
    }
    Ok(is_different)
}

/// Returns the sections that a resolution may have, required ones first.
fn sections_for(template: &Template, resolution: Resolution) -> Vec<SectionRule> {
    let is_required = |rule: &&SectionRule| rule.required.contains(&Stage::Resolved(resolution));
    let (mut sections, others): (Vec<_>, Vec<_>) = template.resolution.iter().partition(is_required);
    sections.extend(others);
    sections.into_iter().cloned().collect()
}

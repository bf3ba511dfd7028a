//! `casebook resolve`

use crate::cli::{
    CliError, Context, Outcome, body, prompts,
    reply_writer::{self, ReplyOptions},
    unmerged,
};
use crate::{
    api::WrittenReplies,
    intake::{ReplyDraft, is_under_way},
    store::Store,
    template::{NameLookup as _, SectionRule, Stage, Template, applies},
    text::shell_word,
    ticket::{Resolution, Status, Thread, YamlValue},
};

/// Resolve tickets: record the cause and the fix for the next person with the same problem
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
    let given = arguments.resolution.as_deref().and_then(Resolution::parse);
    let resolution = match given {
        Some(resolution) => resolution,
        None if arguments.of.is_some() => Resolution::Duplicate,
        None => choose(&arguments.ids, context)?,
    };
    if arguments.of.is_some() && resolution != Resolution::Duplicate {
        return Err(CliError::usage(format!(
            "`--of` works only with `--as duplicate`, not with `--as {resolution}`"
        ))
        .with_hint("to name a ticket that has the answer, use `--answered-by ID`"));
    }
    if resolution == Resolution::Duplicate && arguments.of.is_none() {
        return Err(CliError::usage("a duplicate needs its original ticket")
            .with_hint(context.command_with(&["--of ID".to_owned()])));
    }
    let duplicate_of =
        arguments.of.as_deref().map(|name| store.find(name).map(|of| of.id().to_owned())).transpose()?;
    let mut answered_by = Vec::new();
    for name in &arguments.answered_by {
        // `search` and `similar` print articles as `knowledge/<slug>`.
        let name =
            name.strip_prefix("knowledge/").filter(|slug| store.article(slug).is_some()).unwrap_or(name);
        answered_by.push(if store.article(name).is_some() {
            name.to_owned()
        } else {
            store.find(name)?.id().to_owned()
        });
    }
    // All tickets must exist before the first reply is written.
    let found = arguments.ids.iter().map(|id| store.find_for_writing(id));
    let threads: Vec<&Thread> =
        found.collect::<Result<_, _>>().map_err(|error| unmerged::explain(error, context))?;
    let mut outcome = Outcome::Done;
    let mut replies = Vec::new();
    let mut resolve_all = || {
        for thread in &threads {
            let mut draft = reply_writer::draft(&arguments.options, thread, &store, context)?;
            draft.status = Some(Status::Resolved);
            draft.resolution = Some(resolution);
            draft.duplicate_of.clone_from(&duplicate_of);
            draft.answered_by.clone_from(&answered_by);
            if !should_resolve(&draft, thread, context)? {
                continue;
            }
            if let Some(template) = store.template(&thread.ticket.template) {
                let takes = sections_for(template, resolution);
                reply_writer::say_unknown_sections(
                    &arguments.options.section,
                    &takes,
                    &format!("resolution `{resolution}`"),
                    context,
                );
            }
            if draft.body.trim().is_empty() && resolution != Resolution::Duplicate {
                let outline = outline(thread, &store, resolution);
                let keep = |error, text: &str| reply_writer::save_text(text, thread, error, context);
                if let Some(text) = prompts::text("resolution", &outline, context, keep)? {
                    let text = body::without_hints(&text, &outline);
                    draft.body = match store.template(&thread.ticket.template) {
                        Some(template) => body::without_empty(&text, template),
                        None => text,
                    };
                }
            }
            let push = arguments.options.push;
            let tell = |reply| replies.push(reply);
            let written = reply_writer::write(&draft, thread, push, "resolved", &store, context, tell)?;
            outcome = if written == Outcome::Done { outcome } else { written };
        }
        Ok(())
    };
    let done = resolve_all();
    // After an error, the replies that were written before it are printed too.
    if context.ui.is_json() && (done.is_ok() || !replies.is_empty()) {
        context.ui.json(&WrittenReplies { replies });
    }
    debug_assert!(store.has_ticket(duplicate_of.as_deref().unwrap_or_default()) || duplicate_of.is_none());
    done.map(|()| outcome)
}

/// Asks how the tickets were resolved.
fn choose(ids: &[String], context: &Context) -> Result<Resolution, CliError> {
    let names = Resolution::NAMES.iter().map(|name| (*name).to_owned()).collect();
    let chosen = prompts::choice("how was it resolved?", names, 0, context)?;
    chosen.as_deref().and_then(Resolution::parse).ok_or_else(|| {
        let ids: Vec<String> = ids.iter().map(|id| shell_word(id)).collect();
        CliError::usage("missing resolution")
            .with_hint(format!("`casebook resolve {} --as {}`", ids.join(" "), Resolution::NAMES[0]))
            .with_hint(format!("`--as` also takes {}", Resolution::NAMES[1..].join(", ")))
    })
}

/// Returns whether to resolve a ticket. If it is already resolved, asks the user; without a terminal, resolves it again
/// only if the new resolution differs from the old one.
fn should_resolve(draft: &ReplyDraft, thread: &Thread, context: &Context) -> Result<bool, CliError> {
    let (id, state) = (thread.id(), &thread.state);
    if state.status != Status::Resolved || is_under_way(context.repo()?, thread, draft, context.process.now) {
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
            context.ui.say(format!("{id} was already resolved{how}; the new resolution replaces the old one"))
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

/// Returns the required sections of this resolution with their hints, for the editor.
fn outline(thread: &Thread, store: &Store, resolution: Resolution) -> String {
    let value_of = |name: &str| thread.field(name);
    let rules = store
        .template(&thread.ticket.template)
        .map(|template| template.resolution.as_slice())
        .unwrap_or_default();
    let required = rules.iter().filter(|rule| {
        rule.required.contains(&Stage::Resolved(resolution))
            && applies(&rule.when, rule.since, thread.ticket.created, |name| -> Option<&YamlValue> {
                value_of(name)
            })
    });
    required
        .map(|rule| {
            format!(
                "## {}\n<!-- {} -->\n",
                rule.name,
                rule.ask.as_deref().unwrap_or("What the next person needs to know")
            )
        })
        .collect::<Vec<_>>()
        .join("\n")
}

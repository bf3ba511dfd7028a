//! `casebook resolve`

use super::{
    CliError, Context, Outcome, ask, body,
    writing::{self, ReplyOptions},
};
use crate::{
    store::Store,
    template::{Known as _, Stage, applies},
    ticket::{Resolution, Status, Thread, Value},
};

/// Resolve tickets: say how, and what the next person with the same problem needs to know
#[derive(clap::Args)]
pub struct Arguments {
    /// The tickets: whole ids or random ends
    #[arg(value_name = "ID", required = true, add = super::complete::ids())]
    ids: Vec<String>,
    /// How it was resolved; `duplicate` needs `--of` (which alone means it)
    #[arg(long = "as", value_name = "RESOLUTION", value_parser = clap::builder::PossibleValuesParser::new(Resolution::NAMES), required_unless_present = "of")]
    resolution: Option<String>,
    /// The ticket that it is a duplicate of
    #[arg(long, value_name = "ID", add = super::complete::ids())]
    of: Option<String>,
    /// A ticket or article that held the answer
    #[arg(long, value_name = "ID", add = super::complete::ids())]
    answered_by: Vec<String>,
    #[command(flatten)]
    options: ReplyOptions,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let given = arguments.resolution.as_deref().and_then(Resolution::parse);
    let resolution = given.unwrap_or(Resolution::Duplicate);
    if arguments.of.is_some() && resolution != Resolution::Duplicate {
        return Err(CliError::usage(format!(
            "`--of` belongs to `--as duplicate`, not to `--as {resolution}`"
        ))
        .with_help("name the ticket that held the answer with `--answered-by`"));
    }
    if resolution == Resolution::Duplicate && arguments.of.is_none() {
        return Err(CliError::usage("a duplicate of which ticket?").with_help("name it with `--of ID`"));
    }
    let duplicate_of =
        arguments.of.as_deref().map(|name| store.find(name).map(|of| of.id().to_owned())).transpose()?;
    let mut answered_by = Vec::new();
    for name in &arguments.answered_by {
        answered_by.push(if store.article(name).is_some() {
            name.clone()
        } else {
            store.find(name)?.id().to_owned()
        });
    }
    // All are found before the first is written.
    let threads: Vec<&Thread> =
        arguments.ids.iter().map(|id| store.find_for_writing(id)).collect::<Result<_, _>>()?;
    let mut outcome = Outcome::Done;
    let mut replies = Vec::new();
    let mut resolve_all = || {
        for thread in &threads {
            let mut draft = writing::draft(&arguments.options, thread, &store, context)?;
            draft.status = Some(Status::Resolved);
            draft.resolution = Some(resolution);
            draft.duplicate_of.clone_from(&duplicate_of);
            draft.answered_by.clone_from(&answered_by);
            if draft.body.trim().is_empty() && resolution != Resolution::Duplicate {
                let outline = outline(thread, &store, resolution);
                if let Some(text) = ask::text("how it was resolved", &outline, context)? {
                    draft.body = match store.template(&thread.ticket.template) {
                        Some(template) => body::without_empty(&text, template),
                        None => text,
                    };
                }
            }
            let push = arguments.options.push;
            let tell = |reply| replies.push(reply);
            let written = writing::write(&draft, thread, push, "resolved", &store, context, tell)?;
            outcome = if written == Outcome::Done { outcome } else { written };
        }
        Ok(())
    };
    let done = resolve_all();
    // What was written before something went wrong is written all the same.
    if context.ui.is_json() && (done.is_ok() || !replies.is_empty()) {
        context.ui.json(&serde_json::json!({ "replies": replies }));
    }
    debug_assert!(store.has_ticket(duplicate_of.as_deref().unwrap_or_default()) || duplicate_of.is_none());
    done.map(|()| outcome)
}

/// The sections that the template wants of this resolution, for the editor.
fn outline(thread: &Thread, store: &Store, resolution: Resolution) -> String {
    let value_of = |name: &str| thread.field(name);
    let rules = store
        .template(&thread.ticket.template)
        .map(|template| template.resolution.as_slice())
        .unwrap_or_default();
    let wanted = rules.iter().filter(|rule| {
        rule.required.contains(&Stage::Resolved(resolution))
            && applies(&rule.when, rule.since, thread.ticket.created, |name| -> Option<&Value> {
                value_of(name)
            })
    });
    wanted
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

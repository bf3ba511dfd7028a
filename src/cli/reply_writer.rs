//! Shared by the commands that write replies: options, composing, writing.

use std::path::PathBuf;

use super::{CliError, CliErrorKind, Context, Outcome, argument_values, body, table, write_report};
use crate::{
    api::WrittenReply,
    intake::{Drafts, IntakeError, Replied, ReplyDraft, Writer, write_reply},
    settings::Settings,
    store::Store,
    template::SectionRule,
    text::{nearest, shell_word},
    ticket::{Set, Thread},
};

/// Options of every command that writes a reply.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct ReplyOptions {
    /// The text [default: `reply` and `resolve` open `$EDITOR` on a terminal]
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// A file with the text; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "message", value_hint = clap::ValueHint::FilePath)]
    pub body: Option<PathBuf>,
    /// A section of the text, such as `--section Fix="restarted it"`
    #[arg(long, value_name = "NAME=TEXT", value_parser = argument_values::pair)]
    pub section: Vec<(String, String)>,
    /// A ticket field to change, such as `--set priority=high` or `--set tags=+export,-noise`; an empty value clears it
    #[arg(long, value_name = "KEY=VALUE", value_parser = argument_values::pair)]
    pub set: Vec<(String, String)>,
    /// The new assignee: a person's id, `me` or `none`
    #[arg(long, value_name = "WHO")]
    pub assign: Option<String>,
    #[command(flatten)]
    pub push: PushOptions,
}

/// Whether to push.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(super) struct PushOptions {
    /// Push after the commit, even if casebook.yml says `push: false`
    #[arg(long, overrides_with = "no_push")]
    pub push: bool,
    /// Do not push after the commit
    #[arg(long)]
    pub no_push: bool,
}

impl PushOptions {
    /// Whether to push, with these settings.
    pub(super) fn wanted(self, settings: &Settings) -> bool {
        self.push || (settings.push && !self.no_push)
    }
}

/// The id that the person at the keyboard writes under.
pub(super) fn author(context: &Context, store: &Store) -> Result<String, CliError> {
    context.me(store)?.ok_or_else(|| {
        CliError::environment("git does not know who you are").with_hint(
            "run `git config --global user.email you@example.org` and `git config --global user.name \"Your Name\"`",
        )
    })
}

/// Fills in what the options say about a reply to `thread`.
pub(super) fn draft(
    options: &ReplyOptions,
    thread: &Thread,
    store: &Store,
    context: &Context,
) -> Result<ReplyDraft, CliError> {
    let mut set: Vec<(String, Set)> = Vec::new();
    for (key, text) in &options.set {
        set.push((key.clone(), argument_values::set(key, text, store, &thread.ticket.template)?));
    }
    let assignee = match options.assign.as_deref() {
        Some("none" | "") => Some(None),
        Some("me") => Some(Some(author(context, store)?)),
        Some(other) => Some(Some(other.to_owned())),
        None => None,
    };
    Ok(ReplyDraft {
        author: author(context, store)?,
        assignee,
        set,
        body: body::fill(&text(options, context)?, &options.section),
        ..ReplyDraft::default()
    })
}

/// Tells somebody who fills a section that the template does not know which ones it does. A text may have any.
pub(super) fn name_sections(
    given: &[(String, String)],
    known: &[SectionRule],
    whose: &str,
    context: &Context,
) {
    let names = || known.iter().map(|rule| rule.name.as_str());
    for (name, _) in given {
        let is_known = names().any(|known| known.to_lowercase() == name.trim().to_lowercase());
        if !is_known && !known.is_empty() {
            let near =
                nearest(name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let all = names().collect::<Vec<_>>().join(", ");
            context
                .ui
                .say(format!("{whose} has no section `{}`{near} (it has {all})", table::one_line(name)));
        }
    }
}

/// The text that the options give, without sections.
pub(super) fn text(options: &ReplyOptions, context: &Context) -> Result<String, CliError> {
    match (&options.message, &options.body) {
        (Some(message), _) => Ok(message.clone()),
        (None, Some(file)) => body::read(file, context),
        (None, None) => Ok(String::new()),
    }
}

/// Writes, commits, pushes and says so; `tell` is given what was written, if programs read it.
pub(crate) fn write(
    draft: &ReplyDraft,
    thread: &Thread,
    push: PushOptions,
    done: &str,
    store: &Store,
    context: &Context,
    tell: impl FnOnce(WrittenReply),
) -> Result<Outcome, CliError> {
    let me = context.me(store)?;
    let writer = Writer {
        repo: context.repo()?,
        store,
        now: context.process.now,
        push: push.wanted(&store.settings),
        waiting: &|| context.ui.say("waiting for another casebook process to finish"),
    };
    let told = |replied: Replied| {
        write_report::findings(
            &replied.warnings,
            &draft.compose(context.process.now),
            me.as_deref(),
            context,
        );
        context.ui.say(format!("{done} {}: {}", replied.id, table::one_line(&thread.ticket.title)));
        let outcome = write_report::delivery(&replied.delivery, &store.settings, None, context);
        if context.ui.is_json() {
            tell(WrittenReply {
                id: replied.id.clone(),
                path: replied.path.clone(),
                commit: replied.commit.to_string(),
            });
        } else {
            context.ui.line(replied.path.as_str());
        }
        context.ui.flush();
        outcome
    };
    write_reply(&writer, thread, draft, told).map_err(|error| {
        let lacks = match &error {
            IntakeError::Refused { findings, .. } => write_report::options_for(findings),
            _ => Vec::new(),
        };
        keep(draft, thread, &lacks, write_report::refused(error, me.as_deref(), context), context)
    })
}

/// Saves a text that was typed into an editor; options are still in the shell's history. `lacks` names what was missing in a
/// refused text.
fn keep(
    draft: &ReplyDraft,
    thread: &Thread,
    lacks: &[String],
    error: CliError,
    context: &Context,
) -> CliError {
    if !context.process.can_ask || draft.body.trim().is_empty() {
        return match error.kind {
            CliErrorKind::Refused if lacks.is_empty() => {
                error.with_hint("nothing was saved; fix the problems above and run the command again")
            }
            CliErrorKind::Refused => {
                error.with_hint(format!("nothing was saved; run {}", context.command_with(lacks)))
            }
            _ => error,
        };
    }
    keep_text(&draft.body, thread, error, context)
}

/// Saves the text of a reply as a draft, and adds to `error` how to continue with it.
pub(super) fn keep_text(text: &str, thread: &Thread, error: CliError, context: &Context) -> CliError {
    if text.trim().is_empty() {
        return error;
    }
    let name = format!("replies/{}", thread.id());
    let kept = context.repo().and_then(|repo| {
        let locked = repo.lock(|| {})?;
        Ok(Drafts::keep(&locked, &name, text)?)
    });
    match kept {
        Ok(place) => {
            let option = format!("--body {}", shell_word(&place.to_string_lossy()));
            error.with_hint(format!("draft saved; continue with {}", context.command_with(&[option])))
        }
        Err(_) => {
            write_report::text_that_cannot_be_kept(text, context);
            error
        }
    }
}

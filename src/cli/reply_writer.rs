//! Options and functions that the commands `reply`, `resolve` and `reopen` share.

use std::path::PathBuf;

use super::{CliError, CliErrorKind, Context, Outcome, argument_values, body, table, write_report};
use crate::{
    api::WrittenReply,
    intake::{CommittedReply, Drafts, IntakeError, ReplyDraft, Writer, write_reply},
    settings::Settings,
    store::Store,
    template::SectionRule,
    text::{nearest, shell_word},
    ticket::{FieldChange, Thread},
};

/// The options of the commands that write a reply.
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

/// The options that decide whether to push.
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
    /// Returns whether to push. The options override the settings.
    pub(super) fn is_on(self, settings: &Settings) -> bool {
        self.push || (settings.push && !self.no_push)
    }
}

/// Returns the person id of the user, or an error if git has no identity.
pub(super) fn author(context: &Context, store: &Store) -> Result<String, CliError> {
    context.me(store)?.ok_or_else(|| {
        CliError::environment("git does not know who you are").with_hint(
            "run `git config --global user.email you@example.org` and `git config --global user.name \"Your Name\"`",
        )
    })
}

/// Creates the draft of a reply to `thread` from the options.
pub(super) fn draft(
    options: &ReplyOptions,
    thread: &Thread,
    store: &Store,
    context: &Context,
) -> Result<ReplyDraft, CliError> {
    let mut set: Vec<(String, FieldChange)> = Vec::new();
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

/// Reports sections that the template does not have. They are allowed, but often misspelled.
pub(super) fn say_unknown_sections(
    given: &[(String, String)],
    known: &[SectionRule],
    owner: &str,
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
                .say(format!("{owner} has no section `{}`{near} (it has {all})", table::one_line(name)));
        }
    }
}

/// Returns the text of `--message` or `--body`, without the sections.
pub(super) fn text(options: &ReplyOptions, context: &Context) -> Result<String, CliError> {
    match (&options.message, &options.body) {
        (Some(message), _) => Ok(message.clone()),
        (None, Some(file)) => body::read(file, context),
        (None, None) => Ok(String::new()),
    }
}

/// Writes, commits and pushes a reply, and prints the result. With `--format json`, `tell` prints it instead.
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
        push: push.is_on(&store.settings),
        waiting: &|| context.ui.say("waiting for another casebook process to finish"),
    };
    let told = |replied: CommittedReply| {
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

/// Saves the text as a draft if it may be lost otherwise: it may have been typed into an editor, or come from standard
/// input and meet a full disk. A refused text of a script can be sent again. `lacks` contains the command-line options that would add the missing parts of a refused text.
fn keep(
    draft: &ReplyDraft,
    thread: &Thread,
    lacks: &[String],
    error: CliError,
    context: &Context,
) -> CliError {
    let can_be_lost = context.process.can_ask || error.kind == CliErrorKind::Environment;
    if !can_be_lost || draft.body.trim().is_empty() {
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
    save_text(&draft.body, thread, error, context)
}

/// Saves the text of a reply as a draft, and adds to `error` how to continue with it.
pub(super) fn save_text(text: &str, thread: &Thread, error: CliError, context: &Context) -> CliError {
    if text.trim().is_empty() {
        return error;
    }
    let name = format!("replies/{}", thread.id());
    let saved = context.repo().and_then(|repo| {
        let locked = repo.lock(|| {})?;
        Ok(Drafts::save(&locked, &name, text)?)
    });
    match saved {
        Ok(place) => {
            let option = format!("--body {}", shell_word(&place.to_string_lossy()));
            error.with_hint(format!("draft saved; continue with {}", context.command_with(&[option])))
        }
        Err(_) => {
            write_report::show_unsaved_text(text, context);
            error
        }
    }
}

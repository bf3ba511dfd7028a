//! `casebook notify`

mod channels;
mod deliver;
mod outgoing;
mod retry;
mod state;

use std::sync::Arc;

use clap::ValueEnum;

use crate::cli::{CliError, Context, Outcome, commands::build::AudienceOption, sending::SendOptions, table};
use crate::{
    api::{NotifiedMessage, NotifyAnswer},
    notify::{Addressee, Channel, chat_text, comment_text, compose, mail_text, new_files},
    repo::{DiffSide, Repo, Source},
    store::{self, Store, StoreListing},
    text::Plural,
    ticket::Visibility,
};
use channels::Channels;
use outgoing::Outgoing;

/// Tell people what new tickets and replies mean for them
///
/// A reply tells the requester of the ticket, also what is missing; a new ticket tells the people on call for its service; a
/// reply of the requester tells the assignee. Each message is sent once: before it is sent, it is recorded in
/// `refs/casebook/notified`, which is pushed. If a run is killed, its messages stay open; `--retry` lists them.
/// Addresses come only from `people` in the settings.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Tell what the commits after this revision mean
    #[arg(long, value_name = "REV", required_unless_present = "retry")]
    since: Option<String>,
    /// The last commit of the range
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    /// Take people and services from this revision [default: that of `--since`; with `--retry`, that of `--at`]
    #[arg(long, value_name = "REV")]
    rules_from: Option<String>,
    /// List the open messages; with ids, or `all`, send these again
    #[arg(long, value_name = "ID", num_args = 0.., conflicts_with = "since")]
    retry: Option<Vec<String>>,
    /// The way to tell people; can be repeated [default: every way that is set up]
    #[arg(long, value_enum, value_name = "WAY", help_heading = "Sending")]
    to: Vec<ChannelOption>,
    /// The incoming webhook of a chat [default: $CASEBOOK_WEBHOOK_URL]
    #[arg(long, value_name = "URL", help_heading = "Sending")]
    webhook: Option<String>,
    /// Who reads the chat; for the public, it gets only public tickets and replies
    #[arg(long, value_enum, default_value_t = AudienceOption::Internal, help_heading = "Sending")]
    audience: AudienceOption,
    /// Print the messages instead of sending them; record nothing
    #[arg(long, help_heading = "Sending")]
    dry_run: bool,
    #[command(flatten)]
    send: SendOptions,
}

/// A way to tell people, as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ChannelOption {
    /// A mail to each person, if CASEBOOK_SMTP_URL is set.
    Mail,
    /// A message in a chat, if CASEBOOK_WEBHOOK_URL is set.
    Webhook,
    /// A comment on the pull request of the ticket, if GITHUB_TOKEN, GITHUB_API_URL and GITHUB_REPOSITORY are set; only public replies.
    Comment,
}

impl From<ChannelOption> for Channel {
    fn from(given: ChannelOption) -> Self {
        match given {
            ChannelOption::Mail => Self::Mail,
            ChannelOption::Webhook => Self::Webhook,
            ChannelOption::Comment => Self::Comment,
        }
    }
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    if let Some(ids) = &arguments.retry {
        return retry::run(ids, &arguments, repo, context);
    }
    let channels = Channels::of(&arguments, context)?;
    let since = repo.resolve(arguments.since.as_deref().unwrap_or("HEAD"))?.to_string();
    let tip = repo.resolve(&arguments.at)?.to_string();
    let store = load(&tip, arguments.rules_from.as_deref().unwrap_or(&since), repo, context)?;
    let changes = repo.changed(&since, DiffSide::Commit(&tip))?;
    let newest = now_internal(&store, &tip, repo, context)?;
    let views = outgoing::views(&store, newest.as_deref(), arguments.audience.into());
    let found = outgoing::find(&new_files(&changes, &store), &channels.used, &views, context.process.now);
    if arguments.dry_run {
        let ledger = context.lock(repo)?.read_ledger(crate::repo::NOTIFIED)?;
        print_all(&state::unknown(found, &ledger, repo)?, context);
        return Ok(Outcome::Done);
    }
    let claimed = state::claim(found, repo, context)?;
    deliver::deliver(claimed, &channels, &tip, repo, context)
}

/// Loads the commit `at` with the settings of `rules`.
fn load(at: &str, rules: &str, repo: &Repo, context: &Context) -> Result<Arc<Store>, CliError> {
    let rules = repo.commit(rules)?;
    let (source, _reading) = context.ui.watch_reading(Arc::new(repo.commit(at)?));
    let cache = repo.cache_slot("parsed-head");
    let listed = StoreListing::of(source, &cache)?;
    Ok(Arc::new(store::load_for_check(listed, Some(&rules as &dyn Source), &cache)?))
}

/// Returns the commit `tip` with its own settings if these make tickets internal that are public with those of `store`. A push that
/// makes tickets internal is not told to the public.
fn now_internal(
    store: &Store,
    tip: &str,
    repo: &Repo,
    context: &Context,
) -> Result<Option<Arc<Store>>, CliError> {
    if store.settings.visibility == Visibility::Internal {
        return Ok(None);
    }
    let newest = load(tip, tip, repo, context)?;
    Ok(Some(newest).filter(|newest| newest.settings.visibility == Visibility::Internal))
}

/// Prints the messages that would be sent.
fn print_all(messages: &[Outgoing<'_>], context: &Context) {
    let ui = &context.ui;
    if ui.is_json() {
        let described = messages
            .iter()
            .map(|message| NotifiedMessage { text: Some(text_of(message)), ..describe(message, "new") });
        ui.json(&NotifyAnswer { messages: described.collect(), total: messages.len() });
        return;
    }
    for message in messages {
        let composed = compose(&message.notice, &message.store, &message.store.settings);
        ui.line(format!("to {}: {}", message.entry.to, table::one_line(&composed.subject)));
        ui.line("");
        ui.line(text_of(message).trim_end().lines().map(|line| format!("    {line}\n")).collect::<String>());
    }
    ui.say(match messages.len() {
        0 => "nobody has to be told anything".to_owned(),
        count => format!("{} would be sent", Plural(count, "message")),
    });
}

/// Returns the text of a message in the form of its channel.
fn text_of(message: &Outgoing<'_>) -> String {
    let composed = compose(&message.notice, &message.store, &message.store.settings);
    match message.notice.to {
        Addressee::Person(_) => mail_text(&composed),
        Addressee::Chat => chat_text(&composed),
        Addressee::PullRequest => comment_text(&composed),
    }
}

fn describe(message: &Outgoing<'_>, state: &'static str) -> NotifiedMessage {
    let composed = compose(&message.notice, &message.store, &message.store.settings);
    NotifiedMessage {
        id: message.entry.short(),
        file: message.entry.file.clone(),
        to: message.entry.to.clone(),
        state,
        since: (state == "open").then_some(message.entry.time),
        reason: Some(message.notice.reason.key()),
        subject: Some(crate::text::one_line(&composed.subject)),
        text: None,
    }
}

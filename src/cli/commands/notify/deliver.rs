//! Sends the announced messages.

use std::collections::BTreeSet;

use super::{channels::Channels, describe, outgoing::Outgoing, state};
use crate::cli::{CliError, Context, Outcome, table};
use crate::{
    api::NotifyAnswer,
    notify::{
        Addressee, Channel, Letter, Message, Notice, SendError, address_of, chat_text, comment_text, compose,
        digest, mail_text, post,
    },
    repo::{History, Repo},
    settings::Settings,
    text::{Plural, Time},
};

/// The maximum number of messages of a run. All others are in one digest.
const MAX_MESSAGES: usize = 20;

/// Sends messages one by one.
struct Delivery<'a> {
    channels: &'a Channels,
    tip: &'a str,
    repo: &'a Repo,
    now: Time,
    /// The history of the repository, for the commits that added tickets. Read only if a comment needs it.
    history: Option<History>,
    /// The channels whose server does not answer.
    down: BTreeSet<Channel>,
}

/// Sends the messages of `claimed` and records which were sent.
pub(super) fn deliver(
    claimed: Vec<Outgoing<'_>>,
    channels: &Channels,
    tip: &str,
    repo: &Repo,
    context: &Context,
) -> Result<Outcome, CliError> {
    let ui = &context.ui;
    let now = context.process.now;
    let mut delivery = Delivery { channels, tip, repo, now, history: None, down: BTreeSet::new() };
    let mut sent = vec![false; claimed.len()];
    let (single, rest) = claimed.split_at(claimed.len().min(MAX_MESSAGES));
    for (place, message) in single.iter().enumerate() {
        sent[place] = context_of(delivery.send(message), &message.entry.to, context);
    }
    for channel in &channels.used {
        let is_for = |message: &Outgoing<'_>| message.notice.to.channel() == *channel;
        let all: Vec<&Outgoing<'_>> = rest.iter().filter(|message| is_for(message)).collect();
        if let Some(first) = all.first() {
            let settings = &first.store.settings;
            let notices: Vec<Notice<'_>> = all.iter().map(|message| message.notice.clone()).collect();
            let is_sent =
                context_of(delivery.send_digest(*channel, &notices, settings), "many people", context);
            for (place, _) in rest.iter().enumerate().filter(|(_, message)| is_for(message)) {
                sent[single.len() + place] = is_sent;
            }
        }
    }
    let done: Vec<_> = claimed
        .iter()
        .zip(&sent)
        .filter(|(_, is_sent)| **is_sent)
        .map(|(message, _)| message.entry.clone())
        .collect();
    state::mark_sent(&done, repo, context)?;
    if ui.is_json() {
        let described = claimed.iter().zip(&sent);
        let messages =
            described.map(|(message, is_sent)| describe(message, if *is_sent { "sent" } else { "open" }));
        ui.json(&NotifyAnswer { messages: messages.collect(), total: claimed.len() });
    } else {
        for (message, _) in claimed.iter().zip(&sent).filter(|(_, is_sent)| **is_sent) {
            ui.line(format!(
                "{}  {}",
                table::one_line(&message.entry.to),
                table::one_line(&message.entry.file)
            ));
        }
    }
    let open = claimed.len() - done.len();
    if open > 0 {
        return Err(CliError::environment(format!("{} not sent", Plural(open, "message")))
            .with_hint("`casebook notify --retry` lists open messages"));
    }
    ui.say(match claimed.len() {
        0 => "nobody has to be told anything".to_owned(),
        count => format!("{} sent", Plural(count, "message")),
    });
    Ok(Outcome::Done)
}

/// Returns whether the message was sent. Warns if it was not.
fn context_of(result: Result<(), DeliveryError>, to: &str, context: &Context) -> bool {
    match result {
        Ok(()) => true,
        Err(DeliveryError::Down) => false,
        Err(DeliveryError::Failed(why)) => {
            context.ui.warn(format!("message to {to} not sent: {why}"));
            false
        }
    }
}

/// Why a message was not sent.
enum DeliveryError {
    /// The server did not answer an earlier message.
    Down,
    Failed(String),
}

impl Delivery<'_> {
    fn send(&mut self, message: &Outgoing<'_>) -> Result<(), DeliveryError> {
        let composed = compose(&message.notice, &message.store, &message.store.settings);
        let key = state::key_of(&message.entry) + &message.entry.retries.to_string();
        let thread = message.whole.thread;
        match &message.notice.to {
            Addressee::Person(id) => {
                let person = message.store.settings.person(id).and_then(address_of);
                let to: Vec<String> = person.map(str::to_owned).into_iter().collect();
                self.mail(&to, &composed, &key, Some(thread.id()))
            }
            Addressee::Chat => self.chat(&composed),
            Addressee::PullRequest => self.comment(message, &composed),
        }
    }

    /// Sends one message about all `notices`.
    fn send_digest(
        &mut self,
        channel: Channel,
        notices: &[Notice<'_>],
        settings: &Settings,
    ) -> Result<(), DeliveryError> {
        let composed = digest(notices, settings);
        match channel {
            Channel::Mail => {
                let people = notices.iter().filter_map(|notice| match &notice.to {
                    Addressee::Person(id) => settings.person(id).and_then(address_of),
                    Addressee::Chat | Addressee::PullRequest => None,
                });
                let to: BTreeSet<String> = people.map(str::to_owned).collect();
                let to: Vec<String> = to.into_iter().collect();
                self.mail(&to, &composed, &format!("digest {} {}", self.tip, self.now), None)
            }
            Channel::Webhook => self.chat(&composed),
            Channel::Comment => Err(DeliveryError::Failed(format!(
                "{} exceed the limit of {MAX_MESSAGES} messages a run",
                Plural(notices.len(), "comment")
            ))),
        }
    }

    fn mail(
        &mut self,
        to: &[String],
        message: &Message,
        key: &str,
        thread: Option<&str>,
    ) -> Result<(), DeliveryError> {
        let text = mail_text(message);
        let letter = Letter { to, subject: &message.subject, text: &text, key, thread, time: self.now };
        self.try_on(Channel::Mail, |delivery| match &delivery.channels.mailer {
            Some(mailer) => mailer.send(&letter),
            None => Ok(()),
        })
    }

    fn chat(&mut self, message: &Message) -> Result<(), DeliveryError> {
        self.try_on(Channel::Webhook, |delivery| match &delivery.channels.webhook {
            Some(address) => post(address, &chat_text(message)),
            None => Ok(()),
        })
    }

    /// Comments on the pull request that added the ticket. A ticket that came without one needs no comment.
    fn comment(&mut self, message: &Outgoing<'_>, composed: &Message) -> Result<(), DeliveryError> {
        if self.history.is_none() {
            let history = self.repo.history(self.tip, None);
            self.history = Some(history.map_err(|error| DeliveryError::Failed(error.to_string()))?);
        }
        let path = message.whole.thread.ticket.path.as_ref();
        let history = self.history.as_ref();
        let added = path.and_then(|path| history?.added(path)).filter(|commit| !commit.is_boundary);
        let Some(commit) = added.map(|commit| commit.id.to_string()) else { return Ok(()) };
        self.try_on(Channel::Comment, |delivery| {
            let Some(forge) = &delivery.channels.forge else { return Ok(()) };
            match forge.pull_request_of(&commit)? {
                Some(number) => forge.comment(number, &comment_text(composed)),
                None => Ok(()),
            }
        })
    }

    /// Sends through a channel, unless its server did not answer before.
    fn try_on(
        &mut self,
        channel: Channel,
        send: impl FnOnce(&Self) -> Result<(), SendError>,
    ) -> Result<(), DeliveryError> {
        if self.down.contains(&channel) {
            return Err(DeliveryError::Down);
        }
        send(self).map_err(|error| {
            if let SendError::Unreachable { .. } = error {
                self.down.insert(channel);
            }
            DeliveryError::Failed(error.to_string())
        })
    }
}

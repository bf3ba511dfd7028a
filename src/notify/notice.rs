//! Who is told about a new ticket or reply, and why.

use super::NewFile;
use crate::{
    settings::{Person, Settings},
    store::Store,
    ticket::Status,
};

/// A way to tell people something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    /// A mail to a person of the team.
    Mail,
    /// A message in a chat.
    Webhook,
    /// A comment on the pull request that added the ticket.
    Comment,
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Addressee {
    /// A person of `people`, by mail.
    Person(String),
    /// Everybody in the chat of the webhook.
    Chat,
    /// Everybody who reads the pull request of the ticket.
    PullRequest,
}

impl Addressee {
    pub(crate) fn channel(&self) -> Channel {
        match self {
            Self::Person(_) => Channel::Mail,
            Self::Chat => Channel::Webhook,
            Self::PullRequest => Channel::Comment,
        }
    }

    /// Returns the name under which the addressee is recorded: `mail:mei`, `webhook` or `comment`. It has no address.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Person(id) => format!("mail:{id}"),
            Self::Chat => "webhook".to_owned(),
            Self::PullRequest => "comment".to_owned(),
        }
    }
}

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NoticeReason {
    /// The requester was asked for something.
    Asked,
    /// There is a reply to the requester's ticket.
    Replied,
    /// The ticket was assigned to somebody.
    Assigned,
    /// There is a new ticket of a service.
    Opened,
    /// The requester replied.
    Answered,
}

impl NoticeReason {
    /// Returns the name of the reason in JSON.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Replied => "replied",
            Self::Assigned => "assigned",
            Self::Opened => "opened",
            Self::Answered => "answered",
        }
    }
}

/// A message that somebody has to get, before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Notice<'s> {
    pub file: NewFile<'s>,
    pub to: Addressee,
    pub reason: NoticeReason,
}

/// Returns who is told about `file` through `channel`, and why. `people` are the settings of a trusted revision: only
/// they know addresses and who is on call. For a public channel, `file` is from the store that the public sees.
pub(crate) fn notices<'s>(file: NewFile<'s>, channel: Channel, people: &Settings) -> Vec<Notice<'s>> {
    let told = told(&file, people);
    let notice = |to, reason| Notice { file, to, reason };
    match channel {
        Channel::Mail => {
            let has_mail = |id: &&str| people.person(id).is_some_and(|person| address_of(person).is_some());
            let told = told.into_iter().filter(|(id, _)| has_mail(id));
            told.map(|(id, reason)| notice(Addressee::Person(id.to_owned()), reason)).collect()
        }
        // One message, even if it is for several people.
        Channel::Webhook => {
            let reason = told.first().map(|(_, reason)| *reason).or_else(|| general_reason(&file));
            reason.map(|reason| notice(Addressee::Chat, reason)).into_iter().collect()
        }
        Channel::Comment => {
            let to_requester = [NoticeReason::Asked, NoticeReason::Replied];
            let reason = general_reason(&file).filter(|reason| to_requester.contains(reason));
            reason.map(|reason| notice(Addressee::PullRequest, reason)).into_iter().collect()
        }
    }
}

/// Returns the address for mails to a person.
pub(crate) fn address_of(person: &Person) -> Option<&str> {
    person.emails.iter().map(String::as_str).find(|address| address.parse::<lettre::Address>().is_ok())
}

/// Returns the ids of the people who are told, each once, with the reason. The author of a text gets no message about it.
fn told<'a>(file: &NewFile<'a>, people: &'a Settings) -> Vec<(&'a str, NoticeReason)> {
    let (thread, Some(reason)) = (file.thread, general_reason(file)) else { return Vec::new() };
    let requester = thread.ticket.requester.as_deref();
    let assignee = thread.state.assignee.as_deref();
    let oncall = || {
        let service = thread.state.service.as_deref();
        service.map(|service| people.oncall_of(service)).unwrap_or_default().iter().map(String::as_str)
    };
    let (author, mut told): (_, Vec<(&str, NoticeReason)>) = match file.reply {
        None => (requester, oncall().map(|id| (id, reason)).collect()),
        Some(reply) => {
            let newly_assigned = reply.assignee.as_ref().and_then(Option::as_deref);
            let mut told: Vec<(&str, NoticeReason)> = match reason {
                // The people who work on the ticket need the answer.
                NoticeReason::Answered => match assignee {
                    Some(assignee) => vec![(assignee, reason)],
                    None => oncall().map(|id| (id, reason)).collect(),
                },
                // Triage without a word tells the requester nothing.
                NoticeReason::Assigned => Vec::new(),
                _ => requester.map(|id| (id, reason)).into_iter().collect(),
            };
            told.extend(newly_assigned.map(|id| (id, NoticeReason::Assigned)));
            (reply.author.as_deref(), told)
        }
    };
    let mut known = Vec::new();
    told.retain(|(id, _)| {
        let is_new = Some(*id) != author && !known.contains(id);
        known.push(*id);
        is_new
    });
    told
}

/// Returns what the file means, whoever is told; `None` if it means nothing to anybody: a ticket that was resolved in the
/// meantime, an internal note, or triage.
fn general_reason(file: &NewFile<'_>) -> Option<NoticeReason> {
    let thread = file.thread;
    let Some(reply) = file.reply else {
        return (thread.state.status != Status::Resolved).then_some(NoticeReason::Opened);
    };
    if thread.is_note(reply) {
        return None;
    }
    let is_by_requester = reply.author.is_some() && reply.author == thread.ticket.requester;
    let assigns = reply.assignee.as_ref().is_some_and(Option::is_some);
    match reply {
        _ if is_by_requester => Some(NoticeReason::Answered),
        reply if reply.status == Some(Status::Pending) && !reply.asks.is_empty() => Some(NoticeReason::Asked),
        reply if reply.words > 0 || reply.status.is_some() => Some(NoticeReason::Replied),
        _ => assigns.then_some(NoticeReason::Assigned),
    }
}

/// Returns the file as the readers of `view` see it; `None` if they do not see it.
pub(crate) fn seen<'v>(file: &NewFile<'_>, view: &'v Store) -> Option<NewFile<'v>> {
    let thread = view.thread(file.thread.id()).filter(|thread| thread.id() == file.thread.id())?;
    match file.reply {
        None => Some(NewFile { thread, reply: None }),
        Some(reply) => {
            let reply = thread.replies.iter().find(|other| other.name == reply.name)?;
            Some(NewFile { thread, reply: Some(reply) })
        }
    }
}

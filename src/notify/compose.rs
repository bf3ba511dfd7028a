//! The text of a message.

use super::{Addressee, Link, Message, NewFile, Notice, NoticeReason, Part, due::title_of};
use crate::{
    settings::Settings,
    store::Store,
    text::{Plural, markdown::without_comments},
    ticket::Status,
};

/// The maximum number of tickets and replies that a digest lists.
const MAX_ITEMS: usize = 50;

/// Writes the message of a notice. The texts come from `store`, which the addressee may see; the names of people come from
/// `settings`.
pub(crate) fn compose(notice: &Notice<'_>, store: &Store, settings: &Settings) -> Message {
    let NewFile { thread, reply } = notice.file;
    let mut parts = vec![Part::Sentence(format!("{}:", what_happened(notice, settings)))];
    if let Some(asks) = asked(notice) {
        parts.push(Part::Sentence(asks));
    }
    let path = reply.map_or(thread.ticket.path.as_ref(), |reply| reply.path.as_ref());
    let body = store.body(path);
    let body = without_comments(&body);
    if !body.trim().is_empty() {
        parts.push(Part::quote(&body));
    }
    let link = Link::ticket(thread.id(), settings);
    parts.push(Part::Item { title: title_of(thread).to_owned(), facts: facts(&notice.file, settings), link });
    if thread.state.status != Status::Resolved && notice.to != Addressee::PullRequest {
        let id = crate::text::shell_word(thread.id());
        parts.push(Part::Sentence(format!("To reply: casebook reply {id}")));
    }
    Message { subject: format!("{}: {}", subject(notice, settings), title_of(thread)), parts }
}

/// Writes one message for all notices beyond the limit of a run.
pub(crate) fn digest(notices: &[Notice<'_>], settings: &Settings) -> Message {
    let mut files: Vec<&Notice<'_>> = Vec::new();
    for notice in notices {
        if !files.iter().any(|other| other.file.names() == notice.file.names()) {
            files.push(notice);
        }
    }
    let item = |notice: &&Notice<'_>| Part::Item {
        title: title_of(notice.file.thread).to_owned(),
        facts: format!("{}; {}", what_happened(notice, settings), facts(&notice.file, settings)),
        link: Link::ticket(notice.file.thread.id(), settings),
    };
    let mut parts: Vec<Part> = files.iter().take(MAX_ITEMS).map(item).collect();
    if files.len() > MAX_ITEMS {
        parts.push(Part::Sentence(format!("and {} more", files.len() - MAX_ITEMS)));
    }
    Message { subject: format!("{}: {}", settings.title, Plural(files.len(), "more change")), parts }
}

/// Returns what the subject says before the title.
fn subject(notice: &Notice<'_>, settings: &Settings) -> String {
    let what = match notice.reason {
        NoticeReason::Asked => "Needs more information".to_owned(),
        NoticeReason::Assigned => match &notice.to {
            Addressee::Person(_) => "Assigned to you".to_owned(),
            _ => "Assigned".to_owned(),
        },
        NoticeReason::Opened => "New ticket".to_owned(),
        NoticeReason::Answered => "Reply of the requester".to_owned(),
        NoticeReason::Replied => match notice.file.reply.and_then(|reply| reply.status) {
            Some(Status::Resolved) => "Resolved".to_owned(),
            _ => "Reply".to_owned(),
        },
    };
    match notice.to {
        // A comment has no subject.
        Addressee::PullRequest => what,
        Addressee::Person(_) | Addressee::Chat => format!("[{}] {what}", settings.title),
    }
}

/// Returns what happened in one sentence without its end.
fn what_happened(notice: &Notice<'_>, settings: &Settings) -> String {
    let NewFile { thread, reply } = notice.file;
    let name = |id: Option<&str>| id.map_or("somebody", |id| settings.person_name(id)).to_owned();
    let requester = thread.ticket.requester.as_deref();
    let author = name(reply.map_or(requester, |reply| reply.author.as_deref()));
    let service =
        thread.state.service.as_deref().map(|id| settings.service(id).map_or(id, |service| &service.name));
    let whose = match &notice.to {
        Addressee::Person(id) if Some(id.as_str()) == requester => "your ticket".to_owned(),
        Addressee::PullRequest => "this ticket".to_owned(),
        Addressee::Person(_) | Addressee::Chat => format!("the ticket of {}", name(requester)),
    };
    match notice.reason {
        NoticeReason::Opened => match service {
            Some(service) => format!("{author} opened a ticket for {service}"),
            None => format!("{author} opened a ticket"),
        },
        NoticeReason::Answered => format!("{author} replied to a ticket of their own"),
        NoticeReason::Asked => format!("{author} needs more information about {whose}"),
        NoticeReason::Assigned => {
            let to = reply.and_then(|reply| reply.assignee.as_ref()?.as_deref());
            match &notice.to {
                Addressee::Person(id) if Some(id.as_str()) == to => {
                    format!("{author} assigned a ticket to you")
                }
                _ => format!("{author} assigned {whose} to {}", name(to)),
            }
        }
        NoticeReason::Replied => match reply.and_then(|reply| reply.status) {
            Some(Status::Resolved) => format!("{author} resolved {whose}"),
            _ => format!("{author} replied to {whose}"),
        },
    }
}

/// Returns what the requester is asked for and has not given yet.
fn asked(notice: &Notice<'_>) -> Option<String> {
    let reply = notice.file.reply.filter(|_| notice.reason == NoticeReason::Asked)?;
    Some(format!("Missing: {}.", reply.asks.join(", ")))
}

/// Returns the facts of the ticket now, which may be later than the reply.
fn facts(file: &NewFile<'_>, settings: &Settings) -> String {
    let state = &file.thread.state;
    let mut facts = vec![match state.resolution {
        Some(resolution) => format!("{} ({resolution})", state.status),
        None => state.status.to_string(),
    }];
    facts.push(format!("priority {}", file.thread.priority()));
    facts.extend(state.service.clone());
    facts.extend(state.assignee.as_deref().map(|id| format!("assigned to {}", settings.person_name(id))));
    facts.join(", ")
}

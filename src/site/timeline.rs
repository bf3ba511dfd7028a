//! Describes the changes of each reply, such as "mei resolved this as fixed".

use serde::Serialize;

use super::markdown::escape;
use super::model::TicketNo;
use super::words::TextArgument;
use super::{Html, Site};
use crate::ticket::{FieldChange, Reply, Status, TagChange};

/// A change that a reply made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct TimelineEvent {
    /// The kind of change, for its style.
    pub(super) kind: &'static str,
    /// The description, which is shown after the author's name.
    pub(super) html: Html,
}

/// Lists the changes of each reply of ticket `n`, in order.
pub(super) fn changes(site: &Site, n: TicketNo, root: &str) -> Vec<Vec<TimelineEvent>> {
    let thread = site.model.thread(n);
    let mut status = Status::Open;
    let mut all = Vec::new();
    for reply in &thread.replies {
        let mut found = Vec::new();
        if reply.is_dated() && !thread.is_note(reply) {
            let describer = ChangeDescriber { site, root };
            describer.status(reply, status, &mut found);
            describer.others(reply, &mut found);
            let reopens = status == Status::Pending && reply.author == thread.ticket.requester;
            status = reply.status.unwrap_or(if reopens { Status::Open } else { status });
        }
        all.push(found);
    }
    all
}

struct ChangeDescriber<'a> {
    site: &'a Site,
    root: &'a str,
}

impl ChangeDescriber<'_> {
    fn say(
        &self,
        kind: &'static str,
        key: &str,
        parts: &[(&str, TextArgument<'_>)],
        found: &mut Vec<TimelineEvent>,
    ) {
        if let Some(html) = self.site.words().say(key, parts) {
            found.push(TimelineEvent { kind, html });
        }
    }

    fn status(&self, reply: &Reply, before: Status, found: &mut Vec<TimelineEvent>) {
        let words = self.site.words();
        match reply.status {
            Some(Status::Resolved) => match reply.resolution {
                Some(resolution) => {
                    let label = words.label("resolution", resolution.name()).to_lowercase();
                    self.say(
                        "resolved",
                        "event.resolved",
                        &[("resolution", TextArgument::Text(&label))],
                        found,
                    );
                }
                None => self.say("resolved", "event.resolved_bare", &[], found),
            },
            Some(status) if before == Status::Resolved => {
                self.say("reopened", "event.reopened", &[], found);
                if status != Status::Open {
                    self.plain_status(status, found);
                }
            }
            Some(status) => self.plain_status(status, found),
            None => {}
        }
    }

    fn plain_status(&self, status: Status, found: &mut Vec<TimelineEvent>) {
        match status {
            Status::Pending => self.say("pending", "event.pending", &[], found),
            Status::OnHold => self.say("on_hold", "event.on_hold", &[], found),
            Status::Open | Status::Resolved => self.say("open", "event.open", &[], found),
        }
    }

    fn others(&self, reply: &Reply, found: &mut Vec<TimelineEvent>) {
        if let Some(link) = reply.duplicate_of.as_deref().map(|id| self.link(id)) {
            self.say("duplicate", "event.duplicate", &[("ticket", TextArgument::Html(&link))], found);
        }
        if !reply.asks.is_empty() {
            let fields: Vec<String> = reply.asks.iter().map(|ask| self.label(ask)).collect();
            self.say("asked", "event.asked", &[("fields", TextArgument::Text(&fields.join(", ")))], found);
        }
        match &reply.assignee {
            Some(Some(id)) if Some(id) == reply.author.as_ref() => {
                self.say("assigned", "event.took", &[], found)
            }
            Some(Some(id)) => {
                let name = self.site.person(id).name;
                self.say("assigned", "event.assigned", &[("who", TextArgument::Text(&name))], found);
            }
            Some(None) => self.say("assigned", "event.unassigned", &[], found),
            None => {}
        }
        for (field, set) in &reply.set {
            let label = self.label(field);
            let field_part = ("field", TextArgument::Text(&label));
            match self.value(field, set) {
                Some(value) => {
                    self.say("set", "event.set", &[field_part, ("value", TextArgument::Text(&value))], found)
                }
                None => self.say("set", "event.cleared", &[field_part], found),
            }
        }
    }

    /// Returns the name of a field for use inside a sentence.
    fn label(&self, field: &str) -> String {
        self.site.field_label(field).to_lowercase()
    }

    /// Returns a link to the ticket `id`, or the id if the ticket has no page.
    fn link(&self, id: &str) -> String {
        match self.site.link_to(id) {
            Some(link) => {
                format!("<a href=\"{}{}\">{}</a>", self.root, escape(&link.href), escape(&link.text))
            }
            None => format!("<code>{}</code>", escape(id)),
        }
    }

    fn value(&self, field: &str, set: &FieldChange) -> Option<String> {
        let texts = match set {
            FieldChange::Clear => return None,
            FieldChange::Value(value) => value.texts(),
            FieldChange::Tags(changes) => changes
                .iter()
                .map(|change| match change {
                    TagChange::Add(tag) => format!("+{tag}"),
                    TagChange::Remove(tag) => format!("−{tag}"),
                })
                .collect(),
        };
        let words = self.site.words();
        let labels: Vec<String> = texts
            .iter()
            .map(|text| match field {
                "priority" | "visibility" => words.label(field, text).to_lowercase(),
                "service" => self.site.service_name(text),
                _ => text.clone(),
            })
            .collect();
        (!labels.is_empty()).then(|| labels.join(", "))
    }
}

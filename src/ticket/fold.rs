//! Computes the state of a ticket from its replies. The result does not depend on the order in which branches were
//! merged.

use super::{
    reply::{FieldChange, Reply, TagChange},
    status::{Priority, Status, Visibility},
    thread::{Thread, TicketState},
    ticket::Ticket,
    value::YamlValue,
};
use crate::text::Time;

/// Folds `replies` (in any order) into the state of `ticket`. `default` is the visibility of a ticket that does not
/// set one.
pub(crate) fn fold(ticket: Ticket, mut replies: Vec<Reply>, default: Visibility) -> Thread {
    replies.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut state = TicketState {
        status: Status::Open,
        resolution: None,
        duplicate_of: None,
        answered_by: Vec::new(),
        assignee: None,
        asks: Vec::new(),
        service: ticket.service.clone(),
        priority: ticket.priority,
        tags: ticket.tags.clone(),
        came_from: ticket.came_from.clone(),
        visibility: ticket.visibility.unwrap_or(default),
        related: ticket.related.clone(),
        aliases: ticket.aliases.clone(),
        fields: ticket.fields.clone(),
        status_changes: Vec::new(),
        resolved: None,
        resolved_by: None,
        updated: ticket.created,
        reopened: 0,
    };
    for (place, reply) in replies.iter().enumerate().filter(|(_, reply)| reply.is_dated()) {
        state.updated = state.updated.max(reply.created);
        if !reply.is_note_on(state.visibility) {
            state.apply(&ticket, reply, u32::try_from(place).unwrap_or(u32::MAX), default);
        }
    }
    if replies.iter().any(|reply| reply.may_hide_ticket) {
        state.visibility = Visibility::Internal;
    }
    state.asks.retain(|ask| !is_filled(&ticket, &state.fields, ask));
    Thread { ticket, replies, state, in_review: None }
}

impl Thread {
    /// Returns the ticket as it was before `moment`: only earlier replies, and the state after them; `None` if it
    /// was opened later. Replies without a time are left out. Later corrections of a text remain. `default` is the
    /// visibility of a ticket that does not set one.
    pub fn before(&self, moment: Time, default: Visibility) -> Option<Self> {
        let was = |time: Option<Time>| time.is_some_and(|time| time < moment);
        if !was(self.ticket.created) {
            return None;
        }
        let replies = self.replies.iter().filter(|reply| was(reply.created)).cloned().collect();
        Some(fold(self.ticket.clone(), replies, default))
    }

    /// Returns the ticket without the replies from `moment` on, and the state before them. Other than for
    /// [`before`](Self::before), the ticket and the replies without a time stay.
    pub(crate) fn without_replies_from(&self, moment: Time, default: Visibility) -> Self {
        let is_earlier = |reply: &&Reply| reply.created.is_none_or(|created| created < moment);
        fold(self.ticket.clone(), self.replies.iter().filter(is_earlier).cloned().collect(), default)
    }
}

/// Returns the sort key of a reply: replies without author or time come last, then time, file name, path. The path
/// decides between equal file names in two folders.
fn order(reply: &Reply) -> (bool, Option<Time>, &str, Option<&str>) {
    (!reply.is_dated(), reply.created, &reply.name, reply.path.as_ref().map(|path| path.as_str()))
}

/// Returns true if the ticket, with all corrections so far, has the field or section `ask`.
fn is_filled(ticket: &Ticket, fields: &[(String, YamlValue)], ask: &str) -> bool {
    ticket.fills(ask) || fields.iter().any(|(name, value)| name == ask && *value != YamlValue::Null)
}

impl TicketState {
    fn apply(&mut self, ticket: &Ticket, reply: &Reply, place: u32, default: Visibility) {
        let by_requester = reply.author == ticket.requester;
        let before = self.status;
        self.asks.retain(|ask| !reply.meets(ask));
        for ask in &reply.asks {
            if !self.asks.contains(ask) {
                self.asks.push(ask.clone());
            }
        }
        match reply.status {
            Some(Status::Resolved) => {
                self.status = Status::Resolved;
                self.resolution = reply.resolution;
                self.duplicate_of.clone_from(&reply.duplicate_of);
                self.answered_by.clone_from(&reply.answered_by);
                self.resolved = reply.created;
                self.resolved_by = Some(place);
            }
            Some(status) => self.leave_resolved(status),
            None if by_requester && self.status == Status::Pending => self.status = Status::Open,
            None => {}
        }
        if let Some(created) = reply.created.filter(|_| self.status != before) {
            self.status_changes.push((created, self.status));
        }
        if let Some(assignee) = &reply.assignee {
            self.assignee.clone_from(assignee);
        }
        for (field, change) in &reply.set {
            self.set(field, change, default);
        }
    }

    fn leave_resolved(&mut self, status: Status) {
        if self.status == Status::Resolved {
            self.reopened += 1;
            self.resolution = None;
            self.duplicate_of = None;
            self.answered_by.clear();
        }
        self.status = status;
    }

    fn set(&mut self, field: &str, change: &FieldChange, default: Visibility) {
        let value = match change {
            FieldChange::Tags(changes) => return changes.iter().for_each(|change| self.change_tag(change)),
            FieldChange::Clear => None,
            FieldChange::Value(value) => Some(value),
        };
        let text = value.and_then(YamlValue::as_text);
        let texts = || value.map(YamlValue::texts).unwrap_or_default();
        match field {
            "service" => self.service = text,
            // An unknown priority is a finding and does not change the state.
            "priority" if value.is_none() => self.priority = None,
            "priority" => self.priority = text.and_then(|text| Priority::parse(&text)).or(self.priority),
            "visibility" if value.is_none() => self.visibility = default,
            // An unknown visibility is a finding and must not publish the ticket.
            "visibility" => {
                self.visibility =
                    text.and_then(|text| Visibility::parse(&text)).unwrap_or(Visibility::Internal);
            }
            "tags" => self.tags = texts(),
            "path" => self.came_from = texts(),
            "related" => self.related = texts(),
            "aliases" => self.aliases = texts(),
            _ if super::keys::UNSETTABLE_KEYS.contains(&field) => {}
            _ => {
                let known = self.fields.iter().position(|(name, _)| name == field);
                match (known, value) {
                    (Some(at), Some(value)) => self.fields[at].1 = value.clone(),
                    (Some(at), None) => drop(self.fields.remove(at)),
                    (None, Some(value)) => self.fields.push((field.to_owned(), value.clone())),
                    (None, None) => {}
                }
            }
        }
    }

    fn change_tag(&mut self, change: &TagChange) {
        match change {
            TagChange::Add(tag) if !self.tags.contains(tag) => self.tags.push(tag.clone()),
            TagChange::Add(_) => {}
            TagChange::Remove(tag) => self.tags.retain(|known| known != tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::ticket::Resolution;
    use crate::trials::Random;
    use crate::{
        text::RepoPath,
        ticket::{Document, parse_reply},
    };

    fn reply(name: &str, front: &str) -> Reply {
        let path = RepoPath::new(format!("tickets/a/{name}.md"));
        let (reply, findings) =
            parse_reply(&Document::parse(&path, format!("---\n{front}---\n").as_bytes()), &TimeZone::UTC);
        assert!(findings.is_empty(), "{findings:?}");
        reply
    }

    fn ticket() -> Ticket {
        Ticket { id: "a".into(), requester: Some("lena".into()), tags: vec!["x".into()], ..Ticket::default() }
    }

    fn at(minute: u32, author: &str, rest: &str) -> Reply {
        reply(
            &format!("r{minute}"),
            &format!("author: {author}\ncreated: 2026-11-22T10:{minute:02}:00Z\n{rest}"),
        )
    }

    fn state(replies: Vec<Reply>) -> TicketState {
        fold(ticket(), replies, Visibility::Public).state
    }

    #[test]
    fn a_reopened_ticket_has_no_resolution() {
        let resolved =
            at(1, "mei", "status: resolved\nresolution: duplicate\nduplicate_of: b\nanswered_by: [b]\n");
        let now = state(vec![at(2, "lena", "status: open\n"), resolved.clone()]);
        assert_eq!(
            (now.status, now.resolution, now.duplicate_of, now.reopened),
            (Status::Open, None, None, 1)
        );
        assert!(now.answered_by.is_empty() && now.resolved.is_some());
        let now = state(vec![resolved, at(3, "mei", "status: resolved\nresolution: fixed\n")]);
        assert_eq!((now.resolution, now.duplicate_of), (Some(Resolution::Fixed), None));
    }

    #[test]
    fn only_a_reply_from_the_requester_opens_a_pending_ticket() {
        let pending = at(1, "mei", "status: pending\nasks: [version, Logs]\n");
        assert_eq!(state(vec![pending.clone(), at(2, "omar", "")]).status, Status::Pending);
        let now = state(vec![pending.clone(), at(2, "lena", "set: { version: 2.14.0 }\n")]);
        assert_eq!((now.status, now.asks), (Status::Open, vec!["Logs".to_owned()]));
        assert_eq!(state(vec![pending, at(2, "lena", "status: on-hold\n")]).status, Status::OnHold);
    }

    #[test]
    fn an_internal_note_does_not_change_the_state() {
        let note = at(1, "mei", "visibility: internal\nstatus: resolved\nassignee: omar\n");
        let now = state(vec![note.clone()]);
        assert_eq!((now.status, now.assignee, now.status_changes.len()), (Status::Open, None, 0));
        let internal = fold(ticket(), vec![note], Visibility::Internal).state;
        assert_eq!(internal.assignee.as_deref(), Some("omar"));
    }

    #[test]
    fn a_misspelled_visibility_in_triage_does_not_publish_the_ticket() {
        let visibility_after = |set: &str, default| {
            let ticket = Ticket { visibility: Some(Visibility::Public), ..ticket() };
            fold(ticket, vec![at(1, "mei", &format!("set: {{ visibility: {set} }}\n"))], default)
                .state
                .visibility
        };
        assert_eq!(visibility_after("intrenal", Visibility::Public), Visibility::Internal);
        assert_eq!(visibility_after("[internal]", Visibility::Public), Visibility::Internal);
        assert_eq!(
            visibility_after("null", Visibility::Internal),
            Visibility::Internal,
            "a cleared visibility is the default of the settings"
        );
        assert_eq!(visibility_after("null", Visibility::Public), Visibility::Public);
    }

    #[test]
    fn a_reply_whose_change_of_visibility_cannot_be_read_hides_its_ticket() {
        let visibility_after = |front: &str| {
            let text = format!("---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\n{front}---\n");
            let reply = parse_reply(
                &Document::parse(&RepoPath::new("tickets/a/r.md"), text.as_bytes()),
                &TimeZone::UTC,
            )
            .0;
            let ticket = Ticket { visibility: Some(Visibility::Public), ..ticket() };
            fold(ticket, vec![reply], Visibility::Public).state.visibility
        };
        for front in [
            "set: { visibility: internal }\nassignee: @omar\n",
            "assignee: @omar\nset: { visibility: internal }\n",
            "set: { visibility: internal }\nauthor: mei\n",
            "status: resolved: yes\nset:\n  visibility: internal\n",
            "set: { visibility: internal }\nset: { priority: high }\n",
            "set: {visibility: internal, visibility: internal}\n",
            "set: {visibility: internal\n",
            "set:\n    priority: high\n  visibility: internal\n",
            "set: { visiblity: internal }\n",
            "sets: { visibility: internal }\n",
            "Set: { Visibility: internal }\n",
            "<<<<<<< a\nset: { visibility: internal }\n=======\n>>>>>>> b\n",
        ] {
            assert_eq!(visibility_after(front), Visibility::Internal, "{front}");
        }
        for front in [
            "assignee: @omar\n",
            "visibility: internal\nassignee: @omar\n",
            "set: { priority: high }\nassignee: @omar\n",
            "visibility: internal\nset: { priority: high }\nassignee: omar\n",
        ] {
            assert_eq!(visibility_after(front), Visibility::Public, "{front}");
        }
    }

    #[test]
    fn triage_changes_tags_and_clears_fields() {
        let now = state(vec![
            at(1, "mei", "set: { tags: [+y, -x], priority: high, version: 1.10 }\n"),
            at(2, "mei", "set: { version: null, title: no }\nassignee: null\n"),
        ]);
        assert_eq!((now.tags, now.priority), (vec!["y".to_owned()], Some(Priority::High)));
        assert!(now.fields.is_empty());
    }

    #[test]
    fn a_reply_without_a_time_is_last_and_does_not_change_the_state() {
        let undated = reply("a0", "author: mei\nstatus: resolved\nresolution: fixed\n");
        let thread = fold(ticket(), vec![undated, at(5, "mei", "")], Visibility::Public);
        assert_eq!(thread.replies[1].name, "a0");
        assert_eq!(thread.state.status, Status::Open);
    }

    fn any_reply() -> impl Strategy<Value = Reply> {
        let status = prop::sample::select(vec![
            "",
            "status: open\n",
            "status: pending\nasks: [v]\n",
            "status: resolved\nresolution: fixed\n",
            "status: resolved\nresolution: duplicate\nduplicate_of: q\n",
        ]);
        let set = prop::sample::select(vec![
            "",
            "set: { tags: [+z] }\n",
            "set: { tags: [-z] }\n",
            "set: { v: 1 }\n",
            "set: { visibility: internal }\n",
            "assignee: omar\n",
        ]);
        let author = prop::sample::select(vec!["lena", "mei"]);
        let visibility = prop::sample::select(vec!["", "visibility: internal\n"]);
        (0u32..4, author, status, set, visibility, "[a-c]{1,2}").prop_map(
            |(minute, author, status, set, seen, name)| {
                let front =
                    format!("author: {author}\ncreated: 2026-11-22T10:0{minute}:00Z\n{status}{set}{seen}");
                reply(&name, &front)
            },
        )
    }

    proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn the_fold_does_not_depend_on_the_order_of_files(
            replies in prop::collection::vec(any_reply(), 0..8),
            seed in any::<u64>(),
        ) {
            // File stems are unique in a folder.
            let mut replies = replies;
            replies.sort_by(|a, b| a.name.cmp(&b.name));
            replies.dedup_by(|a, b| a.name == b.name);
            let shuffled = Random::of(seed).shuffled(&replies);
            prop_assert_eq!(
                fold(ticket(), replies, Visibility::Public),
                fold(ticket(), shuffled, Visibility::Public)
            );
        }
    }
}

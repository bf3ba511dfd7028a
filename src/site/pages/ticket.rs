//! The page of a ticket: the answer at the top, then the problem and the thread.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::report::resolution_time;
use crate::site::context::{
    FileLink, ForgeLinks, FormattedTime, Link, PageContext, PersonContext, ServiceLink, TicketRow,
};
use crate::site::facts::{FactRow, facts};
use crate::site::figures::Figure;
use crate::site::health::AnswerHealth;
use crate::site::markdown::{ID_PREFIX, excerpt};
use crate::site::model::TicketNo;
use crate::site::proposal::ProposalContext;
use crate::site::prose::PAGE_ANCHORS;
use crate::site::resolve::{reply_anchor, reply_key};
use crate::site::timeline::{TimelineEvent, changes};
use crate::site::urls::encode;
use crate::site::{Html, ProseStyle, Site, SiteError};
use crate::text::markdown::{headings, without_comments};
use crate::ticket::{Answer, Reply, Status, answer_of};

/// The context of `ticket.html`.
#[derive(Serialize)]
struct TicketContext {
    ticket: TicketHead,
    answer: Option<AnswerContext>,
    /// The reply that is proposed to oncall, if the ticket has no answer.
    proposal: Option<ProposalContext>,
    duplicate_of: Option<Link>,
    answered_by: Vec<Link>,
    /// The first sentences of the problem, if the answer stands before the problem.
    lead: Option<String>,
    body: Html,
    thread: Vec<TimelineEntry>,
    facts: Vec<FactRow>,
    attachments: Vec<FileLink>,
    /// The attachments that the texts do not show.
    figures: Vec<Figure>,
    related: Vec<Related>,
    similar: Vec<TicketRow>,
    /// Tickets of the same service, if few tickets are similar.
    near: Vec<TicketRow>,
    forge: Option<ForgeLinks>,
    /// The form for a reply.
    reply: Option<String>,
    /// The forms for a new ticket that is related to this one.
    like: String,
}

#[derive(Serialize)]
struct TicketHead {
    id: String,
    /// The id, percent-encoded for a link.
    key: String,
    title: String,
    status: &'static str,
    resolution: Option<&'static str>,
    icon: &'static str,
    tone: &'static str,
    priority: &'static str,
    internal: bool,
    reopened: bool,
    /// The labels of what the requester was asked for.
    asks: Vec<String>,
    assignee: Option<PersonContext>,
    resolved: Option<FormattedTime>,
    service: Option<ServiceLink>,
    requester: Option<PersonContext>,
    created: Option<FormattedTime>,
    took: Option<String>,
    due: Option<FormattedTime>,
    at_risk_after: Option<String>,
}

#[derive(Serialize)]
struct AnswerContext {
    html: Html,
    author: Option<PersonContext>,
    when: Option<FormattedTime>,
    internal: bool,
    tentative: bool,
    /// The original whose answer this is, if the ticket is a duplicate.
    original: Option<Link>,
    health: AnswerHealth,
}

#[derive(Serialize)]
struct TimelineEntry {
    anchor: String,
    author: Option<PersonContext>,
    /// What the author is to the ticket: `requester` and `oncall`.
    roles: Vec<&'static str>,
    when: Option<FormattedTime>,
    internal: bool,
    html: Option<Html>,
    /// `whole` if the answer at the top of the page is this whole text, `part` if it is a part of the text.
    answer: Option<&'static str>,
    events: Vec<TimelineEvent>,
}

#[derive(Serialize)]
struct Related {
    kind: &'static str,
    links: Vec<Link>,
}

/// The maximum length of the lead in characters.
const LEAD: usize = 180;

/// A lead has at least this many bytes, so that it does not end after an abbreviation.
const SHORTEST_SENTENCE: usize = 40;

/// The maximum number of links in one list. More links do not help a reader.
const MAX_LINKS: usize = 12;

pub(super) struct Tickets;

impl PageKind for Tickets {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        (0..site.model.ticket_count())
            .map(|n| (format!("{}index.html", site.ticket_folder(n)), PageKey::item(n)))
            .collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let n = key.item;
        let model = &site.model;
        let thread = model.thread(n);
        let (state, ticket) = (&thread.state, &thread.ticket);
        let page = PageContext {
            kind: "ticket",
            section: "tickets",
            title: site.whole_title_of(n).to_owned(),
            description: model.ticket(n).digest.excerpt.clone(),
            data: site.ticket_data(n),
            ..site.page_context(path)
        };
        let body = site.body(ticket.path.as_ref());
        let row = site.row(n);
        let took = resolution_time(thread).filter(|seconds| *seconds > 0);
        let head = TicketHead {
            id: ticket.id.clone(),
            key: encode(&ticket.id),
            title: page.title.clone(),
            status: row.status,
            resolution: row.resolution,
            icon: row.icon,
            tone: row.tone,
            priority: row.priority,
            internal: site.model.is_internal(n),
            asks: row.asks,
            assignee: row.assignee,
            resolved: thread.resolved().map(|time| site.when(time)),
            reopened: state.resolved.is_some() && state.status != Status::Resolved,
            service: row.service,
            requester: ticket.requester.as_deref().map(|id| site.participant(id)),
            created: ticket.created.map(|time| site.when(time)),
            took: took.map(|seconds| site.words().duration(seconds)),
            due: row.due,
            at_risk_after: row.at_risk_after,
        };
        let replies = thread.replies.iter().enumerate();
        let texts: Vec<(usize, &Reply, String)> =
            replies.map(|(at, reply)| (at, reply, site.body(reply.path.as_ref()))).collect();
        // The original's answer is shown instead of what was said about the duplicate.
        let is_duplicate = site.model.original_answer(thread).is_some();
        let found = if is_duplicate { None } else { answer(site, n, &body, &texts) };
        let further = site.further(n);
        let style = ProseStyle {
            path: ticket.path.as_ref(),
            root: &page.root,
            own: Some(n),
            title: Some(&page.title),
            ..ProseStyle::default()
        };
        let html = site.prose(&body, &style);
        let answer = match &found {
            Some(found) => answer_context(site, n, &page.root, found, &texts),
            None => original_answer(site, n, &page.root),
        };
        let thread = entries(site, n, &page.root, found.as_ref(), &texts);
        let shown = thread.iter().filter_map(|entry| entry.html.as_ref()).chain([&html]);
        let shown: Vec<&str> = shown.map(Html::as_str).collect();
        let proposal = if answer.is_none() { site.proposal(n, &page.root) } else { None };
        let context = TicketContext {
            proposal,
            lead: answer.as_ref().map(|_| lead(&body)).filter(|lead| !lead.is_empty()),
            figures: site.figures(n, &page.root, &shown),
            body: html,
            answer,
            duplicate_of: state.duplicate_of.as_deref().and_then(|id| site.link_to(id)),
            answered_by: state.answered_by.iter().filter_map(|id| site.link_to(id)).collect(),
            thread,
            facts: facts(site, n),
            attachments: site.files_of(n),
            related: related(site, n),
            similar: further.similar,
            near: further.near,
            forge: site.forge_links(ticket.path.as_ref()),
            reply: site.reply_link(n),
            like: site.like_link(n),
            ticket: head,
        };
        site.html("ticket.html", page, Value::from(Serde(context)))
    }
}

fn answer(site: &Site, n: TicketNo, body: &str, texts: &[(usize, &Reply, String)]) -> Option<Answer> {
    let thread = site.model.thread(n);
    answer_of(
        thread,
        site.store().answer_sections(thread),
        |_| true,
        |reply| {
            let Some(reply) = reply else { return Some(body.to_owned()) };
            texts.iter().find(|(_, known, _)| std::ptr::eq(*known, reply)).map(|(_, _, text)| text.clone())
        },
    )
    .filter(|answer| !answer.text.trim().is_empty())
}

/// Returns the first sentence of a text, or its beginning if the sentence is long.
pub(super) fn lead(body: &str) -> String {
    let start = excerpt(body, LEAD);
    let is_end = |(at, end): &(usize, char)| match end {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => start[at + 1..].starts_with(' ') && *at >= SHORTEST_SENTENCE,
        _ => false,
    };
    match start.char_indices().find(is_end) {
        Some((at, end)) => start[..at + end.len_utf8()].to_owned(),
        None => start,
    }
}

/// Removes the heading "Answer" from the beginning of `text`, because the box around the text already has this title.
fn without_title(text: &str) -> &str {
    match headings(text).first() {
        Some(first)
            if text[..first.span.start].trim().is_empty() && first.text.eq_ignore_ascii_case("answer") =>
        {
            &text[first.span.end..]
        }
        _ => text,
    }
}

fn answer_context(
    site: &Site,
    n: TicketNo,
    root: &str,
    answer: &Answer,
    texts: &[(usize, &Reply, String)],
) -> Option<AnswerContext> {
    let thread = site.model.thread(n);
    let tentative = thread.state.status != Status::Resolved;
    let style = ProseStyle { root, own: Some(n), key: "answer~", heading_shift: 1, ..ProseStyle::default() };
    let Some(place) = answer.reply else {
        let path = thread.ticket.path.as_ref();
        let style = ProseStyle { path, elsewhere: Some(PAGE_ANCHORS), ..style };
        return Some(AnswerContext {
            html: site.prose(without_title(&answer.text), &style),
            author: thread.ticket.requester.as_deref().map(|id| site.participant(id)),
            when: None,
            internal: false,
            tentative,
            original: None,
            health: site.health(n, n),
        });
    };
    let (at, reply, text) = texts.iter().find(|(at, ..)| *at == place)?;
    let own = reply_key(*at);
    let elsewhere = format!("#{ID_PREFIX}{own}");
    let path = reply.path.as_ref();
    let style = match is_whole(answer, text) {
        // The page does not show the text of the reply again.
        true => ProseStyle { path, key: &own, elsewhere: Some(PAGE_ANCHORS), ..style },
        false => ProseStyle { path, elsewhere: Some(&elsewhere), ..style },
    };
    Some(AnswerContext {
        html: site.prose(without_title(&answer.text), &style),
        author: reply.author.as_deref().map(|id| site.participant(id)),
        when: reply.created.map(|time| site.when(time)),
        internal: thread.is_note(reply),
        tentative,
        original: None,
        health: site.health(n, n),
    })
}

/// Returns the answer of the original, if ticket `n` is a duplicate.
fn original_answer(site: &Site, n: TicketNo, root: &str) -> Option<AnswerContext> {
    let (original, answer) = site.model.original_answer(site.model.thread(n))?;
    let reply = answer.reply.and_then(|reply| original.replies.get(reply));
    let path = reply.map_or(original.ticket.path.as_ref(), |reply| reply.path.as_ref());
    let style =
        ProseStyle { path, root, own: Some(n), key: "answer-", heading_shift: 1, ..ProseStyle::default() };
    let author = reply.map_or(original.ticket.requester.as_deref(), |reply| reply.author.as_deref());
    let when = reply.map_or(original.ticket.created, |reply| reply.created);
    Some(AnswerContext {
        html: site.prose(without_title(&answer.text), &style),
        author: author.map(|id| site.participant(id)),
        when: when.map(|time| site.when(time)),
        internal: reply.is_some_and(|reply| original.is_note(reply)),
        tentative: original.state.status != Status::Resolved,
        original: site.link_to(original.id()),
        health: site.health(site.model.find(original.id())?, n),
    })
}

/// Returns whether the answer is the whole text of its reply. The texts are compared by length, because the answer can
/// have its sections in another order.
fn is_whole(answer: &Answer, text: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    letters(&without_comments(text)) == letters(&answer.text)
}

fn entries(
    site: &Site,
    n: TicketNo,
    root: &str,
    answer: Option<&Answer>,
    texts: &[(usize, &Reply, String)],
) -> Vec<TimelineEntry> {
    let thread = site.model.thread(n);
    let changes = changes(site, n, root);
    let service = thread.state.service.as_deref();
    let oncall = service.map_or(&[][..], |service| site.model.settings().oncall_of(service));
    texts
        .iter()
        .zip(changes)
        .map(|((at, reply, text), events)| {
            let style = ProseStyle {
                path: reply.path.as_ref(),
                root,
                own: Some(n),
                key: &reply_key(*at),
                elsewhere: Some(PAGE_ANCHORS),
                title: None,
                heading_shift: 1,
                has_plain_code: false,
            };
            let html = site.prose(text, &style);
            let answer = answer
                .filter(|answer| answer.reply == Some(*at))
                .map(|answer| if is_whole(answer, text) { "whole" } else { "part" });
            let is_requester = reply.author.is_some() && reply.author == thread.ticket.requester;
            let is_oncall = reply.author.as_ref().is_some_and(|author| oncall.contains(author));
            let roles = [("requester", is_requester), ("oncall", is_oncall)];
            TimelineEntry {
                anchor: reply_anchor(&reply.name),
                roles: roles.into_iter().filter(|(_, has)| *has).map(|(role, _)| role).collect(),
                author: reply.author.as_deref().map(|id| site.participant(id)),
                when: reply.created.map(|time| site.when(time)),
                internal: thread.is_note(reply),
                html: Some(html).filter(|html| !html.as_str().trim().is_empty()),
                answer,
                events,
            }
        })
        .collect()
}

fn related(site: &Site, n: TicketNo) -> Vec<Related> {
    let shown = site.model.ticket(n);
    let tickets = |found: &mut dyn Iterator<Item = TicketNo>| -> Vec<Link> {
        found.take(MAX_LINKS).map(|other| site.ticket_link(other)).collect()
    };
    let known = |other: &TicketNo| {
        shown.related.contains(other) || shown.duplicates.contains(other) || shown.answers.contains(other)
    };
    let groups = [
        ("articles", shown.articles.iter().take(MAX_LINKS).map(|a| site.article_link(*a)).collect()),
        ("related", tickets(&mut shown.related.iter().copied())),
        ("duplicates", tickets(&mut shown.duplicates.iter().rev().copied())),
        ("answers", tickets(&mut shown.answers.iter().rev().copied())),
        ("mentions", tickets(&mut shown.mentions.iter().rev().copied().filter(|other| !known(other)))),
    ];
    groups
        .into_iter()
        .filter(|(_, links): &(_, Vec<Link>)| !links.is_empty())
        .map(|(kind, links)| Related { kind, links })
        .collect()
}

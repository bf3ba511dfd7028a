//! The Markdown twin of a ticket.

use super::{FactRow, FactValue, Inline, Twin, twins};
use crate::site::answers::SourcedAnswer;
use crate::site::facts::facts;
use crate::site::html::Html;
use crate::site::model::TicketNo;
use crate::site::pages::{PageKey, PageKind};
use crate::site::resolve::reply_key;
use crate::site::timeline::changes;
use crate::site::{ProseStyle, Site, SiteError};
use crate::text::Time;
use crate::ticket::{Reply, Resolution, Status};

/// The maximum number of links in one list.
const MAX_LINKS: usize = 12;

pub(in crate::site::pages) struct TicketTwins;

impl PageKind for TicketTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        twins(site, (0..site.model.ticket_count()).map(|n| (site.ticket_folder(n), PageKey::item(n))))
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let n = key.item;
        let mut twin = Twin::new(site, path, site.whole_title_of(n));
        twin.ticket_facts(n);
        let answer = site.sourced_answer(n, true).filter(|answer| !answer.text().trim().is_empty());
        if let Some(answer) = &answer {
            twin.answer(n, answer);
        }
        twin.problem(n);
        twin.thread(n, answer.as_ref());
        twin.related(n);
        Ok(twin.finish())
    }
}

impl Twin<'_> {
    fn ticket_facts(&mut self, n: TicketNo) {
        let site = self.site;
        let state = &site.model.thread(n).state;
        let words = site.words();
        let mut status = words.label("status", state.status.name()).to_owned();
        if let Some(resolution) = state.resolution.map(Resolution::name) {
            status = format!("{status} ({})", words.label("resolution", resolution));
        }
        let mut items = vec![self.fact(self.word("search.status"), vec![Inline::text(status)])];
        if let Some(original) = state.duplicate_of.as_deref().and_then(|id| self.link_to(id)) {
            items.push(self.fact(self.word("ticket.duplicate_of"), vec![original]));
        }
        for FactRow { label, values, .. } in facts(site, n) {
            let values = values.into_iter().map(|value| self.value(value)).collect();
            items.push(self.fact(&label, values));
        }
        items.extend(self.address(&site.ticket_folder(n)));
        self.page.list(items);
    }

    fn value(&self, value: FactValue) -> Inline {
        match value {
            // People have pages, but no twins.
            FactValue { text, person: Some(_), .. } => Inline::text(text),
            FactValue { text, href: Some(href), outside: true, .. } => Inline::link(text, href),
            FactValue { text, href: Some(href), .. } => self.link_beside(&text, &href),
            FactValue { when: Some(when), .. } => Inline::text(when.text),
            FactValue { text, code: true, .. } => Inline::Code(text),
            FactValue { text, .. } => Inline::text(text),
        }
    }

    fn answer(&mut self, n: TicketNo, answer: &SourcedAnswer<'_>) {
        let site = self.site;
        let is_final = answer.thread().state.status == Status::Resolved;
        self.page.heading(2, self.word(if is_final { "ticket.answer" } else { "ticket.best_reply" }));
        if answer.thread().id() != site.model.thread(n).id()
            && let Some(original) = self.link_to(answer.thread().id())
        {
            let said = self.fact(self.word("ticket.duplicate_of"), vec![original]);
            self.page.paragraph(said);
        }
        let by = self.byline(answer.author(), answer.created());
        self.page.paragraph(vec![Inline::text(by)]);
        let links: Vec<Inline> =
            site.model.thread(n).state.answered_by.iter().filter_map(|id| self.link_to(id)).collect();
        if !links.is_empty() {
            let said = self.fact(self.word("ticket.answered_by"), links);
            self.page.paragraph(said);
        }
        self.text(n, answer.text(), answer.path(), "a~", 3);
    }

    fn problem(&mut self, n: TicketNo) {
        let path = self.site.model.thread(n).ticket.path.as_ref();
        let body = self.site.body(path);
        let style = ProseStyle {
            path,
            root: &self.root,
            own: Some(n),
            key: "p~",
            title: Some(self.site.whole_title_of(n)),
            heading_shift: 1,
            ..ProseStyle::default()
        };
        let text = self.site.twin_prose(&body, &style, 3);
        if !text.trim().is_empty() {
            self.page.heading(2, self.word("ticket.report"));
            self.page.prose(&text);
        }
    }

    fn thread(&mut self, n: TicketNo, answer: Option<&SourcedAnswer<'_>>) {
        let site = self.site;
        let thread = site.model.thread(n);
        if thread.replies.is_empty() {
            return;
        }
        self.page.heading(2, self.word("ticket.thread"));
        for ((at, reply), events) in thread.replies.iter().enumerate().zip(changes(site, n, "")) {
            let mut who = self.byline(reply.author.as_deref(), reply.created);
            if thread.is_note(reply) {
                who = format!("{who} ({})", self.word("ticket.internal_note"));
            }
            self.page.heading(3, &who);
            self.page.list(events.iter().map(|event| vec![Inline::text(plain(&event.html))]));
            let body = site.body(reply.path.as_ref());
            match answer.and_then(SourcedAnswer::reply) {
                Some(answering) if is_same(answering, reply) && is_same_text(answer, &body) => {
                    self.page.paragraph(vec![Inline::text(self.word("ticket.is_answer"))]);
                }
                _ => self.text(n, &body, reply.path.as_ref(), &reply_key(at), 4),
            }
        }
    }

    fn text(
        &mut self,
        n: TicketNo,
        text: &str,
        path: Option<&crate::text::RepoPath>,
        key: &str,
        lowest: usize,
    ) {
        let style = ProseStyle {
            path,
            root: &self.root,
            own: Some(n),
            key,
            heading_shift: 2,
            ..ProseStyle::default()
        };
        let text = self.site.twin_prose(text, &style, lowest);
        self.page.prose(&text);
    }

    fn related(&mut self, n: TicketNo) {
        let site = self.site;
        let shown = site.model.ticket(n);
        let links = |tickets: &mut dyn Iterator<Item = TicketNo>| -> Vec<Vec<Inline>> {
            tickets.take(MAX_LINKS).map(|other| vec![self.ticket_link(other)]).collect()
        };
        let articles = shown.articles.iter().take(MAX_LINKS).map(|article| vec![self.article_link(*article)]);
        let groups = [
            ("related.articles", articles.collect()),
            ("related.related", links(&mut shown.related.iter().copied())),
            ("related.duplicates", links(&mut shown.duplicates.iter().rev().copied())),
            ("related.answers", links(&mut shown.answers.iter().rev().copied())),
        ];
        let files = site.files_of(n).into_iter().map(|file| {
            let size = if file.size.is_empty() { String::new() } else { format!(" ({})", file.size) };
            vec![Inline::link(file.name, format!("{}{}", self.root, file.href)), Inline::text(size)]
        });
        let files: Vec<Vec<Inline>> = files.collect();
        self.page.section(self.word("ticket.attachments"), files);
        for (title, items) in groups {
            self.page.section(self.word(title), items);
        }
    }

    fn byline(&self, author: Option<&str>, created: Option<Time>) -> String {
        let author = match author {
            Some(id) => self.site.person(id).name,
            None => self.word("ticket.unknown_author").to_owned(),
        };
        let when = created.map(|time| self.site.when(time).text);
        format!("{author}, {}", when.unwrap_or_else(|| self.word("ticket.undated").to_owned()))
    }
}

fn is_same(one: &Reply, other: &Reply) -> bool {
    std::ptr::eq(one, other)
}

/// Returns whether the answer is the whole text of its reply.
fn is_same_text(answer: Option<&SourcedAnswer<'_>>, text: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    answer.is_some_and(|answer| {
        letters(&crate::text::markdown::without_comments(text)) == letters(answer.text())
    })
}

/// Returns the text of a change, whose only tags are links and code.
fn plain(html: &Html) -> String {
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some((text, tag)) = rest.split_once('<') {
        out.push_str(text);
        rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    Html::new(out).unescaped()
}

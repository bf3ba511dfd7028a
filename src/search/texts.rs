//! What is searched of a ticket or an article: its texts, field by field.

use super::{
    Item,
    similar::{Draft, Exact, exact},
};
use crate::{
    index::Field,
    store::Store,
    text::{RepoPath, Time, markdown::without_comments},
    ticket::{Article, Reply, Thread, Ticket, Value, answer_of, sections},
};

/// The texts of a ticket with its replies, or of an article. Those of one field are apart: no phrase runs from one into the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    texts: Vec<(Field, String)>,
    exact: Vec<String>,
}

impl Texts {
    /// Reads the texts of `thread`.
    pub fn of(store: &Store, thread: &Thread) -> Self {
        let mut texts = vec![
            (Field::Title, thread.ticket.title.clone()),
            (Field::Body, body(store, thread.ticket.path.as_ref())),
        ];
        let mut bodies: Vec<(&Reply, String)> =
            thread.replies.iter().map(|reply| (reply, body(store, reply.path.as_ref()))).collect();
        let body_of = |wanted: &Reply| {
            bodies.iter().find(|(reply, _)| std::ptr::eq(*reply, wanted)).map(|(_, body)| body.clone())
        };
        if let Some(answer) = answer_of(thread, |_| true, body_of) {
            texts.push((Field::Answer, answer.text));
            // What is indexed as the answer is no other reply as well.
            let answering = thread.replies.get(answer.reply);
            bodies.retain(|(reply, _)| answering.is_none_or(|answering| !std::ptr::eq(*reply, answering)));
        }
        texts.extend(bodies.into_iter().map(|(_, body)| (Field::Replies, body)));
        texts.push((Field::Facts, facts(thread)));
        let state = &thread.state;
        let exact = exact(state.service.as_deref(), &state.tags, &state.fields, &texts[1].1);
        Self { exact: exact.into_iter().map(|exact| exact.term).collect(), texts }
    }

    /// Reads the texts of `article`: its cause and fix are the answer.
    pub fn of_article(store: &Store, article: &Article) -> Self {
        let body = body(store, article.path.as_ref());
        let mut texts = vec![(Field::Title, article.title.clone())];
        let mut rest = 0;
        for section in sections(&body).iter().filter(|section| section.is("fix") || section.is("cause")) {
            texts.push((Field::Body, body[rest..section.heading_span.start].to_owned()));
            texts.push((Field::Answer, body[section.heading_span.start..section.span.end].to_owned()));
            rest = section.span.end;
        }
        texts.push((Field::Body, body[rest..].to_owned()));
        texts.retain(|(_, text)| !text.trim().is_empty());
        let words = [&article.slug].into_iter().chain(&article.service).chain(&article.tags);
        texts.push((Field::Facts, words.map(String::as_str).collect::<Vec<_>>().join("\n")));
        let exact = exact(article.service.as_deref(), &article.tags, &[], &body);
        Self { exact: exact.into_iter().map(|exact| exact.term).collect(), texts }
    }

    /// Reads the texts of `item`.
    pub fn of_item(store: &Store, item: Item) -> Self {
        match item {
            Item::Ticket(place) => Self::of(store, &store.threads[place]),
            Item::Article(place) => Self::of_article(store, &store.articles[place]),
        }
    }

    /// Each text with its field.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.texts.iter().map(|(field, text)| (*field, text.as_str()))
    }

    /// What it has beside words: service, tags, fields and errors as exact terms.
    pub fn exact(&self) -> impl Iterator<Item = &str> {
        self.exact.iter().map(String::as_str)
    }

    /// The texts of one field.
    pub fn of_field(&self, field: Field) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(known, _)| *known == field).map(|(_, text)| text)
    }

    /// The answer, where there is one.
    pub fn answer(&self) -> Option<String> {
        let parts: Vec<&str> = self.of_field(Field::Answer).collect();
        (!parts.is_empty()).then(|| parts.join("\n"))
    }
}

/// The text of a file. What its template left in comments is not the author's.
fn body(store: &Store, path: Option<&RepoPath>) -> String {
    without_comments(&store.body(path)).into_owned()
}

/// Id, source, service, tags and fields, as words.
fn facts(thread: &Thread) -> String {
    let state = &thread.state;
    let mut words: Vec<String> = vec![thread.ticket.id.clone()];
    words.extend(thread.ticket.source.clone());
    words.extend(state.service.clone());
    words.extend(state.tags.iter().cloned());
    words.extend(state.aliases.iter().cloned());
    words.extend(state.fields.iter().flat_map(|(_, value): &(String, Value)| value.texts()));
    words.join("\n")
}

/// A ticket as its requester wrote it, for finding others that are like it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// When it was written, or is asked; without one, nearness in time counts for nothing.
    pub created: Option<Time>,
    facts: String,
    exact: Vec<Exact>,
}

impl Question {
    /// A title and a text.
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self::of_ticket(&Ticket { title: title.into(), ..Ticket::default() }, body)
    }

    /// What `ticket` asks as its requester wrote it, with its text.
    pub fn of_ticket(ticket: &Ticket, body: impl Into<String>) -> Self {
        let body = without_comments(&body.into()).into_owned();
        let mut facts: Vec<String> = ticket.service.iter().cloned().collect();
        facts.extend(ticket.tags.iter().cloned());
        facts.extend(ticket.fields.iter().flat_map(|(_, value): &(String, Value)| value.texts()));
        Self {
            title: ticket.title.clone(),
            created: ticket.created,
            facts: facts.join("\n"),
            exact: exact(ticket.service.as_deref(), &ticket.tags, &ticket.fields, &body),
            body,
        }
    }

    /// What the ticket of `thread` asks as it was corrected since, with its text.
    pub fn of_thread(thread: &Thread, body: impl Into<String>) -> Self {
        let state = &thread.state;
        let corrected = Ticket {
            service: state.service.clone(),
            tags: state.tags.clone(),
            fields: state.fields.clone(),
            ..thread.ticket.clone()
        };
        Self::of_ticket(&corrected, body)
    }

    /// For comparing.
    pub fn draft(&self) -> Draft<'_> {
        let Self { title, body, facts, exact, created } = self;
        Draft { title, body, facts, exact, created: *created }
    }
}

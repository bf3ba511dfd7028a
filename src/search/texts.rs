//! The texts of a ticket or article that are searched, by field.

use super::{
    Item,
    similar::{ComparedDraft, ExactTerm, exact},
};
use crate::{
    index::{IndexField, tokens},
    store::Store,
    text::{RepoPath, Time, markdown::without_comments},
    ticket::{Article, Reply, Thread, Ticket, YamlValue, answer_of, sections},
};

/// The texts of a ticket with its replies, or of an article. Texts of the same field stay separate, so that no phrase
/// crosses from one text into the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    texts: Vec<(IndexField, String)>,
    exact: Vec<String>,
    names: Vec<String>,
}

impl Texts {
    /// Reads the texts of `thread`.
    pub fn of(store: &Store, thread: &Thread) -> Self {
        let mut texts = vec![
            (IndexField::Title, thread.ticket.title.clone()),
            (IndexField::Body, body(store, thread.ticket.path.as_ref())),
        ];
        let mut bodies: Vec<(&Reply, String)> =
            thread.replies.iter().map(|reply| (reply, body(store, reply.path.as_ref()))).collect();
        let own = texts[1].1.clone();
        let body_of = |reply: Option<&Reply>| {
            let Some(reply) = reply else { return Some(own.clone()) };
            bodies.iter().find(|(known, _)| std::ptr::eq(*known, reply)).map(|(_, body)| body.clone())
        };
        if let Some(answer) = answer_of(thread, store.answer_sections(thread), |_| true, body_of) {
            texts.push((IndexField::Answer, answer.text));
            // The part of a reply that is indexed as the answer is not indexed as a reply again.
            let answering = answer.reply.and_then(|place| thread.replies.get(place));
            bodies.retain(|(reply, _)| answering.is_none_or(|answering| !std::ptr::eq(*reply, answering)));
        }
        texts.extend(bodies.into_iter().map(|(_, body)| (IndexField::Replies, body)));
        texts.push((IndexField::Facts, facts(thread)));
        let state = &thread.state;
        let exact = exact(state.service.as_deref(), &state.tags, &state.fields, &texts[1].1);
        Self {
            exact: exact.into_iter().map(|exact| exact.term).collect(),
            names: names_of(thread).filter_map(name_term).collect(),
            texts,
        }
    }

    /// Reads the texts of the ticket of `thread`, without its replies and without its names.
    pub(super) fn of_ticket(store: &Store, thread: &Thread) -> Self {
        let (ticket, state) = (&thread.ticket, &thread.state);
        let body = body(store, ticket.path.as_ref());
        let exact = exact(state.service.as_deref(), &state.tags, &state.fields, &body);
        Self {
            exact: exact.into_iter().map(|exact| exact.term).collect(),
            names: Vec::new(),
            texts: vec![
                (IndexField::Title, ticket.title.clone()),
                (IndexField::Body, body),
                (IndexField::Facts, facts(thread)),
            ],
        }
    }

    /// Reads the texts of `article`. Its cause and fix are the answer.
    pub fn of_article(store: &Store, article: &Article) -> Self {
        let body = body(store, article.path.as_ref());
        let mut texts = vec![(IndexField::Title, article.title.clone())];
        let mut rest = 0;
        for section in sections(&body).iter().filter(|section| section.is("fix") || section.is("cause")) {
            texts.push((IndexField::Body, body[rest..section.heading_span.start].to_owned()));
            texts.push((IndexField::Answer, body[section.heading_span.start..section.span.end].to_owned()));
            rest = section.span.end;
        }
        texts.push((IndexField::Body, body[rest..].to_owned()));
        texts.retain(|(_, text)| !text.trim().is_empty());
        let words = [&article.slug].into_iter().chain(&article.service).chain(&article.tags);
        texts.push((IndexField::Facts, words.map(String::as_str).collect::<Vec<_>>().join("\n")));
        let exact = exact(article.service.as_deref(), &article.tags, &[], &body);
        Self {
            exact: exact.into_iter().map(|exact| exact.term).collect(),
            names: name_term(&article.slug).into_iter().collect(),
            texts,
        }
    }

    /// Reads the texts of `item`.
    pub fn of_item(store: &Store, item: Item) -> Self {
        match item {
            Item::Ticket(place) => Self::of(store, &store.threads[place]),
            Item::Article(place) => Self::of_article(store, &store.articles[place]),
        }
    }

    /// Returns each text with its field.
    pub fn iter(&self) -> impl Iterator<Item = (IndexField, &str)> {
        self.texts.iter().map(|(field, text)| (*field, text.as_str()))
    }

    /// Returns the exact terms: service, tags, fields, errors and names.
    pub fn exact(&self) -> impl Iterator<Item = &str> {
        self.exact.iter().map(String::as_str)
    }

    /// Returns the terms of the id, the aliases and the source, or of the slug.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Returns a number that differs for other texts.
    pub(super) fn hash(&self) -> u64 {
        let mut hasher = blake3::Hasher::new();
        let mut add = |kind: u8, text: &str| {
            hasher.update(&[kind]);
            hasher.update(&text.len().to_le_bytes());
            hasher.update(text.as_bytes());
        };
        self.texts.iter().for_each(|(field, text)| add(*field as u8, text));
        self.exact.iter().for_each(|text| add(u8::MAX, text));
        self.names.iter().for_each(|text| add(u8::MAX - 1, text));
        hasher.finalize().as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Returns the texts of one field.
    pub fn of_field(&self, field: IndexField) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(known, _)| *known == field).map(|(_, text)| text)
    }

    /// Returns the answer, if there is one.
    pub fn answer(&self) -> Option<String> {
        let parts: Vec<&str> = self.of_field(IndexField::Answer).collect();
        (!parts.is_empty()).then(|| parts.join("\n"))
    }
}

/// Returns the id, the source and the aliases of a ticket.
fn names_of(thread: &Thread) -> impl Iterator<Item = &str> {
    let others = thread.ticket.source.iter().chain(&thread.state.aliases);
    std::iter::once(&thread.ticket.id).chain(others).map(String::as_str)
}

/// Returns whether a name of a ticket or article has several words.
pub(super) fn has_name_with_space(thread: Option<&Thread>, article: Option<&Article>) -> bool {
    let is_spaced = |name: &str| {
        let has_space = name.trim().contains(char::is_whitespace);
        has_space && name_term(name).is_some_and(|name| name.contains(char::is_whitespace))
    };
    match thread {
        Some(thread) => names_of(thread).any(is_spaced),
        None => article.is_some_and(|article| is_spaced(&article.slug)),
    }
}

/// The maximum length of a name in bytes. A longer text is no name.
const LONGEST_NAME: usize = 200;

/// Returns the term of a whole id, alias, source or slug in the index, in any case; `None` if `name` is empty or too
/// long. No token begins with `@`. `site/assets/search/tokens.js` has the same function.
pub(crate) fn name_term(name: &str) -> Option<String> {
    let name = tokens::fold(name.trim());
    (!name.is_empty() && name.len() <= LONGEST_NAME).then(|| format!("@{name}"))
}

/// Returns the terms of the names that somebody can mean by `typed`: `#EIP-1559`, `EIP 1559` and `EIP1559` mean `EIP-1559` as
/// well. `site/assets/search/tokens.js` has the same function.
pub(crate) fn typed_names(typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let name = typed.strip_prefix('#').unwrap_or(typed);
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = letters.strip_suffix(' ').unwrap_or(letters);
    let is_split = letters.len() < name.len()
        && !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let joined = is_split.then(|| format!("{word}-{}", &name[letters.len()..]));
    let mut terms: Vec<String> = Vec::new();
    for name in [Some(typed), Some(name), joined.as_deref()].into_iter().flatten() {
        terms.extend(name_term(name).filter(|term| !terms.contains(term)));
    }
    terms
}

/// Returns the answer that a reader of `item` needs: for a duplicate, the original's answer.
pub(crate) fn answer_for_reader(store: &Store, item: Item) -> Option<String> {
    let original = item.ticket(store).and_then(|thread| store.original_answer(thread));
    original.map(|(_, answer)| answer.text).or_else(|| Texts::of_item(store, item).answer())
}

/// Returns the text of a file without comments, which are hints of the template.
fn body(store: &Store, path: Option<&RepoPath>) -> String {
    without_comments(&store.body(path)).into_owned()
}

/// Returns the id, source, service, tags and fields as words.
fn facts(thread: &Thread) -> String {
    let state = &thread.state;
    let mut words: Vec<String> = vec![thread.ticket.id.clone()];
    words.extend(thread.ticket.source.clone());
    words.extend(state.service.clone());
    words.extend(state.tags.iter().cloned());
    words.extend(state.aliases.iter().cloned());
    words.extend(state.fields.iter().flat_map(|(_, value): &(String, YamlValue)| value.texts()));
    words.join("\n")
}

/// A ticket as its requester wrote it, to find similar tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The title.
    pub title: String,
    /// The Markdown text.
    pub body: String,
    /// The time of the ticket or question. Without one, closeness in time is ignored.
    pub created: Option<Time>,
    facts: String,
    exact: Vec<ExactTerm>,
}

impl Question {
    /// Creates a question from a title and a text.
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self::of_ticket(&Ticket { title: title.into(), ..Ticket::default() }, body)
    }

    /// Creates a question from `ticket` as its requester wrote it, with its text.
    pub fn of_ticket(ticket: &Ticket, body: impl Into<String>) -> Self {
        let body = without_comments(&body.into()).into_owned();
        let mut facts: Vec<String> = ticket.service.iter().cloned().collect();
        facts.extend(ticket.tags.iter().cloned());
        facts.extend(ticket.fields.iter().flat_map(|(_, value): &(String, YamlValue)| value.texts()));
        Self {
            title: ticket.title.clone(),
            created: ticket.created,
            facts: facts.join("\n"),
            exact: exact(ticket.service.as_deref(), &ticket.tags, &ticket.fields, &body),
            body,
        }
    }

    /// Creates a question from the current, corrected fields of `thread`, with its text.
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

    /// Returns the draft for the comparison.
    pub fn draft(&self) -> ComparedDraft<'_> {
        let Self { title, body, facts, exact, created } = self;
        ComparedDraft { title, body, facts, exact, created: *created }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_same_term_in_any_case() {
        assert_eq!(name_term(" EIP-1559 ").as_deref(), Some("@eip-1559"));
        assert_eq!(name_term("eip-1559"), name_term("EIP-1559"));
        assert_eq!(name_term(" "), None);
        assert_eq!(name_term(&"x".repeat(300)), None);
        assert_eq!(typed_names("#EIP-1559"), ["@#eip-1559", "@eip-1559"]);
        for typed in ["EIP 1559", "eip1559"] {
            assert!(typed_names(typed).contains(&"@eip-1559".to_owned()), "{typed}");
        }
        for typed in ["the EIP 1559", "1559", "C++", "v2.14", "eip-1559"] {
            assert_eq!(typed_names(typed).len(), 1, "{typed}");
        }
        tokens::scan("@eip-1559 .@a /@b", |token| assert!(!token.term().starts_with('@'), "{token:?}"));
    }
}

//! The similar tickets of each page: of what the site shows alone, so that nothing else shows through them.

use std::collections::HashSet;

use super::Site;
use super::context::Row;
use super::model::TicketNo;
use crate::search::{
    index::Field,
    join::{Document, Relative, join},
    tokens::scan,
};
use crate::ticket::{answer_of, without_comments};

/// The most similar tickets of a page.
const MOST: usize = 5;

/// The most words that say why.
const MOST_WORDS: usize = 5;

/// For each ticket those that are much like it.
pub(super) fn all(site: &Site) -> Vec<Vec<Relative>> {
    // Some stand on the page already.
    join(site.model.tickets.len(), |n| document(site, n), 2 * MOST)
}

impl Site {
    /// Tickets that are much like `n`, but for those that its page links for a better reason. `body` is its text.
    pub(super) fn similar_to(&self, n: TicketNo, body: &str) -> Vec<Row> {
        let shown = &self.model.tickets[n];
        let state = &self.model.thread(n).state;
        let named = state.answered_by.iter().chain(&state.duplicate_of).filter_map(|id| self.model.find(id));
        let mut linked: HashSet<TicketNo> = named.collect();
        linked.extend(shown.related.iter().chain(&shown.duplicates).chain(&shown.answers));
        let new = self.similar()[n].iter().filter(|relative| !linked.contains(&relative.document));
        let rows = new.take(MOST).map(|relative| Row {
            why: Some(words(&[&self.title_of(n), body], &relative.terms)).filter(|why| !why.is_empty()),
            ..self.row(relative.document)
        });
        rows.collect()
    }
}

/// The texts of a ticket by which it is compared.
fn document(site: &Site, n: TicketNo) -> Document {
    let model = &site.model;
    let thread = model.thread(n);
    let mut texts = vec![
        (Field::Title, site.title_of(n)),
        (Field::Body, without_comments(&site.body(thread.ticket.path.as_ref())).into_owned()),
    ];
    let replies: Vec<_> =
        model.replies(n).map(|(at, reply)| (at, reply, site.body(reply.path.as_ref()))).collect();
    let answer = answer_of(
        thread,
        |reply| model.view.shows_reply(thread, reply),
        |reply| {
            replies.iter().find(|(_, known, _)| std::ptr::eq(*known, reply)).map(|(.., text)| text.clone())
        },
    );
    for (at, _, text) in replies {
        match &answer {
            Some(answer) if answer.reply == at => texts.push((Field::Answer, answer.text.clone())),
            _ => texts.push((Field::Replies, without_comments(&text).into_owned())),
        }
    }
    let service = thread.state.service.iter();
    let facts: Vec<&str> = service.chain(&thread.state.tags).map(String::as_str).collect();
    texts.push((Field::Facts, facts.join("\n")));
    texts
}

/// Terms as `texts` write them, in the order of the terms; none that is a part of another one.
fn words(texts: &[&str], terms: &[String]) -> String {
    let mut found: Vec<Option<&str>> = vec![None; terms.len()];
    for text in texts {
        scan(text, |token| {
            let term = token.term();
            if let Some(place) = terms.iter().position(|wanted| **wanted == *term) {
                found[place] = found[place].or_else(|| text.get(token.span.clone()));
            }
        });
    }
    let found: Vec<&str> = found.into_iter().flatten().collect();
    let is_part = |word: &str| found.iter().any(|other| other.len() > word.len() && other.contains(word));
    let whole = found.iter().copied().filter(|word| !is_part(word));
    whole.take(MOST_WORDS).collect::<Vec<_>>().join(", ")
}

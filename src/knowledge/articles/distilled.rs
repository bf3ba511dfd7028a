//! A draft of an article, made of sentences from the tickets of a cluster. Each part names the ticket that it is from.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    store::Store,
    text::{markdown::without_comments, one_line},
    ticket::{Reply, Section, Thread, Visibility, YamlValue, answer_of, compose_front, sections},
};

/// The maximum number of tickets whose requesters are quoted.
const MOST_PROBLEMS: usize = 5;

/// The maximum number of tickets from which a section is taken.
const MOST_ANSWERS: usize = 3;

/// The maximum length of a quoted problem in characters.
const LONGEST_PROBLEM: usize = 400;

/// The sections that are taken from answers, in their order.
const ANSWER_SECTIONS: [&str; 3] = ["Cause", "Fix", "Prevention"];

/// A draft of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DistilledArticle {
    pub title: String,
    /// The text of the file.
    pub text: String,
    /// The ids of the tickets that it is based on.
    pub tickets: Vec<String>,
    pub visibility: Visibility,
    /// The sections for which no answer has a text.
    pub missing: Vec<&'static str>,
}

/// Makes a draft of an article from `tickets` of `store`, which are in the order of opening; `best` has the best answer. Only
/// what the readers of the article may see is used, so `store` has to be the view of the public for a public article. Returns
/// `None` if no ticket has an answer.
pub(crate) fn distilled(
    store: &Store,
    tickets: &[usize],
    best: Option<usize>,
    visibility: Visibility,
) -> Option<DistilledArticle> {
    let best = best.filter(|best| tickets.contains(best))?;
    let others = tickets.iter().rev().copied().filter(|place| *place != best);
    // The best answer comes first, then the newest tickets.
    let places: Vec<usize> = std::iter::once(best).chain(others).collect();
    let threads: Vec<&Thread> = places.iter().map(|place| &*store.threads[*place]).collect();
    let title = one_line(&threads.first()?.ticket.title);
    let mut body = String::from("## Problem\n");
    let problems = threads.iter().filter_map(|thread| Some((problem_of(store, thread)?, *thread)));
    for (problem, thread) in problems.take(MOST_PROBLEMS) {
        body.push_str(&format!("- {problem} ({})\n", link(thread)));
    }
    let versions = versions(&threads);
    if !versions.is_empty() {
        let versions: Vec<String> = versions.into_iter().collect();
        body.push_str(&format!("\nAffected versions: {}\n", versions.join(", ")));
    }
    let mut missing = Vec::new();
    for name in ANSWER_SECTIONS {
        let parts = parts_of_answers(store, &threads, name);
        if parts.is_empty() {
            missing.push(name);
            continue;
        }
        body.push_str(&format!("\n## {name}\n"));
        let parts: Vec<String> =
            parts.into_iter().map(|(text, thread)| format!("{text}\n\nFrom {}.\n", link(thread))).collect();
        body.push_str(&parts.join("\n"));
    }
    let mut ids: Vec<String> = tickets.iter().map(|place| store.threads.id(*place).to_owned()).collect();
    ids.dedup();
    let text_value = |text: &str| YamlValue::Text(text.to_owned());
    let list = |items: &[String]| YamlValue::List(items.iter().map(|item| text_value(item)).collect());
    let tags = shared_tags(&threads);
    let front = compose_front(&[
        ("title", Some(text_value(&title))),
        (
            "service",
            most_common(threads.iter().filter_map(|thread| thread.state.service.as_deref())).map(text_value),
        ),
        ("tags", Some(list(&tags)).filter(|_| !tags.is_empty())),
        ("tickets", Some(list(&ids))),
        ("visibility", Some(text_value(visibility.name()))),
    ]);
    Some(DistilledArticle { title, text: format!("{front}{body}"), tickets: ids, visibility, missing })
}

/// Returns a link from an article to a ticket.
fn link(thread: &Thread) -> String {
    format!("[{}](../{})", thread.id(), thread.ticket.file().as_str())
}

/// Returns the first paragraph in which the requester describes the problem, on one line.
fn problem_of(store: &Store, thread: &Thread) -> Option<String> {
    let body = store.body(thread.ticket.path.as_ref());
    let own = sections(&body).into_iter().find(|section| section.is("Problem"));
    let text = own.map_or(&*body, |section| &body[section.span]);
    let text = without_comments(text);
    let is_prose = |paragraph: &&str| {
        let paragraph = paragraph.trim_start();
        !paragraph.is_empty() && !paragraph.starts_with(['#', '`', '~', '|', '<', '[', '!'])
    };
    let mut is_code = false;
    let paragraph = text.replace("\r\n", "\n");
    let mut paragraphs = paragraph.split("\n\n").filter(|paragraph| {
        let fences = paragraph.lines().filter(|line| line.trim_start().starts_with("```")).count();
        let was_code = is_code;
        is_code ^= fences % 2 == 1;
        !was_code && fences == 0
    });
    let first = paragraphs.find(is_prose)?;
    let line = one_line(&first.split_whitespace().collect::<Vec<_>>().join(" "));
    let line = line.trim_start_matches(['-', '*', '>', '+', ' ']);
    Some(match line.char_indices().nth(LONGEST_PROBLEM) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    })
    .filter(|line| !line.is_empty())
}

/// Returns the texts of the section `name` of several answers, each with its ticket. The fix of an answer without sections is
/// its whole text.
fn parts_of_answers<'t>(store: &Store, threads: &[&'t Thread], name: &str) -> Vec<(String, &'t Thread)> {
    let mut found: Vec<(String, &Thread)> = Vec::new();
    for thread in threads.iter().filter(|thread| thread.state.duplicate_of.is_none()) {
        if let Some(text) = part_of_answer(store, thread, name) {
            let is_new = found.iter().all(|(known, _)| normal(known) != normal(&text));
            if is_new && found.len() < MOST_ANSWERS {
                found.push((text, thread));
            }
        }
    }
    found
}

/// Returns a text without what can differ although it says the same.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn part_of_answer(store: &Store, thread: &Thread, name: &str) -> Option<String> {
    let visible = |reply: &Reply| !thread.is_note(reply);
    let section = |text: &str| {
        let all = sections(text);
        let content = |section: &Section| without_comments(&text[section.span.clone()]).trim().to_owned();
        all.iter().find(|section| section.is(name)).map(content).filter(|content| !content.is_empty())
    };
    let resolving = thread.resolving_reply().filter(|reply| visible(reply));
    let own = resolving.and_then(|reply| section(&store.body(reply.path.as_ref())));
    if own.is_some() || name != "Fix" {
        return own;
    }
    let body = |reply: Option<&Reply>| {
        Some(store.body(reply.map_or(thread.ticket.path.as_ref(), |reply| reply.path.as_ref())))
    };
    let answer = answer_of(thread, store.answer_sections(thread), visible, body)?.text;
    let has_sections =
        sections(&answer).iter().any(|section| ANSWER_SECTIONS.iter().any(|name| section.is(name)));
    (!has_sections && !answer.is_empty()).then_some(answer)
}

/// Returns the values of the fields that name a version.
fn versions(threads: &[&Thread]) -> BTreeSet<String> {
    let fields = threads.iter().flat_map(|thread| &thread.state.fields);
    let versions = fields.filter(|(name, _)| name.to_lowercase().contains("version"));
    versions
        .flat_map(|(_, value)| value.texts())
        .map(|text| one_line(&text))
        .filter(|text| !text.is_empty())
        .collect()
}

/// Returns the tags that at least half of the tickets have.
fn shared_tags(threads: &[&Thread]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in threads.iter().flat_map(|thread| &thread.state.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let shared = counts.into_iter().filter(|(_, count)| 2 * count >= threads.len());
    shared.map(|(tag, _)| tag.to_owned()).collect()
}

/// Returns the most common of `texts`; of several, the first in order.
fn most_common<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts.into_iter().max_by_key(|(text, count)| (*count, std::cmp::Reverse(*text))).map(|(text, _)| text)
}
